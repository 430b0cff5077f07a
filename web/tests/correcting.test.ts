import { expect, test } from 'vitest';
import {
	changes,
	type Placed,
	placed,
	placedByFloor,
	ranks,
	same,
	swapped,
	worth,
} from '../src/routes/cage/correcting.ts';

const row = (player: string, place: number, amount_cents: number, paid_cents = 0) => ({
	id: `e.${place}.${player}`,
	tournament: 'e',
	seq: 1,
	player,
	place,
	amount_cents,
	paid_cents,
});
const people = (...names: string[]): Placed[] =>
	names.map((name) => ({
		player: name.replace('=', ''),
		entry: `${name}-1`,
		tied: name.startsWith('='),
	}));

test('as it is booked: who owes only is not placed, who ties has one place', () => {
	const rows = placed(
		[row('ana', 1, 900), row('bo', 2, 500), row('cy', 2, 500), row('dan', 3, 0, 70)],
		(one) => `${one}-1`,
	);
	expect(rows.map(({ player, entry }) => [player, entry])).toEqual([
		['ana', 'ana-1'],
		['bo', 'bo-1'],
		['cy', 'cy-1'],
	]);
	expect(ranks(rows)).toEqual([1, 2, 2]);
	expect(ranks(people('a', '=b', 'c', '=d', '=e', 'f'))).toEqual([1, 1, 3, 3, 3, 6]);
});

test('amounts are shared as the ledger shares them: odd cents to those named first, the rest to who is first', () => {
	expect(worth(people('a', 'b', '=c', '=d'), [1_000, 500, 300], null)).toEqual([1_000, 267, 267, 266]);
	expect(worth(people('a', 'b'), [1_000, 500, 300], null)).toEqual([1_300, 500]);
});

test('who dealt gets what was agreed, and who wins what was set aside', () => {
	const deal = { players: ['a', 'b'], amounts: [700, 600], aside_cents: 200 };
	expect(worth(people('b', 'a', 'c'), [1_000, 500, 300], deal)).toEqual([800, 700, 300]);
});

test('two players change places, ties stay where they are; what changes is told for each', () => {
	const before = [row('ana', 1, 1_000, 1_000), row('bo', 2, 500), row('cy', 3, 300)];
	const booked = placed(before, (one) => one);
	const turned = swapped(booked, 0, 2);
	expect(turned.map(({ player }) => player)).toEqual(['cy', 'bo', 'ana']);
	expect(changes(before, turned, worth(turned, [1_000, 500, 300], null))).toEqual([
		{ player: 'cy', was: 300, now: 1_000, paid: 0 },
		{ player: 'ana', was: 1_000, now: 300, paid: 1_000 },
	]);
	const other = booked.map((one, n) => (n ? one : { player: 'dan', entry: 'dan', tied: false }));
	expect(changes(before, other, [1_000, 500, 300]).at(-1)).toEqual({
		player: 'ana',
		was: 1_000,
		now: 0,
		paid: 1_000,
	});
	expect(ranks(swapped(people('a', 'b', '=c'), 0, 2))).toEqual([1, 2, 2]);
});

test('the floor’s order counts as far as places are paid, and is compared by places alone', () => {
	const finishes = [
		{ player: 'ana', entry: 'a1', place: 1 },
		{ player: 'bo', entry: 'b1', place: 2 },
		{ player: 'cy', entry: 'c1', place: 2 },
		{ player: 'dan', entry: 'd1', place: 4 },
	];
	const rows = placedByFloor(finishes, 3);
	expect(ranks(rows)).toEqual([1, 2, 2]);
	expect(same(rows, people('ana', 'cy', '=bo'))).toBe(true);
	expect(same(rows, people('ana', 'bo', 'cy'))).toBe(false);
});
