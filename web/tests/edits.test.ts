import { readFileSync } from 'node:fs';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
	compareStamps,
	decode,
	deviceOf,
	encode,
	type Json,
	parseStamp,
	stampText,
} from '#lib/facts/edits.ts';

const vectors = (name: string) =>
	JSON.parse(readFileSync(new URL(`../../tests/vectors/${name}.json`, import.meta.url), 'utf8'));
const stamps = vectors('stamps');
const edits = vectors('edits');

const stamp = fc
	.record({
		ms: fc.integer({ min: 0, max: 36 ** 9 - 1 }),
		counter: fc.integer({ min: 1, max: 999_999_999 }),
		replica: fc.stringMatching(/^[A-Za-z0-9]{1,24}-[A-Za-z0-9]{1,12}$/),
	})
	.map(stampText);

describe('stamps [DO2]', () => {
	type Spoken = { text: string; ms: number; counter: number; replica: string; device: string };

	test.each(stamps.valid as Spoken[])('$text is one', ({ text, ms, counter, replica, device }) => {
		const parsed = parseStamp(text)!;
		expect(parsed).toEqual({ ms, counter, replica });
		expect(deviceOf(parsed)).toBe(device);
		expect(stampText(parsed)).toBe(text);
	});

	test.each(stamps.invalid as string[])('%j is none', (text: string) => {
		expect(parseStamp(text)).toBeNull();
	});

	test('sort as the vectors say', () => {
		expect([...stamps.sorted].reverse().sort(compareStamps)).toEqual(stamps.sorted);
	});

	test('their order is total', () => {
		fc.assert(
			fc.property(stamp, stamp, stamp, (a, b, c) => {
				expect(Math.sign(compareStamps(a, b)) + Math.sign(compareStamps(b, a))).toBe(0);
				expect(compareStamps(a, b) === 0).toBe(a === b);
				const [x, y, z] = [a, b, c].sort(compareStamps) as [string, string, string];
				expect(compareStamps(x, y) <= 0 && compareStamps(y, z) <= 0 && compareStamps(x, z) <= 0).toBe(true);
			}),
		);
	});
});

describe('edit texts [DO1] [DO3] [DO17]', () => {
	type Case = {
		text: string;
		name: string;
		value: Json;
		replaces: string[];
		person: string;
		act: string;
		code: string;
	};

	test.each(edits.valid as Case[])('$name is written and read so', ({ text, ...edit }) => {
		expect(decode(edits.under, text)).toEqual(edit);
		expect(encode(edit)).toBe(text);
	});

	test.each(edits.lenient as Case[])('$text is read', ({ text, ...edit }) => {
		expect(decode(edits.under, text)).toEqual(edit);
	});

	test.each(edits.refused as Case[])('$code is refused', ({ text, code }) => {
		expect(decode(edits.under, text)).toEqual({ code });
	});

	test('any text at all is read or refused', () => {
		fc.assert(
			fc.property(fc.string({ unit: 'binary' }), (text) => {
				expect(decode('z.3.d-a', text)).toBeTypeOf('object');
			}),
		);
	});
});
