/**
 * Tables that stop because they are far behind the fullest (TDA 11-D and its addendum).
 * Twin of `crdt_models/rules/seating/halting.py`.
 */
import type { SeatRules } from '#lib/facts/facts.gen.ts';
import { seatAfter } from './button.ts';
import { type Chart, inPlay, type TableSeats } from './chart.ts';
import { type Buttons, buttonFault } from './proposal.ts';

export const SHORT_BY = 3;

/** A table `short_by` three or more; `now`: its next big blind is an empty seat (null: not known). */
export type Halt = { table: string; short_by: number; now: boolean | null };

/** All tables that stop, now or once their big blind comes to an empty seat; none where that is waived. */
export function halted(chart: Chart, buttons: Buttons, rules: SeatRules = {}): Halt[] {
	if (rules.halting === false) return [];
	const tables = inPlay(chart);
	const fullest = Math.max(0, ...tables.map((table) => table.players.size));
	return tables
		.map((table) => ({
			table: table.table,
			short_by: fullest - table.players.size,
			now: isEmptyNext(table, buttons),
		}))
		.filter(({ short_by }) => short_by >= SHORT_BY);
}

function isEmptyNext(table: TableSeats, buttons: Buttons): boolean | null {
	if (buttonFault(table, buttons)) return null;
	const seats = Array.from({ length: table.seats }, (_, n) => n + 1);
	const inUse = new Set(seats.filter((seat) => !table.out_of_use.includes(seat)));
	return !table.players.has(seatAfter(buttons.get(table.table)!.big_blind, table.seats, inUse));
}
