import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import * as Y from 'yjs';
import { compareStamps, decode, parseStamp } from '#lib/facts/edits.ts';
import { blank, LocalDocument } from '#lib/facts/local-document.ts';

const stamps = (one: LocalDocument) => [...one.doc.getMap('f').keys()];

describe('stamps of what is written here [DO2] [DO3]', () => {
	test('counters have no hole, ms never goes back with the clock, what is replaced is smaller', () => {
		fc.assert(
			fc.property(
				fc.array(fc.record({ now: fc.nat(5_000), facts: fc.integer({ min: 1, max: 4 }) }), { maxLength: 30 }),
				(acts) => {
					let now = 0;
					const one = new LocalDocument('floor', 'd1', () => now);
					for (const act of acts) {
						now = act.now;
						one.write(
							Array.from({ length: act.facts }, (_, n) => [`seat/p${n}`, { table: 't1', seat: 1 }] as const),
							'ana',
						);
					}
					const own = stamps(one).map((text) => parseStamp(text)!);
					expect(own.map(({ counter }) => counter)).toEqual(own.map((_, n) => n + 1));
					for (const [stamp, edit] of one.index.edits)
						for (const named of edit.replaces) expect(compareStamps(named, stamp)).toBeLessThan(0);
					for (const name of new Set([...one.index.edits.values()].map((edit) => edit.name)))
						expect(one.index.live(name)).toHaveLength(1);
				},
			),
		);
	});

	test('a replica that has seen a later stamp writes after it', () => {
		const [ahead, behind] = [
			new LocalDocument('floor', 'd1', () => 9_000),
			new LocalDocument('floor', 'd2', () => 10),
		];
		Y.applyUpdate(behind.doc, ahead.write([['seat/p1', { table: 't1', seat: 1 }]], 'ana').update);
		behind.write([['seat/p1', { table: 't2', seat: 2 }]], 'bea');
		expect(behind.index.get('seat/p1')).toEqual({ table: 't2', seat: 2 });
		expect(behind.index.live('seat/p1')).toHaveLength(1);
	});

	test('an act is one transaction, of 64 edits at most', () => {
		const one = new LocalDocument('floor', 'd1', () => 1);
		const many = Array.from({ length: 65 }, (_, n) => [`seat/p${n}`, null] as const);
		expect(() => one.write(many, 'ana')).toThrow(RangeError);
		expect(() => one.write([], 'ana')).toThrow(RangeError);
		const act = one.write(many.slice(1), 'ana');
		expect(Y.decodeUpdate(act.update).structs).toHaveLength(64);
		expect(new Set(act.edits.map(([stamp, text]) => (decode(stamp, text) as { act: string }).act))).toEqual(
			new Set([act.id]),
		);
	});
});

test('a blank keeps stamps, replaces and author, and stands for no fact', () => {
	const one = new LocalDocument('floor', 'd1', () => 1);
	one.write([['seat/p1', { table: 't1', seat: 1 }]], 'ana');
	const act = one.write([['seat/p1', { table: 't1', seat: 2 }]], 'ana');
	const [[stamp, text]] = blank(act).edits as [[string, string]];
	const was = decode(stamp, act.edits[0]![1]);
	expect(stamp).toBe(act.edits[0]![0]);
	expect(decode(stamp, text)).toEqual({ ...was, name: '', value: null });
});
