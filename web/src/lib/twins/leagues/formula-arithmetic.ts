/**
 * How a league's formula calculates: twelve significant digits, within ±10^15, and what has no value is 0.
 * Twin of `crdt_models/rules/leagues/formula_arithmetic.py`; both read `tests/vectors/formulas.json`.
 */

export const ARGUMENTS_MAX = 20;
const BIGGEST = 1e15;

/** The value as the formula goes on with it. */
export function kept(value: number): number {
	if (Number.isNaN(value)) return 0;
	const held = Math.min(Math.max(value, -BIGGEST), BIGGEST);
	return Number(held.toPrecision(12)) + 0; // no negative zero
}

export const OPERATORS: ReadonlyMap<string, (one: number, other: number) => number> = new Map([
	['+', (one, other) => one + other],
	['-', (one, other) => one - other],
	['*', (one, other) => one * other],
	['/', (one, other) => (other ? one / other : 0)],
	['^', (base, exponent) => (base === 0 && exponent < 0 ? 0 : base ** exponent)], // no real number: NaN, kept as 0
]);

export const COMPARISONS: ReadonlyMap<string, (one: number, other: number) => boolean> = new Map([
	['<=', (one, other) => one <= other],
	['>=', (one, other) => one >= other],
	['!=', (one, other) => one !== other],
	['<', (one, other) => one < other],
	['>', (one, other) => one > other],
	['=', (one, other) => one === other],
]);

/** What a formula may call, with how many values. */
export type Called = { least: number; most: number; apply: (...values: number[]) => number };

export const FUNCTIONS: ReadonlyMap<string, Called> = new Map([
	['sqrt', single((value) => (value > 0 ? Math.sqrt(value) : 0))],
	['log10', single((value) => (value > 0 ? Math.log10(value) : 0))],
	['ln', single((value) => (value > 0 ? Math.log(value) : 0))],
	['floor', single(Math.floor)],
	['round', single((value) => Math.sign(value) * Math.floor(Math.abs(value) + 0.5))],
	['min', { least: 1, most: ARGUMENTS_MAX, apply: Math.min }],
	['max', { least: 1, most: ARGUMENTS_MAX, apply: Math.max }],
]);

export type Look = (value: number, at: readonly number[], gives: readonly number[]) => number;

/** The row of a table that begins at or before the value; before the first row 0. */
export const step: Look = (value, at, gives) => gives[rowOf(value, at)] ?? 0;

/** As `step`, but between two rows in proportion, and after the last row 0: a table of places. */
export const line: Look = (value, at, gives) => {
	const row = rowOf(value, at);
	if (row < 0 || value > at.at(-1)!) return 0;
	if (value === at[row]) return gives[row]!;
	const share = (value - at[row]!) / (at[row + 1]! - at[row]!);
	return gives[row]! + share * (gives[row + 1]! - gives[row]!);
};

function rowOf(value: number, at: readonly number[]): number {
	return at.findLastIndex((from) => from <= value);
}

function single(apply: (value: number) => number): Called {
	return { least: 1, most: 1, apply };
}
