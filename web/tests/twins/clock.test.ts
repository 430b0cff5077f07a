import { expect, test } from 'vitest';
import type { Clock } from '#lib/facts/facts.gen.ts';
import * as clock from '#lib/twins/structure/clock.ts';
import { reading, vectors } from './written.ts';

type Read = {
	id: string;
	plan: string;
	clock: Clock | null;
	now: number;
	expect: clock.ClockReading;
	number: number | null;
	break_ms: number | null;
};
type Verb = {
	id: string;
	verb: string;
	args?: number[];
	plan: string;
	clock: Clock | null;
	now: number;
	expect: Clock | null;
};
const { plans, read, verbs } = vectors<{ plans: Record<string, clock.Plan>; read: Read[]; verbs: Verb[] }>(
	'clock',
);

test.each(read)('$id', (row) => {
	const plan = plans[row.plan]!;
	const found = clock.readClock(row.clock, plan, row.now);
	expect(found).toEqual(row.expect);
	expect(clock.levelNumber(plan, found.level)).toBe(row.number);
	expect(clock.nextBreakMs(row.clock, plan, row.now)).toBe(row.break_ms);
});

test.each(verbs)('$id', (row) => {
	const plan = plans[row.plan]!;
	const named = {
		start: clock.startClock,
		pause: clock.pauseClock,
		next: clock.nextLevel,
		previous: clock.previousLevel,
		restart: clock.restartLevel,
		set: clock.setClock,
		hand: clock.handDone,
		retimed: clock.retimed,
	};
	const verb = named[row.verb as keyof typeof named] as (
		was: Clock | null,
		plan: clock.Plan,
		now: number,
		...args: number[]
	) => Clock | null;
	expect(verb(row.clock, plan, row.now, ...(row.args ?? []))).toEqual(row.expect);
});

test('levels come from the facts by number', () => {
	const level = (n: number) => ({ kind: 'play', duration_ms: n, small: n, big: 2 * n });
	const tournament = reading('tournament/t', {
		'level/10': level(10),
		'level/2': level(2),
		'level/1': level(1),
	});
	const durations = clock.planOf(tournament).map((row) => row.duration_ms);
	expect(durations).toEqual([1, 2, 0, 0, 0, 0, 0, 0, 0, 10]);
});
