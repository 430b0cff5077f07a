import { readFileSync } from 'node:fs';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { Edit, Json } from '#lib/facts/edits.ts';
import { compareStamps } from '#lib/facts/edits.ts';
import { Index } from '#lib/facts/facts.ts';
import { readingsOf } from '#lib/facts/readings.ts';

type Written = [name: string, value: Json, replaces: string[], by: [string, string]];
type Case = {
	title: string;
	document: string;
	edits: Record<string, Written>;
	gone: string[];
	expect: {
		facts: Record<string, { value: Json; stamp: string; live: string[] }>;
		groups: Record<string, Record<string, Json>>;
		rivals: Record<string, number>;
	};
};
const { cases } = JSON.parse(
	readFileSync(new URL('../../tests/vectors/facts.json', import.meta.url), 'utf8'),
) as { cases: Case[] };

const edit = ([name, value, replaces, [person, act]]: Written): Edit => ({
	name,
	value,
	replaces,
	person,
	act,
});

function check(index: Index, expected: Case['expect']) {
	for (const [name, { value, stamp, live }] of Object.entries(expected.facts)) {
		expect(index.get(name)).toEqual(value);
		expect(index.stamp(name)).toBe(stamp);
		expect(index.live(name)).toEqual(live);
	}
	for (const [prefix, members] of Object.entries(expected.groups))
		expect(Object.fromEntries(index.group(prefix))).toEqual(members);
	expect(Object.fromEntries(index.rivals())).toEqual(expected.rivals);
}

describe('facts as the vectors say, in whatever order the edits come [DO4] [DO5] [DO6]', () => {
	test.each(cases)('$title', ({ document, edits, gone, expect: expected }) => {
		fc.assert(
			fc.property(
				fc.shuffledSubarray(Object.keys(edits), { minLength: Object.keys(edits).length }),
				(order) => {
					const index = new Index(readingsOf(document));
					for (const stamp of order) index.add(stamp, edit(edits[stamp]!));
					for (const stamp of gone) index.remove(stamp);
					check(index, expected);
				},
			),
			{ numRuns: 20 },
		);
	});
});

test('an index fed by changes reads as one made at once', () => {
	const names = ['seat/p1', 'seat/p2', 'clock'];
	const stamps = Array.from({ length: 12 }, (_, n) => `${(n + 1).toString(36)}.${n + 1}.d${n % 3}-a`);
	const step = fc.record({
		stamp: fc.nat({ max: stamps.length - 1 }),
		name: fc.constantFrom(...names),
		value: fc.constantFrom<Json>(null, 1, 2),
		replaces: fc.uniqueArray(fc.nat({ max: stamps.length - 1 }), { maxLength: 3 }),
		remove: fc.boolean(),
	});
	fc.assert(
		fc.property(fc.array(step, { maxLength: 40 }), (steps) => {
			const fed = new Index(readingsOf('floor'));
			const present = new Map<string, Edit>();
			for (const { stamp: n, name, value, replaces, remove } of steps) {
				const stamp = stamps[n]!;
				if (remove) {
					fed.remove(stamp);
					present.delete(stamp);
				} else if (!present.has(stamp)) {
					const older = replaces.filter((m) => m < n).map((m) => stamps[m]!);
					const one = { name, value, replaces: older, person: '', act: '' };
					fed.add(stamp, one);
					present.set(stamp, one);
				}
				fed.group('seat/'); // pictures are kept between changes, and must not go stale
			}
			const made = new Index(readingsOf('floor'));
			for (const [stamp, one] of present) made.add(stamp, one);
			for (const name of names) {
				const plain = [...present]
					.filter(
						([stamp, one]) =>
							one.name === name &&
							![...present.values()].some((other) => other.name === name && other.replaces.includes(stamp)),
					)
					.map(([stamp]) => stamp)
					.sort(compareStamps);
				expect(fed.live(name)).toEqual(plain);
				expect(fed.live(name)).toEqual(made.live(name));
				expect(fed.get(name)).toEqual(made.get(name));
			}
			expect([...fed.group('seat/')]).toEqual([...made.group('seat/')]);
			expect([...fed.rivals()]).toEqual([...made.rivals()]);
		}),
	);
});

test('two who say that nobody is called mean the same', () => {
	const call = readingsOf('floor')('call/e1')!;
	expect(call.same(null, null)).toBe(true);
	expect(call.same(null, { table: 't1', until_ms: 1 })).toBe(false);
	expect(call.same({ table: 't1', until_ms: 1 }, { table: 't2', until_ms: 2 })).toBe(true);
});
