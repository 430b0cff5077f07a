/** Who goes out, in which hand, and who took the head. */
import type { Bust, Knocker, Seat } from '#lib/facts/facts.gen.ts';
import { newId } from '#lib/facts/ids.ts';
import type { Replica } from '#lib/sync/replica.svelte.ts';
import { openHand } from '../twins/elimination/hands.ts';
import { bustFault } from '../twins/elimination/refusal.ts';
import { nextPlace, standings } from '../twins/elimination/standings.ts';
import { many, one } from '../twins/typed.ts';
import { type Done, perform, type Refusal, refuse } from './verb.ts';

type Tournament = Replica<'tournament'>;
/** Player → chips at the start of the hand; null: nobody knows. */
export type StartStacks = ReadonlyMap<string, number | null>;
/** `place` is the one they share or end, while nobody else of the hand comes; `lives` are those that are over. */
export type Out = { place: number; lives: string[] };

/**
 * These players are out in one hand: the open one where tables play hand for hand, else one of their own. Seats are
 * free at once. `how` other than a bust takes their stacks out of play.
 */
export function bustPlayers(
	tournament: Tournament,
	stacks: StartStacks,
	how: NonNullable<Bust['how']> = 'bust',
): Done<Out> | Refusal {
	const { reader } = tournament;
	const fault = bustFault(reader, [...stacks.keys()]);
	if (fault) return refuse(fault.code, bustDetails(tournament, fault.player));
	const { lifeOf } = standings(reader);
	const place = nextPlace(reader);
	const hand = (how === 'bust' && openHand(reader)) || newId();
	const changes: Record<string, unknown> = {};
	const lives = [...stacks].map(([player, stack_before]) => {
		const life = lifeOf.get(player)!;
		const seat = one<Seat>(reader, `seat/${player}`);
		const at_ms = tournament.now();
		const where = { table: seat?.table ?? null, seat: seat?.seat ?? null };
		const bust: Bust = { player, at_ms, hand, stack_before, by: [], ...where, how };
		changes[`bust/${life}`] = bust;
		if (seat) changes[`seat/${player}`] = null;
		if (reader.get(`move/${player}`) !== null) changes[`move/${player}`] = null;
		return life;
	});
	const done = perform(tournament, changes);
	return done.ok ? { ...done, place, lives } : done;
}

export function bustPlayer(tournament: Tournament, player: string): Done<Out> | Refusal {
	return bustPlayers(tournament, new Map([[player, null]]));
}

/** These lives went out in one hand, with these stacks at its start; each joins the hand of the first. */
export function joinHand(tournament: Tournament, stacks: StartStacks): Done | Refusal {
	const busts = [...stacks].map(
		([life, stack_before]) => [life, one<Bust>(tournament.reader, `bust/${life}`), stack_before] as const,
	);
	const missing = busts.find(([, bust]) => !bust);
	if (missing || !busts.length) return refuse('gone', { entry: missing?.[0] ?? '' });
	const { hand } = busts[0]![1]!;
	return perform(
		tournament,
		Object.fromEntries(
			busts.map(([life, bust, stack_before]) => [`bust/${life}`, { ...bust, hand, stack_before }]),
		),
	);
}

/** These lives share the head of one that is over, earliest position first; none: nobody took it. */
export function setKnockers(tournament: Tournament, life: string, by: readonly string[]): Done | Refusal {
	if (tournament.reader.get(`bust/${life}`) === null) return refuse('gone', { entry: life });
	if (by.includes(life)) return refuse('own_head', { entry: life });
	return perform(tournament, { [`knocker/${life}`]: { by } satisfies Knocker });
}

/** A bust-out of a life that was never entered goes again. */
export function dropBust(tournament: Tournament, entry: string): Done | Refusal {
	if (tournament.reader.get(`bust/${entry}`) === null) return refuse('gone', { entry });
	return perform(tournament, { [`bust/${entry}`]: null });
}

/** The latest busts first, as far as `sinceMs`; of one life or another. */
export function bustsSince(tournament: Tournament, sinceMs: number): { life: string; bust: Bust }[] {
	return [...many<Bust>(tournament.reader, 'bust/')]
		.filter(([, { at_ms }]) => at_ms >= sinceMs)
		.map(([life, bust]) => ({ life, bust }))
		.sort((a, b) => b.bust.at_ms - a.bust.at_ms);
}

/** Who busted somebody already, and when: "Bea, 8 s ago". */
function bustDetails(tournament: Tournament, player: string): Refusal['details'] {
	const { lifeOf, out } = standings(tournament.reader);
	const life = lifeOf.get(player);
	const finish = out.find((one) => one.player === player);
	if (!life || !finish) return { player };
	const stamp = tournament.reader.stamp(`bust/${life}`);
	const person = tournament.keeper.local.index.edits.get(stamp)?.person ?? '';
	return { player, person, at_ms: finish.at_ms, place: finish.place };
}
