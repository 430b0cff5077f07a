/**
 * A league's formula: one line of arithmetic over what a result says, read into a function and nothing else.
 * The grammar stands in its twin, `crdt_models/rules/leagues/formula.py`; both read `tests/vectors/formulas.json`.
 */

import { COMPARISONS, FUNCTIONS, kept, type Look, line, OPERATORS, step } from './formula-arithmetic.ts';

const TEXT_MAX = 2_000;
const PARTS_MAX = 400;
const DEPTH_MAX = 30;
const DIGITS_MAX = 15;
const TOKEN = /(?<number>[0-9]+(?:\.[0-9]+)?)|(?<name>[A-Za-z_][A-Za-z0-9_]*)|<=|>=|!=|[-+*/^<>=(),;:]/y;

/** Every name a formula may use, and what it stands for. */
export const NAMES: ReadonlyMap<string, string> = new Map([
	['n', 'entries or players, as the season says'],
	['k', 'place; of people who tie, as the season says'],
	['b', 'buy-in without fees, in the venue’s currency'],
	['pool', 'prize pool, in the venue’s currency'],
	['entries', 'entries, re-entries too'],
	['players', 'different people'],
	['paid', 'places that were paid'],
	['rebuys', 'rebuys of the whole event'],
	['hits', 'players this player knocked out'],
	['place', 'place; of people who tie, the best'],
]);
const WORDS = new Set([...FUNCTIONS.keys(), 'if', 'step', 'line']);

export type Values = Readonly<Record<string, number>>;
/** Total: finite whatever the values; absent ones are 0. */
export type Formula = { names: ReadonlySet<string>; outcome: (values: Values) => number };
/** Where a text can't be understood: `column` counts from 1. */
export type FormulaTrouble = { code: FormulaCode; column: number; message: string };
export type FormulaCode =
	| 'arguments'
	| 'number'
	| 'rows'
	| 'too_deep'
	| 'too_long'
	| 'too_much'
	| 'unexpected'
	| 'unfinished'
	| 'unknown_name';
type Part = (values: Values) => number;
type Operation = (one: number, other: number) => number;

/** The formula, or why not and from which column on. */
export function readFormula(text: string): Formula | FormulaTrouble {
	try {
		const reader = new Reader(text);
		return { names: reader.names, outcome: reader.whole() };
	} catch (error) {
		if (error instanceof Unreadable) return error.trouble;
		throw error;
	}
}

class Unreadable extends Error {
	readonly trouble: FormulaTrouble;

	constructor(trouble: FormulaTrouble) {
		super(trouble.message);
		this.trouble = trouble;
	}
}

/** Recursive descent, one word ahead; `word` is '' at the end. */
class Reader {
	readonly names = new Set<string>();
	#word = '';
	#kind: 'number' | 'name' | '' = '';
	#column = 1;
	#at = 0; // of what follows the word
	#depth = 0;
	#parts = 0;
	readonly #text: string;

	constructor(text: string) {
		this.#text = text;
		this.#next();
	}

