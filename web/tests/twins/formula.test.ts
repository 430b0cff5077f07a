/** [RU110] [RU111] [RU112] The formulas of Python's tests, read in TypeScript. */
import { expect, test } from 'vitest';
import { readFormula } from '#lib/twins/leagues/formula.ts';
import { vectors } from './written.ts';

type Outcome = [text: string, values: Record<string, number>, outcome: number];
type Refused = [text: string, code: string, column: number];
const { outcomes, errors } = vectors<{ outcomes: Outcome[]; errors: Refused[] }>('formulas');

test.each(outcomes)('%j of %j is %d', (text, values, outcome) => {
	const read = readFormula(text);
	if (!('outcome' in read)) throw new Error(read.message);
	expect(Object.is(read.outcome(values), outcome)).toBe(true);
});

test.each(errors)('%j is refused: %s at %d', (text, code, column) => {
	expect(readFormula(text)).toMatchObject({ code, column });
});
