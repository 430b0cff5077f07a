import { expect, test } from 'vitest';
import { facesOf, notesOf } from '../src/routes/cage/faces.ts';
import { likelyGiven } from '../src/routes/cage/given.ts';

const euros = (price: number) => likelyGiven(price * 100, notesOf('EUR')).map((cents) => cents / 100);

test('what is likely handed over, never the price itself', () => {
	expect(euros(55)).toEqual([60, 70, 100, 200]);
	expect(euros(60)).toEqual([70, 100, 200, 500]);
	expect(euros(150)).toEqual([200, 500]);
	expect(euros(20)).toEqual([50, 100, 200, 500]);
	expect(euros(0)).toEqual([]);
});

test('no note could be left out', () => {
	for (let price = 5; price < 700; price += 5)
		for (const given of euros(price)) expect(given).toBeGreaterThan(price);
	expect(euros(1_000)).toEqual([]);
});

test('notes are what is not a coin', () => {
	expect(notesOf('EUR')).toEqual([50_000, 20_000, 10_000, 5_000, 2_000, 1_000, 500]);
	expect(notesOf('DKK').at(-1)).toBe(5_000);
	expect(facesOf('XYZ')).toEqual(facesOf('EUR'));
});
