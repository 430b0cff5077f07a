import { createHash, createHmac } from 'node:crypto';
import { expect, test } from 'vitest';
import type { Draw } from '#lib/facts/facts.gen.ts';
import {
	checkDraw,
	commitmentOf,
	deal,
	derive,
	parsePool,
	poolText,
	stream,
} from '#lib/twins/seating/draw.ts';
import { fromHex, hmacSha256, sha256, toHex } from '#lib/twins/seating/sha256.ts';
import { vectors } from './written.ts';

type Case = Pick<Draw, 'kind' | 'pool' | 'players'> & {
	why: string;
	seed: string;
	event: string;
	ident: string;
	seats: string[] | null;
};
type Vectors = {
	commitments: [string, string][];
	stream: { seed: string; message: string; below: number[]; numbers: number[] };
	cases: Case[];
};
const { commitments, stream: told, cases } = vectors<Vectors>('draw');

test('hashes are those of everybody else, whatever the length', () => {
	for (let length = 0; length < 200; length += 1) {
		const data = Uint8Array.from({ length }, (_, n) => (n * 7 + length) % 256);
		expect(toHex(sha256(data))).toBe(createHash('sha256').update(data).digest('hex'));
		expect(toHex(hmacSha256(data, data))).toBe(createHmac('sha256', data).update(data).digest('hex'));
	}
	expect(toHex(fromHex('00ff10'))).toBe('00ff10');
});

test.each(cases)('$why', ({ seed, event, ident, seats, ...draw }) => {
	expect(derive(seed, event, ident, draw)).toEqual(seats);
});

test('the stream and the commitments are as written', () => {
	const random = stream(told.seed, told.message);
	expect(told.below.map(random)).toEqual(told.numbers);
	for (const [seed, commitment] of commitments) expect(commitmentOf(seed)).toBe(commitment);
});

test('a pool is read back to the letter', () => {
	const pool = [
		{ rank: 0, label: '12', players: 7, free: [1, 3, 4, 5, 9] },
		{ rank: 1, label: 'a-b', players: 0, free: [] },
	];
	expect(parsePool(poolText(pool))).toEqual(pool);
	expect(parsePool('0/1/0/1,2')).toBeNull();
	expect(deal(pool, ['a', 'b'], () => 0)).toHaveLength(2);
});

test('a tampered draw does not match', () => {
	const [pool, players] = ['0/1/0/1-9;0/2/0/1-9', ['ana', 'bea']];
	const seats = derive(told.seed, 'e1', '1.7', { kind: 'break', pool, players })!;
	const draw: Draw = { kind: 'break', players, pool, seats, ask: 'a', at_ms: 0 };
	const sealed = { commitment: commitmentOf(told.seed), at_ms: 0 };
	const open = { ...sealed, seed: told.seed };
	expect(checkDraw('e1', '1.7', draw, sealed)).toBe('sealed');
	expect(checkDraw('e1', '1.7', draw, open)).toBe('matches');
	expect(checkDraw('e1', '1.8', draw, open)).toBe('other_seats');
	expect(checkDraw('e1', '1.7', { ...draw, pool: 'x' }, open)).toBe('unreadable');
	expect(checkDraw('e1', '1.7', draw, { ...open, seed: '0'.repeat(64) })).toBe('other_seed');
});
