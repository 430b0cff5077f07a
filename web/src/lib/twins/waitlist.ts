/**
 * Waiting for a cash seat: the order of a list, whom to call, which seats are open, how long it takes. The order is
 * the leaf's order of arrival; what the leaf has not seen yet comes after, provisional, by stamp.
 * Twin of `crdt_models/rules/waitlist.py`; both read `tests/vectors/waitlist.json`.
 */
import { compareStamps, parseStamp } from '#lib/facts/edits.ts';
import type { Arrived, Call, CashTable, Furniture, ListEntry, Seat } from '#lib/facts/facts.gen.ts';
import type { FactReader } from '#lib/facts/facts.ts';
import type { Chair } from './seating/chart.ts';
import { byText, many } from './typed.ts';

/** One place on a list; `number` is the order of arrival, null while provisional. */
export type Waiting = {
	entry: string;
	player: string;
	state: 'waiting' | 'away';
	number: number | null;
	provisional: boolean;
	call: Call | null;
};

/** Everybody on a list who still wants a seat, those away too, first in line first. */
export function waiting(floor: FactReader, list: string): Waiting[] {
	const arrived = many<Arrived>(floor, 'arrived/');
	const calls = many<Call>(floor, 'call/');
	const stamp = (entry: string) => floor.stamp(`waitlist/${entry}`);
	const rows: Waiting[] = [];
	for (const [entry, { list: of, player, state = 'waiting' }] of many<ListEntry>(floor, 'waitlist/')) {
		if (of !== list || (state !== 'waiting' && state !== 'away')) continue;
		const number = arrived.get(entry)?.number ?? null;
		rows.push({ entry, player, state, number, provisional: number === null, call: calls.get(entry) ?? null });
	}
	return rows.sort(
		(a, b) =>
			Number(a.provisional) - Number(b.provisional) ||
			(a.number ?? 0) - (b.number ?? 0) ||
			compareStamps(stamp(a.entry), stamp(b.entry)) ||
			byText(a.entry, b.entry),
	);
}

/** The entry of the first who is here, not called yet and sits at no cash table; null: nobody. */
export function callNext(floor: FactReader, list: string): string | null {
	const seated = floor.group('seat/');
	const next = waiting(floor, list).find(
		(row) => row.state === 'waiting' && row.call === null && !seated.has(row.player),
	);
	return next?.entry ?? null;
}

/** Open cash tables of a list. */
export function goingTables(floor: FactReader, list: string): string[] {
	return [...many<CashTable>(floor, 'cash/')]
		.filter(([, row]) => row.list === list && row.state === 'open')
		.map(([table]) => table);
}

/** Free seats at the open tables of a list that no call holds, tables by number. */
export function openCashSeats(floor: FactReader, config: FactReader, list: string): Chair[] {
	const furniture = many<Furniture>(config, 'table/');
	const called = waiting(floor, list).flatMap((row) => (row.call ? [row.call] : []));
	const taken = new Set(
		[...many<Seat>(floor, 'seat/').values(), ...called].map(({ table, seat }) => `${table} ${seat}`),
	);
	return goingTables(floor, list)
		.flatMap((table) => (furniture.has(table) ? [{ table, place: furniture.get(table)! }] : []))
		.sort((a, b) => a.place.number - b.place.number || byText(a.table, b.table))
		.flatMap(({ table, place }) =>
			Array.from({ length: place.seats }, (_, n) => n + 1)
				.filter((seat) => !place.out_of_use?.includes(seat) && !taken.has(`${table} ${seat}`))
				.map((seat) => ({ table, seat })),
		);
}

// How long a wait is follows from seats that became free lately, and from nothing else.
const LOOK_BACK_MS = 2 * 3_600_000;
const FILLING_MS = 15 * 60_000; // a table that was opened takes many at once: that says nothing of later ones
const SEEN_MS = 15 * 60_000; // shorter than that is no ground
const SEATED_MIN = 3;
const STEP_MINUTES = 5;

/**
 * About how long the one at `place` (from 1) waits, in steps of five minutes; 0: a seat is open for them. Null: there
 * is no ground for an estimate. At one past the line: how long a newcomer waits.
 */
export function waitMinutes(
	floor: FactReader,
	config: FactReader,
	list: string,
	place: number,
	now: number,
): number | null {
	const tables = goingTables(floor, list);
	if (!tables.length) return null;
	const sits = floor.group('seat/');
	const before = waiting(floor, list)
		.slice(0, place - 1)
		.filter(({ call, player }) => !call && !sits.has(player)).length;
	const short = before + 1 - openCashSeats(floor, config, list).length;
	if (short <= 0) return 0;
	const msOf = (name: string) => parseStamp(floor.stamp(name))?.ms ?? 0;
	const since = Math.max(now - LOOK_BACK_MS, ...tables.map((table) => msOf(`cash/${table}`) + FILLING_MS));
	const lately = [...many<ListEntry>(floor, 'waitlist/')].filter(([entry, { list: of, state }]) => {
		const ms = msOf(`waitlist/${entry}`);
		return of === list && state === 'seated' && since < ms && ms <= now;
	}).length;
	if (now - since < SEEN_MS || lately < SEATED_MIN) return null;
	return Math.ceil((short * (now - since)) / (lately * STEP_MINUTES * 60_000)) * STEP_MINUTES;
}
