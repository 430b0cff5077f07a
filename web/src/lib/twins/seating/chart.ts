/**
 * Who sits where: the seat chart of an event, and what is wrong with a seat. A seat is a fact of the player; two players in one seat after a merge: the earlier stamp keeps it, the others are listed beside it.
 * Twin of `crdt_models/rules/seating/chart.py`; both read `tests/vectors/chart.json`.
 */
import { compareStamps, parseStamp } from '#lib/facts/edits.ts';
import type { Alternate, Furniture, Need, Seat, Table, TournamentSetup } from '#lib/facts/facts.gen.ts';
import type { FactReader } from '#lib/facts/facts.ts';
import { byText, many, one } from '../typed.ts';

export type SeatFault = 'no_table' | 'table_closed' | 'no_seat' | 'out_of_use' | 'table_locked' | 'taken';
export type Chair = Seat;

/**
 * A table of the event; `players` by seat number ≤ `seats`; 1 is first in the break `order`. `chairs`: so many stand
 * there, whatever the event allows. `held` seats are given by hand alone.
 */
export type TableSeats = {
	table: string;
	number: number;
	seats: number;
	out_of_use: readonly number[];
	open: boolean;
	locked: boolean;
	order: number;
	players: ReadonlyMap<number, string>;
	held: readonly number[];
	chairs: number;
};

/** A seat that `player` keeps, having the earlier stamp, and that `others` were put into too. */
export type DoubleSeat = { table: string; seat: number; player: string; others: string[] };

/**
 * All tables by id, seats held twice, players whose seat is at no open table of the event (`strays`), and players
 * with special needs (TDA 9).
 */
export type Chart = {
	tables: ReadonlyMap<string, TableSeats>;
	doubles: DoubleSeat[];
	strays: string[];
	needs: ReadonlyMap<string, Need>;
};

const SEATS_MAX = 12;

/** The chart; the furniture says how many seats a table has, the event may allow fewer. */
export function seatChart(tournament: FactReader, config: FactReader): Chart {
	const setup = one<TournamentSetup>(tournament, 'setup');
	const furniture = many<Furniture>(config, 'table/');
	const seats = many<Seat>(tournament, 'seat/');
	const held = heldSeats(tournament, seats);
	const tables = new Map<string, TableSeats>();
	for (const [ident, table] of many<Table>(tournament, 'table/'))
		tables.set(ident, tableSeats(ident, table, furniture.get(ident), setup, held));
	const doubles = [...held.values()]
		.flat()
		.filter(({ players }) => players.length > 1)
		.map(({ chair, players: [player, ...others] }) => ({ ...chair, player: player!, others }))
		.sort((a, b) => byText(a.table, b.table) || a.seat - b.seat);
	const strays = [...seats]
		.filter(([, seat]) => isStray(tables.get(seat.table), seat.seat))
		.map(([player]) => player);
	return { tables, doubles, strays, needs: many<Need>(tournament, 'need/') };
}

/** Whether a table stands there and somebody can sit at it: one without seats is not used for an event. */
export function hasSeats(furniture: Furniture | null): boolean {
	if (!furniture) return false;
	const { seats, out_of_use = [] } = furniture;
	return Array.from({ length: seats }, (_, n) => n + 1).some((seat) => !out_of_use.includes(seat));
}

/** Seats that can be sat in and are not held, ascending; `seats`: as if the event allowed so many. */
export function usableSeats(table: TableSeats, seats: number | null = null): number[] {
	const most = seats ? Math.min(seats, table.chairs || table.seats) : table.seats;
	const numbers = Array.from({ length: most }, (_, n) => n + 1);
	return numbers.filter((seat) => !table.out_of_use.includes(seat) && !table.held.includes(seat));
}

/** Seats of a table somebody may be given, ascending; none at a closed table. */
export function freeSeats(table: TableSeats): number[] {
	return table.open ? usableSeats(table).filter((seat) => !table.players.has(seat)) : [];
}

