/** Busting on the floor's pages: done at once, with Undo, the hand, the knocker and the re-entry beside it. */

import type { Bust } from '#lib/facts/facts.gen.ts';
import { openHand } from '#lib/twins/elimination/hands.ts';
import { byPosition, hasBounties } from '#lib/twins/elimination/knockers.ts';
import { say } from '#lib/ui/staff/toasts.svelte.ts';
import { bustPlayers, bustsSince, type StartStacks, setKnockers } from '#lib/verbs/elimination.ts';
import { age } from '#lib/words/ages.ts';
import { ordinal } from '#lib/words/ordinal.ts';
import type { FloorDesk } from './desk.svelte.ts';
import type { EventDesk } from './event.svelte.ts';

/** How long a bust may be of one hand with a later one, without being asked for it. */
const SAME_HAND_MS = 600_000;

/** Lives that are to be put into one hand; those of one table with their stacks at its start. */
export type Together = { event: EventDesk; lives: readonly string[] };

/** These players are out in one hand. Answers whether it was done. */
export function bust(
	desk: FloorDesk,
	event: EventDesk,
	stacks: StartStacks,
	how: NonNullable<Bust['how']> = 'bust',
): boolean {
	const names = [...stacks.keys()].map((player) => desk.name(player)).join(', ');
	const done = bustPlayers(event.replica, stacks, how);
	if (!done.ok) {
		const { person, at_ms, place } = done.details;
		if (done.code !== 'already_out' || !at_ms) desk.tell(done, '');
		else say(alreadyOut(desk, String(done.details.player), String(person), Number(at_ms), Number(place)));
		return false;
	}
	const { place, lives } = done;
	const text = `${names} ${HOW[how]}, ${placeText(place, lives.length)}.`;
	const strip = how === 'bust' && lives.length === 1 ? knockerStrip(desk, event, lives[0]!) : undefined;
	say(text, {
		kind: 'good',
		undo: () => desk.takeBack((all) => done.undo(all), `Taken back: ${text}`),
		more: how === 'bust' ? actsOf(desk, event, lives) : [],
		strip,
	});
	askStacks(desk, event, lives);
	return true;
}

/** "Ben K. was already out (Bea, 8 s ago, 44th)." */
function alreadyOut(desk: FloorDesk, player: string, person: string, atMs: number, place: number): string {
	const when = age(desk.venue.clock.now - atMs);
	const by = [desk.person(person), when, ordinal(place)].join(', ');
	return `${desk.name(player)} was already out (${by}). Nothing changed. F-112`;
}

const HOW: Record<NonNullable<Bust['how']>, string> = {
	bust: 'out',
	disqualified: 'disqualified',
	no_show: 'never came',
};

/** Somebody may still tie: the place is never said as final here. */
function placeText(place: number, count: number): string {
	const worst = ordinal(place);
	return count > 1 ? `${place - count + 1}–${place} (provisional)` : `${worst} (provisional)`;
}

function actsOf(desk: FloorDesk, event: EventDesk, lives: readonly string[]) {
	const since = desk.venue.clock.now - SAME_HAND_MS;
	const others = bustsSince(event.replica, since).some(({ life }) => !lives.includes(life));
	const bounties = hasBounties(event.replica.reader, event.id, desk.cage.reader);
	const [only] = lives.length === 1 ? lives : [];
	const player = only && event.replica.fact(`bust/${only}`)?.player;
	const again = player && !event.mayBuy(player, 're_entry');
	return [
		...(again
			? [{ label: 'Re-enter', act: () => (desk.selling = { event, player, kind: 're_entry' as const }) }]
			: []),
		...(others ? [{ label: 'Same hand…', act: () => (desk.together = { event, lives }) }] : []),
		...(bounties && lives.length > 1
			? [{ label: 'Knocker…', act: () => (desk.knocking = { event, lives }) }]
			: []),
	];
}

/** Those who sit where this life went out, to be tapped; nothing where no heads are played for. */
function knockerStrip(desk: FloorDesk, event: EventDesk, life: string) {
	if (!hasBounties(event.replica.reader, event.id, desk.cage.reader)) return undefined;
	const options = knockersAt(desk, event, life);
	const order = options.map(({ id }) => id);
	return {
		label: 'Who took the bounty?',
		options,
		onpick: (picked: readonly string[]) => {
			const by = order.filter((one) => picked.includes(one));
			const done = setKnockers(event.replica, life, by);
			if (!done.ok) desk.tell(done, '');
		},
	};
}

/**
 * Lives that may have taken a head, the earliest position first: those at the table, then who went out there or was
 * moved from it since; where there is none, everybody left.
 */
export function knockersAt(desk: FloorDesk, event: EventDesk, life: string): { id: string; text: string }[] {
	const { lifeOf, left } = event.standings;
	const table = event.replica.fact(`bust/${life}`)?.table;
	const players = (table && event.chart.tables.get(table)?.players) || new Map<number, string>();
	const seats = new Map([...players].filter(([, who]) => left.has(who)).map(([seat, who]) => [who, seat]));
	const button = table ? event.replica.fact(`button/${table}`) : null;
	const since = event.replica.fact(`bust/${life}`)?.at_ms ?? 0;
	const moved = [...event.replica.group('move/')]
		.filter(([player, move]) => move.from_table === table && move.at_ms > since && left.has(player))
		.map(([player]) => player);
	const out = [...event.replica.group('bust/')]
		.filter(([, bust]) => bust.table === table && bust.at_ms > since)
		.map(([id, { player }]) => ({ id, text: desk.name(player) }));
	const near = [...byPosition(button, seats), ...moved.filter((player) => !seats.has(player))];
	const here = near.length || out.length ? near : [...left];
	return [...here.map((player) => ({ id: lifeOf.get(player)!, text: desk.name(player) })), ...out].filter(
		({ id }, n, all) => id !== life && all.findIndex((other) => other.id === id) === n,
	);
}

/** Hand for hand, two of one table: which of them began the hand with more decides, so it is asked for. */
function askStacks(desk: FloorDesk, event: EventDesk, lives: readonly string[]): void {
	const hand = openHand(event.replica.reader);
	const own = event.replica.fact(`bust/${lives[0]!}`);
	if (!hand || !own?.table || own.hand !== hand) return;
	const mates = [...event.replica.group('bust/')]
		.filter(([, one]) => one.hand === hand && one.table === own.table)
		.map(([life]) => life);
	if (mates.length > 1) desk.together = { event, lives: mates };
}
