/**
 * What is wrong with a ladder of levels, row by row, and who may still change which row.
 * Total. Twin of `crdt_models/rules/structure/ladder.py`; both read `tests/vectors/ladder.json`.
 */
import type { Level } from '#lib/facts/facts.gen.ts';
import type { ClockReading } from './clock.ts';

/** A row of a structure or an event; `lasts` in whatever unit, only 0 is wrong. */
export type Row = Pick<Level, 'kind' | 'small' | 'big' | 'ante' | 'colour_up'> & { readonly lasts: number };

/** Row `row` (1 the first, 0 the whole) breaks `rule`: `value`, where `against` would be the limit. */
export type Fault = { row: number; rule: Rule; value: number; against: number };
export type Rule =
	| 'no_levels'
	| 'too_many'
	| 'no_time'
	| 'no_blinds'
	| 'small_falls'
	| 'big_falls'
	| 'small_over_big'
	| 'break_has_blinds'
	| 'chips_cannot_make_it'
	| 'colour_up_outside_break'
	| 'no_such_chip'
	| 'no_chip_left';

const ROWS_MAX = 200;

/**
 * All faults, by row. `chips`: the denominations on the tables; none: they are not looked at.
 * An amount can be made where the chips that are still in play pay it, giving change.
 */
export function ladderFaults(rows: readonly Row[], chips: readonly number[] = []): Fault[] {
	if (rows.length === 0) return [fault(0, 'no_levels')];
	if (rows.length > ROWS_MAX) return [fault(0, 'too_many', rows.length, ROWS_MAX)];
	return [...each(rows, chips)];
}

/** Faults that `after` has and `before` had not, wherever they stood: what an edit would bring in. */
export function newFaults(
	before: readonly Row[],
	after: readonly Row[],
	chips: readonly number[] = [],
): Fault[] {
	const key = ({ rule, value, against }: Fault) => `${rule} ${value} ${against}`;
	const known = before.length ? ladderFaults(before, chips).map(key) : [];
	return ladderFaults(after, chips).filter((found) => {
		const at = known.indexOf(key(found));
		if (at >= 0) known.splice(at, 1);
		return at < 0;
	});
}

/** Breaks by row, with the denominations that no later level needs and no break takes out yet. The last one stays. */
export function colourUpsDue(rows: readonly Row[], chips: readonly number[]): [number, number[]][] {
	const due: [number, number[]][] = [];
	let left = [...new Set(chips.filter((chip) => chip > 0))].sort((a, b) => a - b);
	for (const [n, row] of rows.entries()) {
		if (row.kind !== 'break') continue;
		left = left.filter((chip) => !row.colour_up?.includes(chip));
		const later = rows.slice(n + 1).flatMap(amounts);
		const idle: number[] = [];
		while (later.length && left.length > 1 && later.every((amount) => amount % gcd(left.slice(1)) === 0))
			idle.push(left.shift()!);
		if (idle.length) due.push([n + 1, idle]);
	}
	return due;
}

/** Why a row can't be changed as one likes; of the current one the minutes still can. null: it is free. */
export function locked(row: number, reading: ClockReading): 'played' | 'current' | 'ended' | null {
	if (reading.state === 'ended') return 'ended';
	if (reading.state === 'pending' && reading.level === 1) return null;
	return row < reading.level ? 'played' : row === reading.level ? 'current' : null;
}

function* each(rows: readonly Row[], chips: readonly number[]): Generator<Fault> {
	let [small, big] = [0, 0];
	const left = new Set(chips.filter((chip) => chip > 0));
	for (const [n, row] of rows.entries()) {
		const at = n + 1;
		if (row.lasts <= 0) yield fault(at, 'no_time');
		if (row.kind === 'break') {
			yield* ofBreak(at, row, left);
			for (const chip of row.colour_up ?? []) left.delete(chip);
			continue;
		}
		yield* ofPlay(at, row, small, big);
		if (row.colour_up?.length) yield fault(at, 'colour_up_outside_break', row.colour_up[0]);
		if (left.size) yield* notMade(at, row, [...left]);
		[small, big] = [row.small ?? 0, row.big ?? 0];
	}
}

function* ofPlay(at: number, row: Row, smallBefore: number, bigBefore: number): Generator<Fault> {
	const { small = 0, big = 0, ante = 0 } = row;
	if (big <= 0 && ante <= 0) yield fault(at, 'no_blinds');
	if (small > big) yield fault(at, 'small_over_big', small, big);
	if (big < bigBefore) yield fault(at, 'big_falls', big, bigBefore);
	else if (small < smallBefore) yield fault(at, 'small_falls', small, smallBefore);
}

function* ofBreak(at: number, row: Row, left: ReadonlySet<number>): Generator<Fault> {
	const { small = 0, big = 0, ante = 0, colour_up = [] } = row;
	if (small || big || ante) yield fault(at, 'break_has_blinds', big || small || ante);
	if (!left.size) return;
	for (const chip of colour_up) if (!left.has(chip)) yield fault(at, 'no_such_chip', chip);
	if ([...left].every((chip) => colour_up.includes(chip))) yield fault(at, 'no_chip_left', Math.max(...left));
}

function* notMade(at: number, row: Row, left: readonly number[]): Generator<Fault> {
	const unit = gcd(left);
	for (const amount of new Set(amounts(row)))
		if (amount % unit) yield fault(at, 'chips_cannot_make_it', amount, Math.min(...left));
}

function amounts({ kind, small = 0, big = 0, ante = 0 }: Row): number[] {
	return kind === 'play' ? [small, big, ante].filter((amount) => amount > 0) : [];
}

function fault(row: number, rule: Rule, value = 0, against = 0): Fault {
	return { row, rule, value, against };
}

export function gcd(values: readonly number[]): number {
	return values.reduce((one, other) => {
		while (other) [one, other] = [other, one % other];
		return one;
	}, 0);
}
