import { describe, expect, test } from 'vitest';
import { newActId, takenBack } from '#lib/facts/acts.ts';
import type { Json } from '#lib/facts/edits.ts';
import type { Kind } from '#lib/facts/facts.gen.ts';
import { Index } from '#lib/facts/facts.ts';
import { readingsOf } from '#lib/facts/readings.ts';
import { planTakeBack } from '#lib/facts/take-back.ts';
import { vectors } from './twins/written.ts';

type Case = {
	id: string;
	document: string;
	all_the_same?: boolean;
	edits: [string, string, Json, string[]][];
	acts: [string, string, Json, Json][][];
	taken: [string, [string, Json, string[]][]][];
	stays: [string, string, string, string][];
};

describe('taking acts back', () => {
	const { cases } = vectors<{ cases: Case[] }>('take_back');
	test.each(cases)('$id', ({ document, all_the_same, edits, acts, taken, stays }) => {
		const index = new Index(readingsOf(document));
		for (const [stamp, name, value, replaces] of edits)
			index.add(stamp, { name, value, replaces, person: 'ana', act: '' });
		const told = acts.map((act) =>
			act.map(([stamp, name, before, after]) => ({ stamp, name, before, after })),
		);
		const plan = planTakeBack(document.split('/')[0] as Kind, index, told, all_the_same);
		expect(plan.taken.map((one) => [one.stamp, one.edits.map((e) => [e.name, e.value, e.replaces])])).toEqual(
			taken,
		);
		expect(plan.stays.map(({ stamp, code, name, fact }) => [stamp, code, name, fact])).toEqual(stays);
	});
});

test('an act says what it takes back', () => {
	const act = newActId('5.1.a-1');
	expect(act).toMatch(/^\w{6}~5\.1\.a-1$/);
	expect(takenBack(act)).toBe('5.1.a-1');
	for (const other of ['', 'abc', '5.1.a-1', 'abc~', 'abc~x', newActId()])
		expect(takenBack(other)).toBeNull();
});