	whole(): Part {
		const part = this.#formula();
		if (this.#word) this.#fail('unexpected', `“${this.#word}” can’t stand here.`);
		return part;
	}

	#formula(): Part {
		this.#deeper();
		const one = this.#sum();
		const compare = COMPARISONS.get(this.#word);
		if (compare) {
			this.#take();
			const other = this.#sum();
			if (COMPARISONS.has(this.#word))
				this.#fail('unexpected', 'Compare two values at a time; use if( ) for more.');
			this.#depth--;
			return (values) => (compare(one(values), other(values)) ? 1 : 0);
		}
		this.#depth--;
		return one;
	}

	#sum(): Part {
		return this.#chain(() => this.#chain(() => this.#signed(), '*', '/'), '+', '-');
	}

	/** `a + b - c`: flat, so that a long sum is not deep. */
	#chain(read: () => Part, ...signs: string[]): Part {
		const first = read();
		const rest: [Operation, Part][] = [];
		while (signs.includes(this.#word)) rest.push([OPERATORS.get(this.#take())!, read()]);
		if (rest.length === 0) return first;
		return (values) => rest.reduce((total, [apply, part]) => kept(apply(total, part(values))), first(values));
	}

	#signed(): Part {
		if (this.#word !== '-') return this.#power();
		this.#deeper();
		this.#take();
		const value = this.#signed();
		this.#depth--;
		return (values) => 0 - value(values);
	}

	#power(): Part {
		const base = this.#value();
		if (this.#word !== '^') return base;
		this.#deeper();
		const raised = OPERATORS.get(this.#take())!;
		const exponent = this.#signed();
		this.#depth--;
		return (values) => kept(raised(base(values), exponent(values)));
	}

	#value(): Part {
		this.#count();
		if (this.#kind === 'number') {
			const number = this.#number();
			return () => number;
		}
		if (this.#word === '(') {
			this.#take();
			const inner = this.#formula();
			this.#close();
			return inner;
		}
		if (this.#kind === 'name') return this.#named();
		const missing = 'Something is missing at the end.';
		return this.#fail(
			this.#word ? 'unexpected' : 'unfinished',
			this.#word ? `“${this.#word}” can’t stand here.` : missing,
		);
	}

	#named(): Part {
		const column = this.#column;
		const name = this.#take();
		if (this.#word === '(' && WORDS.has(name)) {
			this.#take();
			return this.#call(name, column);
		}
		if (WORDS.has(name)) this.#fail(this.#word ? 'unexpected' : 'unfinished', `${name} needs values in ( ).`);
		if (!NAMES.has(name)) {
			const known = [...NAMES.keys(), ...[...WORDS].sort()].join(', ');
			this.#fail('unknown_name', `There is no “${name}”. Known: ${known}.`, column);
		}
		this.names.add(name);
		return (values) => kept(values[name] ?? 0);
	}

	#call(name: string, column: number): Part {
		if (name === 'step' || name === 'line') return this.#table(name === 'line' ? line : step);
		const values = [this.#formula()];
		while (this.#word === ',') {
			this.#take();
			values.push(this.#formula());
		}
		this.#close();
		const called = FUNCTIONS.get(name);
		const { least, most } = called ?? { least: 3, most: 3 };
		if (values.length < least || values.length > most) {
			const wanted = least === most ? `${least}` : `${least} to ${most}`;
			this.#fail('arguments', `${name} takes ${wanted} values, not ${values.length}.`, column);
		}
		if (called) return (given) => kept(called.apply(...values.map((value) => value(given))));
		const [asked, yes, no] = values as [Part, Part, Part];
		return (given) => (asked(given) ? yes(given) : no(given));
	}

	#table(look: Look): Part {
		const value = this.#formula();
		this.#want(';', 'A table begins with “;” after what is looked up.');
		const at: number[] = [];
		const gives: number[] = [];
		while (at.length === 0 || this.#word === ',') {
			if (at.length > 0) this.#take();
			this.#count();
			const column = this.#column;
			const key = this.#signedNumber();
			if (at.length > 0 && key <= at.at(-1)!)
				this.#fail('rows', 'The rows of a table rise from one to the next.', column);
			this.#want(':', 'A row is “from: value”.');
			at.push(key);
			gives.push(this.#signedNumber());
		}
		this.#close();
		return (values) => kept(look(value(values), at, gives));
	}

	#signedNumber(): number {
		const sign = this.#word === '-' ? -1 : 1;
		if (this.#word === '-') this.#take();
		if (this.#kind !== 'number') this.#fail(this.#word ? 'number' : 'unfinished', 'A number belongs here.');
		return sign * this.#number() + 0;
	}

	#number(): number {
		if (this.#word.replace('.', '').length > DIGITS_MAX)
			this.#fail('number', `A number has at most ${DIGITS_MAX} digits.`);
		return kept(Number(this.#take()));
	}

	#close(): void {
		this.#want(')', 'A “)” is missing here.');
	}

	#want(sign: string, message: string): void {
		if (this.#word !== sign) this.#fail(this.#word ? 'unexpected' : 'unfinished', message);
		this.#take();
	}

	#deeper(): void {
		if (++this.#depth > DEPTH_MAX) this.#fail('too_deep', `Nested deeper than ${DEPTH_MAX} levels.`);
	}

	#count(): void {
		if (++this.#parts > PARTS_MAX)
			this.#fail('too_much', `More than ${PARTS_MAX} numbers, names, calls and rows.`);
	}

	#take(): string {
		const word = this.#word;
		this.#next();
		return word;
	}

	#next(): void {
		const text = this.#text;
		let at = this.#at;
		while (at < text.length && ' \t\r\n'.includes(text[at]!)) at++;
		this.#column = at + 1;
		TOKEN.lastIndex = at;
		const found = TOKEN.exec(text);
		const end = found ? TOKEN.lastIndex : at + 1;
		if (at < text.length && end > TEXT_MAX)
			this.#fail('too_long', `Longer than ${TEXT_MAX.toLocaleString('en')} characters.`, TEXT_MAX + 1);
		if (!found && at < text.length) this.#fail('unexpected', 'This character has no meaning in a formula.');
		this.#word = found?.[0] ?? '';
		this.#kind = found?.groups?.number ? 'number' : found?.groups?.name ? 'name' : '';
		this.#at = found ? end : at;
	}

	#fail(code: FormulaCode, message: string, column = this.#column): never {
		throw new Unreadable({ code, column, message });
	}
}
