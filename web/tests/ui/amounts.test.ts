import { describe, expect, test } from 'vitest';
import { age, countdown, elapsed, timeOfDay } from '#lib/words/ages.ts';
import { bigBlinds, blinds, chips, chipsShort, decimal, figure, figures, money } from '#lib/words/amounts.ts';

describe('money', () => {
	test('carries its currency and its minor digits', () => {
		expect(money(5500, 'EUR', 'en')).toBe('€55.00');
		expect(money(628_650, 'EUR', 'en')).toBe('€6,286.50');
		expect(money(500, 'JPY', 'en')).toBe('¥500');
	});

	test('has a real minus', () => {
		expect(money(-500, 'EUR', 'en')).toBe('−€5.00');
		expect(figure(-500, 'EUR', 'en')).toBe('−5.00');
	});

	test('never goes through a float', () => {
		expect(decimal(9_007_199_254_740_991, 2)).toBe('90071992547409.91');
		expect(figure(9_007_199_254_740_991, 'EUR', 'en')).toBe('90,071,992,547,409.91');
		expect(decimal(5, 2)).toBe('0.05');
		expect(decimal(-5, 2)).toBe('-0.05');
	});

	test('drops minor digits on displays only when no figure has any', () => {
		expect(figures([10_000, 5_000], 'EUR', 'en')(10_000)).toBe('100');
		expect(figures([10_000, 5_050], 'EUR', 'en')(10_000)).toBe('100.00');
	});
});

test('chips carry no currency and are short only from 100,000', () => {
	expect(chips(59_069, 'en')).toBe('59,069');
	expect(chipsShort(99_999, 'en')).toBe('99,999');
	expect(chipsShort(145_999, 'en')).toBe('145K');
	expect(chipsShort(2_540_000, 'en')).toBe('2.54M');
	expect(bigBlinds(59_069, 1_600)).toBe('36 BB');
	expect(blinds(800, 1600)).toBe('800 / 1,600');
});

test('a countdown is rounded up, so that 0:00 means over', () => {
	expect(countdown(761_000)).toBe('12:41');
	expect(countdown(760_001)).toBe('12:41');
	expect(countdown(1)).toBe('0:01');
	expect(countdown(0)).toBe('0:00');
	expect(countdown(-5)).toBe('0:00');
	expect(countdown(3_729_000)).toBe('1:02:09');
	expect(elapsed(42_999)).toBe('0:42');
});

test('ages are said in words', () => {
	expect(age(12_400)).toBe('12 s ago');
	expect(age(240_000)).toBe('4 min ago');
	expect(age(7_200_000)).toBe('2 h ago');
	expect(timeOfDay(Date.UTC(2026, 10, 20, 20, 47), 'Europe/Copenhagen')).toBe('21:47');
});
