/**
 * Which seats a draw is made from, and the plan to break a table or to draw a whole room anew. Tables go by the
 * number people call them; locked tables and held seats are never drawn.
 * Twin of `crdt_models/rules/seating/draw_pool.py`; both read `tests/vectors/draw.json`.
 */

import { byText } from '../typed.ts';
import { arrivesAs } from './button.ts';
import { type Chair, type Chart, freeSeats, inPlay, openTables, usableSeats } from './chart.ts';
import { byLevel, deal, type PoolTable, poolText, type Random } from './draw.ts';
import { type Buttons, basisOf, buttonFault } from './proposal.ts';

export type DrawKind = 'seat' | 'break' | 'redraw';
/** One draw to be made: these players, from these seats. */
export type Lot = { players: readonly string[]; pool: readonly PoolTable[] };
export type Seated = readonly [player: string, to: Chair];

/** One player's move; `arrives_as` null where that button is not known, or all is drawn anew. */
export type Planned = {
	player: string;
	from_table: string;
	from_seat: number;
	to: Chair;
	arrives_as: string | null;
};

/** Moves made in one act. `closes`: the tables that end; `seats`: so many at the table that stays. */
export type SeatPlan = {
	kind: 'break' | 'redraw';
	closes: readonly string[];
	basis: string;
	moves: readonly Planned[];
	seats: number | null;
	fault: 'no_table' | 'no_room' | null;
};

const DRAW_PLAYERS_MAX = 40;
const POOL_MAX = 1_800;

/** What each table is called in a draw: its number, or its id where two have one number. */
export function labelsOf(chart: Chart): Map<string, string> {
	const counts = new Map<number, number>();
	for (const { number } of chart.tables.values()) counts.set(number, (counts.get(number) ?? 0) + 1);
	return new Map(
		[...chart.tables].map(([ident, { number }]) => [ident, counts.get(number) === 1 ? `${number}` : ident]),
	);
}

/** The chair that a draw calls `<table>.<seat>`; null: no table is called so any more. */
export function chairOf(chart: Chart, seat: string): Chair | null {
	const dot = seat.lastIndexOf('.');
	const label = seat.slice(0, dot);
	const table = [...labelsOf(chart)].find(([, called]) => called === label)?.[0];
	return table === undefined ? null : { table, seat: Number(seat.slice(dot + 1)) };
}

/** The draws to make, special needs first and one by one (TDA 9). `tables`: those that end, or that stay. */
export function lots(
	chart: Chart,
	kind: DrawKind,
	players: readonly string[],
	tables: readonly string[],
	seats: number | null = null,
): Lot[] {
	const pool = poolOf(chart, kind, tables, seats);
	const needy = players.filter((player) => chart.needs.has(player));
	const others = players.filter((player) => !chart.needs.has(player));
	const made: Lot[] = needy.map((player) => ({ players: [player], pool: wanted(chart, player, pool) }));
	for (let at = 0; at < others.length; at += DRAW_PLAYERS_MAX)
		made.push({ players: others.slice(at, at + DRAW_PLAYERS_MAX), pool });
	return made;
}

/** Without seats already drawn, and without tables that this lot can't reach or has no room to name. */
export function shorten(lot: Lot, taken: readonly string[]): Lot {
	const gone = new Set(taken);
	const left = lot.pool
		.map((table) => ({
			...table,
			players: table.players + taken.filter((seat) => seat.startsWith(`${table.label}.`)).length,
			free: table.free.filter((seat) => !gone.has(`${table.label}.${seat}`)),
		}))
		.filter(({ free }) => free.length > 0)
		.sort(byLevel);
	const last = levelReached(left, lot.players.length);
	const pool = left.filter((table) => byLevel(table, last) <= 0);
	while (poolText(pool).length > POOL_MAX) pool.pop();
	return { ...lot, pool };
}

/** A random seat by the rules for one player; null: the room is full. */
export function drawSeat(chart: Chart, random: Random, player = ''): Chair | null {
	return drawLots(chart, lots(chart, 'seat', [player], []), random)[0]?.[1] ?? null;
}

/** Seats for all lots, one after the other; fewer than players where there is no room. */
export function drawLots(chart: Chart, made: readonly Lot[], random: Random): Seated[] {
	const seated: (readonly [string, string])[] = [];
	for (const one of made) {
		const lot = shorten(
			one,
			seated.map(([, seat]) => seat),
		);
		const cards = deal(lot.pool, lot.players, random);
		seated.push(...cards.map((seat, n) => [lot.players[n]!, seat] as const));
	}
	return seated.flatMap(([player, seat]) => {
		const chair = chairOf(chart, seat);
		return chair ? [[player, chair] as const] : [];
	});
}

/**
 * Draws seats at the other tables for all players of `table`; any seat, blinds and button too (10-A). With `keeps` at
 * those alone, `seats` at each: it breaks into the final table.
 */
