/** What a formula gives in a made-up event, and how: the text with numbers in the place of its names. */

import { type Formula, NAMES } from '#lib/twins/leagues/formula.ts';
import { decimal } from '#lib/words/amounts.ts';

/** As a person typed it; the event has no rebuys. */
export type Example = { entries: string; buyIn: string; place: string; hits: string };
export type Line = { place: number; points: string };

const PAID_SHARE = 0.15;

/** Every name's value for a place in the example. */
export function valuesOf(example: Example, place: number): Record<string, number> {
	const entries = whole(example.entries, 1);
	const buyIn = Number(example.buyIn.replace(',', '.')) || 0;
	return {
		n: entries,
		entries,
		players: entries,
		k: place,
		place,
		b: buyIn,
		pool: entries * buyIn,
		paid: Math.max(1, Math.round(entries * PAID_SHARE)),
		rebuys: 0,
		hits: whole(example.hits, 0),
	};
}

/** The first ten places, then some further down to the last. */
export function linesOf(formula: Formula, example: Example): Line[] {
	const last = whole(example.entries, 1);
	const further = [15, 20, 30, 50, 100, 200, 500].filter((place) => place < last);
	const places = [...Array.from({ length: 10 }, (_, n) => n + 1), ...further, last];
	return [...new Set(places)]
		.filter((place) => place <= last)
		.map((place) => ({ place, points: twoDecimals(formula.outcome(valuesOf(example, place))) }));
}

/** "10 * sqrt(100) / sqrt(3)" */
export function workedText(text: string, values: Record<string, number>): string {
	return text.replace(/[A-Za-z_][A-Za-z0-9_]*/g, (name) => (NAMES.has(name) ? `${values[name]}` : name));
}

export function twoDecimals(points: number): string {
	return decimal(Math.sign(points) * Math.floor(Math.abs(points) * 100 + 0.5) + 0, 2);
}

export function whole(text: string, least: number): number {
	return /^\d{1,6}$/.test(text.trim()) ? Math.max(least, Number(text)) : least;
}
