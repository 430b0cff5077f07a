/** What a tile of the floor home says: one badge by urgency, and which tables are on a page. */

import { incomingSeat, isButtonValid } from '#lib/twins/seating/button.ts';
import { seatFault, type TableSeats } from '#lib/twins/seating/chart.ts';
import type { TileBadge } from '#lib/ui/staff/TableTile.svelte';
import type { FloorDesk, Placing } from './desk.svelte.ts';
import type { EventDesk } from './event.svelte.ts';

export const PAGE_TABLES = 40;
/** more than these, and tables are shown in pages */
export const ONE_PAGE_MAX = 48;

/** Tables of a page go by their place in the order of numbers, so that a closed one does not move the others. */
export function pagesOf<T>(tables: readonly T[]): T[][] {
	if (tables.length <= ONE_PAGE_MAX) return [[...tables]];
	const count = Math.ceil(tables.length / PAGE_TABLES);
	return Array.from({ length: count }, (_, n) => tables.slice(n * PAGE_TABLES, (n + 1) * PAGE_TABLES));
}

/** The most urgent thing at a table; null: nothing. */
export function badgeOf(
	desk: FloorDesk,
	event: EventDesk,
	at: TableSeats,
	called: ReadonlySet<string>,
): TileBadge | null {
	const { proposal, chart } = event;
	const seated = [...at.players.values()];
	const split = chart.doubles.some(({ table }) => table === at.table);
	if (split || seated.some((player) => desk.rivalPlayers.has(player))) return 'SETTLE';
	if (event.halts.has(at.table)) return 'HALT';
	if (proposal.kind === 'move' || proposal.kind === 'defer' || proposal.kind === 'blocked') {
		if (proposal.table === at.table || ('to_table' in proposal && proposal.to_table === at.table))
			return 'BAL';
	}
	if (proposal.kind === 'break' && proposal.table === at.table) return 'BREAK';
	if (proposal.kind === 'redraw' && at.open && !proposal.keeps.includes(at.table)) return 'BREAK';
	if (called.has(at.table)) return 'CALL';
	if (event.dealing.has(at.table)) return 'HAND';
	if (seated.some((player) => event.unpaid.has(player))) return 'UNPAID';
	return at.locked ? 'LOCKED' : null;
}

/** Seats of a table of the event that who is being placed can be given, held ones too; their own is not among them. */
export function seatsFor({ event, player }: Placing, { table, seats, players }: TableSeats): number[] {
	return Array.from({ length: seats }, (_, n) => n + 1).filter(
		(seat) => !players.has(seat) && !seatFault(event.chart, table, seat, player),
	);
}

/** Where somebody sits who is sent to a table: the worst seat by the rule, or where the button is not known the first. */
export function seatByRule(placing: Placing, at: TableSeats): number | null {
	const legal = seatsFor(placing, at);
	const button = placing.event.replica.fact(`button/${at.table}`);
	const byRule = button && isButtonValid(button, at) ? incomingSeat(button, at).seat : null;
	return byRule !== null && legal.includes(byRule) ? byRule : (legal[0] ?? null);
}

/** Whether a badge wants a person: such a tile stands out in whatever zone it is. */
export function isAlarm(badge: TileBadge | null): boolean {
	return badge !== null && badge !== 'LOCKED';
}

/** Why nobody can be placed at a table; null: somebody can. */
export function placingFault(desk: FloorDesk, event: EventDesk, at: TableSeats): string | null {
	if (!desk.placing) return null;
	if (desk.placing.event !== event) return 'another event';
	if (!at.open) return 'closed';
	const here = [...at.players.values()].includes(desk.placing.player);
	if (at.locked && !here) return 'locked';
	return seatsFor(desk.placing, at).length ? null : 'full';
}
