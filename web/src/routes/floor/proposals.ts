/** A balance proposal in words, and whether the tables it was made from are still the same. */
import type { Proposal } from '#lib/twins/proposal.ts';
import type { FloorDesk } from './desk.svelte.ts';
import type { EventDesk } from './event.svelte.ts';

export type Move = Proposal & { kind: 'move' };
/** The proposal a person looks at. */
export type Held = { event: EventDesk; proposal: Move };

const ARRIVES: Record<string, string> = {
	BB: 'big blind next hand',
	SB: 'small blind next hand',
	BTN: 'button next hand',
	NOT_DEALT: 'between button and small blind: waits for the button to pass',
};

/** The props of its card. */
export function proposalOf(desk: FloorDesk, { event, proposal }: Held) {
	const { table, to_table, player, from_seat, to_seat, arrives_as, rule, basis } = proposal;
	const count = (id: string) => event.chart.tables.get(id)?.players.size ?? 0;
	const [from, to] = [count(table), count(to_table)];
	const now = event.proposal;
	const fresh = now.kind === 'move' && now.basis === basis;
	return {
		title: 'Balance',
		moves: [
			{
				who: desk.name(player),
				from: desk.seat(table, from_seat),
				to: desk.seat(to_table, to_seat),
				why: `next big blind at ${desk.table(table)}; worst open seat at ${desk.table(to_table)} (${ARRIVES[arrives_as] ?? arrives_as})`,
			},
		],
		rule,
		before: `${desk.table(table)} ${from} · ${desk.table(to_table)} ${to}`,
		after: `${desk.table(table)} ${from - 1} · ${desk.table(to_table)} ${to + 1}`,
		fresh,
		changed: fresh
			? undefined
			: `The tables changed: now ${desk.table(table)} ${from} · ${desk.table(to_table)} ${to}.`,
	};
}