export function breakPlan(
	chart: Chart,
	buttons: Buttons,
	table: string,
	random: Random,
	keeps: readonly string[] = [],
	seats: number | null = null,
): SeatPlan {
	const players = [...(chart.tables.get(table)?.players.values() ?? [])].sort(byText);
	const room = keeps.length > 0 ? onlyAt(chart, keeps, seats) : chart;
	const seated = drawLots(room, lots(room, 'break', players, [table]), random);
	return planOf(chart, buttons, 'break', [table], seated, seats);
}

/** The room as if only these tables took anybody, `seats` at each. */
export function onlyAt(chart: Chart, keeps: readonly string[], seats: number | null): Chart {
	const tables = [...chart.tables].map(([ident, table]) => {
		const most = Math.min(table.chairs || table.seats, seats ?? table.seats);
		const at = keeps.includes(ident) ? { ...table, locked: false, seats: most } : { ...table, locked: true };
		return [ident, at] as const;
	});
	return { ...chart, tables: new Map(tables) };
}

/** Draws all seats of the room anew, at the tables that stay. */
export function redrawPlan(
	chart: Chart,
	buttons: Buttons,
	keeps: readonly string[],
	random: Random,
	seats: number | null = null,
): SeatPlan {
	const seated = drawLots(chart, lots(chart, 'redraw', everybody(chart), keeps, seats), random);
	return planOf(chart, buttons, 'redraw', closedBy(chart, keeps), seated, seats);
}

/** All who sit at an open table. */
export function everybody(chart: Chart): string[] {
	return inPlay(chart)
		.flatMap((table) => [...table.players.values()])
		.sort(byText);
}

/** The open tables that end when these stay. */
export function closedBy(chart: Chart, keeps: readonly string[]): string[] {
	return openTables(chart)
		.map(({ table }) => table)
		.filter((table) => !keeps.includes(table));
}

/** The plan that these drawn seats make. */
export function planOf(
	chart: Chart,
	buttons: Buttons,
	kind: 'break' | 'redraw',
	closes: readonly string[],
	seated: readonly Seated[],
	seats: number | null = null,
): SeatPlan {
	const plan = { kind, closes, basis: basisOf(chart, buttons), moves: [], seats };
	if (closes.some((table) => !chart.tables.has(table))) return { ...plan, fault: 'no_table' };
	const leaving = kind === 'break' ? closes.map((table) => chart.tables.get(table)!) : inPlay(chart);
	const where = new Map(
		leaving.flatMap(({ table, players }) =>
			[...players].map(([seat, player]) => [player, { table, seat }] as const),
		),
	);
	if (seated.length !== where.size || seated.some(([player]) => !where.has(player)))
		return { ...plan, fault: 'no_room' };
	const moves = seated.map(([player, to]) => ({
		player,
		from_table: where.get(player)!.table,
		from_seat: where.get(player)!.seat,
		to,
		arrives_as: kind === 'redraw' ? null : arrival(chart, buttons, to),
	}));
	return { ...plan, moves, fault: null };
}

function poolOf(chart: Chart, kind: DrawKind, tables: readonly string[], seats: number | null): PoolTable[] {
	const called = labelsOf(chart);
	const byNumber = openTables(chart).sort((a, b) => a.number - b.number || byText(a.table, b.table));
	if (kind === 'redraw')
		return byNumber
			.filter(({ table }) => tables.includes(table))
			.map((at) => ({ rank: 0, label: called.get(at.table)!, players: 0, free: usableSeats(at, seats) }));
	return byNumber
		.filter(({ table, locked }) => !locked && !tables.includes(table))
		.map((at) => ({
			// nobody of a broken table is sent to an empty one while others have room
			rank: Number(kind === 'break' && at.players.size === 0),
			label: called.get(at.table)!,
			players: at.players.size,
			free: freeSeats(at),
		}));
}

function levelReached(pool: readonly PoolTable[], cards: number): PoolTable {
	const levels = pool.map((table) => ({ ...table, left: table.free.length }));
	let last = { rank: 0, label: '', players: 0, free: [] as readonly number[] };
	for (let n = 0; n < cards; n += 1) {
		const [least] = levels.filter(({ left }) => left > 0).sort(byLevel);
		if (!least) break;
		last = { ...least };
		least.players += 1;
		least.left -= 1;
	}
	return last;
}

/** The seats a player needs, as far as there are any: at these tables, then of these numbers. */
function wanted(chart: Chart, player: string, pool: readonly PoolTable[]): readonly PoolTable[] {
	const need = chart.needs.get(player)!;
	const called = labelsOf(chart);
	const tables = new Set((need.tables ?? []).map((table) => called.get(table)));
	const theirs = pool.filter(({ label, free }) => tables.has(label) && free.length > 0);
	const atTables = theirs.length > 0 ? theirs : pool;
	const seats = atTables.map((table) => ({
		...table,
		free: table.free.filter((seat) => need.seats?.includes(seat)),
	}));
	return seats.some(({ free }) => free.length > 0) ? seats : atTables;
}

function arrival(chart: Chart, buttons: Buttons, { table, seat }: Chair): string | null {
	const at = chart.tables.get(table)!;
	return buttonFault(at, buttons) ? null : arrivesAs(buttons.get(table)!, at, seat);
}