/** Why `player` can't be put into a seat; null: it is free or theirs. A locked table takes nobody new. */
export function seatFault(chart: Chart, table: string, seat: number, player = ''): SeatFault | null {
	const at = chart.tables.get(table);
	if (!at) return 'no_table';
	if (!at.open) return 'table_closed';
	if (!(seat >= 1 && seat <= at.seats)) return 'no_seat';
	if (at.out_of_use.includes(seat)) return 'out_of_use';
	if ((at.players.get(seat) ?? player) !== player) return 'taken';
	return at.locked && ![...at.players.values()].includes(player) ? 'table_locked' : null;
}

export function openTables(chart: Chart): TableSeats[] {
	return [...chart.tables.values()].filter((table) => table.open);
}

/** Every seat of the event somebody may be given, tables by number; or those of one table. */
export function openSeats(chart: Chart, table?: string): Chair[] {
	return openTables(chart)
		.filter((at) => !at.locked && (table === undefined || at.table === table))
		.sort((a, b) => a.number - b.number || byText(a.table, b.table))
		.flatMap((at) => freeSeats(at).map((seat) => ({ table: at.table, seat })));
}

/** Who paid and waits for a seat, in the order they came; none of them sits. */
export function alternates(tournament: FactReader): string[] {
	return [...many<Alternate>(tournament, 'alternate/')]
		.filter(([player]) => tournament.get(`seat/${player}`) === null)
		.sort(([a, one], [b, other]) => one.since_ms - other.since_ms || byText(a, b))
		.map(([player]) => player);
}

/** Open tables with somebody at them. */
export function inPlay(chart: Chart): TableSeats[] {
	return openTables(chart).filter((table) => table.players.size > 0);
}

/** Sorts tables by which breaks first. */
export function byBreakOrder(one: TableSeats, other: TableSeats): number {
	return one.order - other.order || byText(one.table, other.table);
}

/** By table: its chairs that somebody holds, and who, the earliest first. */
type Held = Map<string, { chair: Chair; players: string[] }[]>;

/** Stamps are compared only where several hold one seat: reading a thousand takes longer than all else here. */
function heldSeats(tournament: FactReader, seats: ReadonlyMap<string, Seat>): Held {
	const held: Held = new Map();
	for (const [player, { table, seat }] of seats) {
		const here = held.get(table) ?? [];
		const there = here.find(({ chair }) => chair.seat === seat);
		if (there) there.players.push(player);
		else here.push({ chair: { table, seat }, players: [player] });
		held.set(table, here);
	}
	const stamp = (player: string) => {
		const text = tournament.stamp(`seat/${player}`);
		return parseStamp(text) ? text : '0.1.0-0';
	};
	for (const { players } of [...held.values()].flat())
		if (players.length > 1) players.sort((a, b) => compareStamps(stamp(a), stamp(b)) || byText(a, b));
	return held;
}

function tableSeats(
	ident: string,
	table: Table,
	furniture: Furniture | undefined,
	setup: TournamentSetup | null,
	held: Held,
): TableSeats {
	const chairs = furniture?.seats ?? SEATS_MAX;
	const seats = Math.min(chairs, table.seats ?? setup?.seats_per_table ?? SEATS_MAX);
	const here = (held.get(ident) ?? [])
		.filter(({ chair }) => chair.seat <= seats)
		.sort((a, b) => a.chair.seat - b.chair.seat);
	return {
		table: ident,
		number: furniture?.number ?? table.order,
		seats,
		out_of_use: furniture?.out_of_use ?? [],
		open: table.open,
		locked: table.locked ?? false,
		order: table.order,
		players: new Map(here.map(({ chair, players }) => [chair.seat, players[0]!])),
		held: table.held ?? [],
		chairs,
	};
}

function isStray(table: TableSeats | undefined, seat: number): boolean {
	return !table?.open || seat > table.seats;
}
