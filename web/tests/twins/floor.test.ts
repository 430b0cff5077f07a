import { describe, expect, test } from 'vitest';
import { finishes, nextPlace, standings } from '#lib/twins/elimination/standings.ts';
import { disagreements, unseated } from '#lib/twins/reconcile.ts';
import { callNext, openCashSeats, waiting, waitMinutes } from '#lib/twins/waitlist.ts';
import { type Facts, reading, vectors } from './written.ts';

type Places = {
	id: string;
	facts: Facts;
	lives: number;
	left: string[];
	out: [string, string, number, number][];
};
type Lists = {
	id: string;
	floor: Facts;
	at_ms?: Record<string, number>;
	list: string;
	order: [string, number | null][];
	call_next: string | null;
	open_seats: [string, number][];
};
type Waits = {
	id: string;
	floor: Facts;
	at_ms: Record<string, number>;
	list: string;
	place: number;
	now: number;
	minutes: number | null;
};
type Rows = {
	id: string;
	now: number;
	tournament: Facts;
	cage: Facts;
	at_ms: Record<string, number>;
	expect: [string, string, string | null, number][];
};

describe('places', () => {
	const { cases } = vectors<{ cases: Places[] }>('elimination');
	test.each(cases)('$id', ({ facts, lives, left, out }) => {
		const tournament = reading('tournament/t', facts);
		const standing = standings(tournament);
		expect(standing.lives).toBe(lives);
		expect([...standing.left].sort()).toEqual(left);
		expect(standing.out.map((row) => [row.player, row.entry, row.place, row.place_to])).toEqual(out);
		expect(nextPlace(tournament)).toBe(left.length);
		const placed = finishes(standing);
		expect(placed.length).toBe(out.length + (left.length === 1 && out.length > 0 ? 1 : 0));
	});
});

describe('lists', () => {
	const { config, cases, waits } = vectors<{ config: Facts; cases: Lists[]; waits: Waits[] }>('waitlist');
	test.each(waits)('$id', ({ floor: facts, at_ms, list, place, now, minutes }) => {
		const floor = reading('floor', facts, at_ms);
		expect(waitMinutes(floor, reading('config', config), list, place, now)).toBe(minutes);
	});
	test.each(cases)('$id', ({ floor: facts, at_ms, list, order, call_next, open_seats }) => {
		const floor = reading('floor', facts, at_ms);
		expect(waiting(floor, list).map((row) => [row.entry, row.number])).toEqual(order);
		expect(callNext(floor, list)).toBe(call_next);
		const seats = openCashSeats(floor, reading('config', config), list);
		expect(seats.map(({ table, seat }) => [table, seat])).toEqual(open_seats);
	});
});

describe('floor against money', () => {
	const { cases } = vectors<{ cases: Rows[] }>('reconcile');
	test.each(cases)('$id', ({ now, tournament, cage, at_ms, expect: expected }) => {
		const ofCage = Object.keys(cage).map((name) => [name, at_ms[`cage ${name}`] ?? at_ms[name] ?? 1]);
		const rows = disagreements(
			reading('tournament/e', tournament, at_ms),
			'e',
			reading('cage', cage, Object.fromEntries(ofCage)),
			now,
		);
		const told = rows.map(({ kind, player, entry, since_ms, explained }) => [
			...[kind, player, entry, since_ms],
			...(explained ? [explained] : []),
		]);
		expect(told).toEqual(expected);
	});
});

test('who paid may be given a seat at once, and before the draw, long before that is a difference', () => {
	const paid = (player: string, seq: number) => ({ tournament: 'e', player, kind: 'buy_in', seq });
	const cage = reading(
		'cage',
		{ 'entry/l1': paid('ana', 3), 'entry/l2': paid('bea', 4), 'entry/l3': paid('cyd', 5) },
		{ 'entry/l1': 49_999, 'entry/l2': 49_000, 'entry/l3': 1 },
	);
	const names = (facts: Parameters<typeof reading>[1]) =>
		unseated(reading('tournament/e', facts), 'e', cage).map(({ player }) => player);
	expect(names({})).toEqual(['cyd', 'bea', 'ana']);
	expect(disagreements(reading('tournament/e', {}), 'e', cage, 50_000)).toEqual([]);
	expect(names({ 'seat/cyd': { table: 't1', seat: 1 }, 'alternate/bea': { since_ms: 1 } })).toEqual(['ana']);
	expect(names({ 'bust/l1': { player: 'ana', at_ms: 1, hand: 'h' } })).toEqual(['cyd', 'bea']);
});
