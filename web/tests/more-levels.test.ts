import fc from 'fast-check';
import { expect, test } from 'vitest';
import { ladderFaults } from '#lib/twins/structure/ladder.ts';
import { moreLevels } from '../src/routes/floor/more-levels.ts';

const last = { kind: 'play', minutes: 20, small: 20_000, big: 40_000 } as const;

test('levels go on until a twentieth of the chips is one big blind', () => {
	const rows = moreLevels(last, 3_000_000, [1_000, 5_000]);
	expect(rows.map(({ big }) => big)).toEqual([60_000, 80_000, 100_000, 150_000]);
	expect(rows.every(({ minutes, ante }) => minutes === 20 && ante === 0)).toBe(true);
});

test('whatever the last level and the chips: no fault, and it ends [RU79]', () => {
	const bigs = fc.integer({ min: 2, max: 100_000 }).map((half) => half * 50);
	fc.assert(
		fc.property(bigs, fc.integer({ min: 1, max: 400 }), (big, times) => {
			const row = { kind: 'play', minutes: 15, small: big / 2, big, ante: big } as const;
			const rows = moreLevels(row, big * 20 + big * times, [25]);
			const all = [row, ...rows].map((one) => ({ ...one, lasts: one.minutes }));
			expect(ladderFaults(all)).toEqual([]);
			expect((rows.at(-1)?.big ?? 0) * 20).toBeGreaterThanOrEqual(big * 20 + big * times);
		}),
	);
});
