/**
 * What the clock will bring, soonest first: all of it moves with a pause, a jump, a minute more.
 * Twin of `crdt_models/rules/structure/moments.py`; both read `tests/vectors/moments.json`.
 */

import { byText } from '../typed.ts';
import { type ClockReading, type Plan, untilEndMs } from './clock.ts';
import type { Late } from './registration.ts';

/** `what` comes after `after_ms` of clock time; `at_ms` is leaf time, null while the clock stands. */
export type Moment = {
	what: 'level' | 'break' | 'back' | 'registration' | 'end';
	after_ms: number;
	at_ms: number | null;
	/** that begins then; 0 where none does */
	row: number;
};

/** The next of each kind, at most one of a kind. */
export function moments(reading: ClockReading, plan: Plan, late: Late, now: number): Moment[] {
	const ahead = new Map<Moment['what'], [after: number, row: number]>();
	const ends = [late.level_ms, late.time_ms].filter((end) => end !== null);
	if (ends.length) ahead.set('registration', [Math.min(...ends), 0]);
	for (let row = reading.level; row <= plan.length; row++) {
		const after = untilEndMs(reading, plan, row);
		const what = whatBegins(plan, row);
		if (after !== null && !ahead.has(what)) ahead.set(what, [after, row < plan.length ? row + 1 : 0]);
	}
	const runs = reading.state === 'running';
	return [...ahead]
		.map(([what, [after_ms, row]]) => ({ what, after_ms, at_ms: runs ? now + after_ms : null, row }))
		.sort((a, b) => a.after_ms - b.after_ms || byText(a.what, b.what));
}

function whatBegins(plan: Plan, row: number): Moment['what'] {
	if (row === plan.length) return 'end';
	if (plan[row]!.kind === 'break') return 'break';
	return row && plan[row - 1]!.kind === 'break' ? 'back' : 'level';
}
