/** Proposals in words: who, where, by which rule, before and after; and what changed since one was shown. */

import { freeSeats } from '#lib/twins/seating/chart.ts';
import { type Proposal, RULE_STUD } from '#lib/twins/seating/proposal.ts';
import { RULEBOOK } from '#lib/twins/seating/rulebook.gen.ts';
import type { FloorDesk } from './desk.svelte.ts';
import type { EventDesk } from './event.svelte.ts';

export type Move = Proposal & { kind: 'move' };
export type Anew = Proposal & { kind: 'break' | 'redraw' };
/** The proposal a person looks at, and how the two tables were then. */
export type Held = { event: EventDesk; proposal: Move; counts: string };

const ARRIVES: Record<string, string> = {
	BB: 'big blind next hand',
	SB: 'small blind next hand',
	BTN: 'button next hand',
	NOT_DEALT: 'between button and small blind: waits for the button to pass',
};

/** Reasons for another player or seat than was proposed, as people say them. */
export const OVERRIDES = {
	special_need: 'Special need',
	just_moved: 'Just moved',
	mid_hand: 'Mid-hand',
	td_decision: 'TD decision',
} as const;

/** What is looked at from now on. */
export function hold(desk: FloorDesk, event: EventDesk, proposal: Move): Held {
	return { event, proposal, counts: countsOf(desk, event, proposal) };
}

/** The rule in our own words, with its number and year. */
export function ruleText(rule: string): string {
	const known = RULEBOOK[rule];
	return known ? `${rule}: ${known.text}` : rule;
}

/** Whether it is still what would be proposed. */
export function isFresh({ event, proposal }: Held): boolean {
	const now = event.proposal;
	return now.kind === 'move' && now.basis === proposal.basis && now.player === proposal.player;
}

/** The props of its card. */
export function proposalOf(desk: FloorDesk, held: Held) {
	const { event, proposal } = held;
	const { table, to_table, player, from_seat, to_seat, arrives_as, rule, stays } = proposal;
	const count = (id: string) => event.chart.tables.get(id)?.players.size ?? 0;
	const [from, to] = [count(table), count(to_table)];
	const fresh = isFresh(held);
	const passed = stays.length
		? `; ${stays.map((one) => desk.name(one)).join(', ')} stays (special need)`
		: '';
	return {
		title: 'Balance',
		moves: [
			{
				who: desk.name(player),
				from: desk.seat(table, from_seat),
				to: desk.seat(to_table, to_seat),
				why:
					rule === RULE_STUD
						? `by position${passed}: the seat that came open last at ${desk.table(to_table)}`
						: `next big blind at ${desk.table(table)}${passed}; worst open seat at ${desk.table(to_table)} (${ARRIVES[arrives_as] ?? arrives_as})`,
			},
		],
		rule: ruleText(rule),
		before: countsOf(desk, event, proposal),
		after: `${desk.table(table)} ${from - 1} · ${desk.table(to_table)} ${to + 1}`,
		fresh,
		changed: fresh ? undefined : changedWords(desk, held),
	};
}

/** Players of the giving table, and open seats of the taking one, that may be chosen instead. */
export function choicesOf({ event, proposal }: Held): { players: string[]; seats: number[] } {
	const [from, to] = [proposal.table, proposal.to_table].map((id) => event.chart.tables.get(id));
	return { players: [...(from?.players.values() ?? [])], seats: to ? freeSeats(to) : [] };
}

function countsOf(desk: FloorDesk, event: EventDesk, { table, to_table }: Move): string {
	const count = (id: string) => `${desk.table(id)} ${event.chart.tables.get(id)?.players.size ?? 0}`;
	return `${count(table)} · ${count(to_table)}`;
}

/** "Ben K. is out. Then T2 9 · T4 6, now T2 8 · T4 6." */
function changedWords(desk: FloorDesk, { event, proposal, counts }: Held): string {
	const { player, table } = proposal;
	const seat = event.replica.fact(`seat/${player}`);
	const name = desk.name(player);
	const who = !event.standings.left.has(player)
		? `${name} is out. `
		: seat?.table !== table
			? `${name} sits at ${seat ? desk.seat(seat.table, seat.seat) : 'no table'} now. `
			: '';
	const now = countsOf(desk, event, proposal);
	return `${who}${now === counts ? 'A button or seat changed.' : `Then ${counts}, now ${now}.`}`;
}
