/**
 * Fewer tables: which one breaks next, when the final table is made, when all seats are drawn anew. It comes before
 * balancing. Twin of `crdt_models/rules/seating/consolidation.py`.
 */
import type { SeatRules } from '#lib/facts/facts.gen.ts';
import { byBreakOrder, type Chart, freeSeats, inPlay, type TableSeats, usableSeats } from './chart.ts';
import { type Buttons, basisOf, type Proposal, RULE_BREAK, RULE_FINAL, RULE_REDRAW } from './proposal.ts';

// RP-9: from 4+4 to one of seven, from 5+5 to one of nine
const FINAL_SEATS: Readonly<Record<number, number>> = { 6: 7, 7: 7, 8: 9, 9: 9 };

/** How many the final table seats: as the house says, as RP-9 says, else as any table. */
export function finalSeats(rules: SeatRules, seatsPerTable: number): number {
	return rules.final_seats ?? FINAL_SEATS[seatsPerTable] ?? seatsPerTable;
}

/** at each table that stays while entries are sold, for who still comes */
const LATE_SEATS = 2;

/**
 * The final table, a redraw or the next table to break; null: the tables stay as they are. While entries are sold no
 * table is the final one, and a table breaks only where those that stay keep LATE_SEATS open each: else the next who
 * come would need it again. A player alone goes all the same.
 */
export function consolidate(
	chart: Chart,
	buttons: Buttons,
	rules: SeatRules,
	seatsPerTable: number,
	selling = false,
): Proposal | null {
	const tables = inPlay(chart);
	if (tables.length < 2) return null;
	const basis = basisOf(chart, buttons);
	const size = finalSeats(rules, seatsPerTable);
	if (!selling && tables.reduce((sum, { players }) => sum + players.size, 0) <= size)
		return finalTable(tables, basis, rules, size);
	const first = tableToBreak(chart, rules.spare_seats ?? 0, selling ? LATE_SEATS : 0);
	if (first === null) return null;
	const keeps = [...tables].sort(byBreakOrder).flatMap(({ table }) => (table === first ? [] : [table]));
	const common = { table: first, basis, keeps, seats: null };
	return (rules.redraw_tables ?? [1]).includes(keeps.length) && keeps.length > 1
		? { kind: 'redraw', reason: 'redraw', rule: RULE_REDRAW, ...common }
		: { kind: 'break', reason: 'fits', rule: RULE_BREAK, ...common, keeps: [] };
}

/**
 * The next table to break if its players fit at the others and `spare` seats stay open; `spareEach` for each of the
 * others, where that is more, not asked for a player alone. A table where one player sits alone goes first, then by
 * break order, locked ones last. Locked tables take nobody.
 */
export function tableToBreak(chart: Chart, spare = 0, spareEach = 0): string | null {
	const [first, ...others] = inPlay(chart).sort(breaksFirst);
	if (!first || others.length === 0) return null;
	const taking = others.filter(({ locked }) => !locked);
	const kept = first.players.size > 1 ? Math.max(spare, spareEach * taking.length) : spare;
	const room = taking.reduce((sum, table) => sum + freeSeats(table).length, 0);
	return room - kept >= first.players.size ? first.table : null;
}

/** At the table that would break last, of those with a chair for each player. */
function finalTable(tables: TableSeats[], basis: string, rules: SeatRules, size: number): Proposal {
	const players = tables.reduce((sum, table) => sum + table.players.size, 0);
	const fit = tables.filter((table) => usableSeats(table, size).length >= players);
	const stays = fit.sort((a, b) => Number(b.locked) - Number(a.locked) || breaksLast(b, a))[0];
	if (!stays)
		return { kind: 'blocked', table: null, reason: 'final_chairs', rule: RULE_FINAL, basis, seats: size };
	const [first] = tables.filter((table) => table !== stays).sort(breaksFirst);
	return {
		kind: (rules.redraw_tables ?? [1]).includes(1) ? 'redraw' : 'break',
		table: first!.table,
		reason: 'final_table',
		rule: RULE_FINAL,
		basis,
		keeps: [stays.table],
		seats: size,
	};
}

function breaksFirst(one: TableSeats, other: TableSeats): number {
	return Number(one.locked) - Number(other.locked) || breaksLast(one, other);
}

function breaksLast(one: TableSeats, other: TableSeats): number {
	return Number(one.players.size > 1) - Number(other.players.size > 1) || byBreakOrder(one, other);
}
