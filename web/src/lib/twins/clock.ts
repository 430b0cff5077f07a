/**
 * The tournament clock: one fact says where it was anchored, the rest follows from it and the levels.
 * Twin of `crdt_models/rules/clock.py`; both read `tests/vectors/clock.json`.
 */

import type { Clock, Level } from '../facts.gen.ts';
import type { FactReader } from '../facts.ts';

/** Level 1 first. A number that has no level fact stands as one of no length: the clock passes over it. */
export type Plan = readonly Pick<Level, 'kind' | 'duration_ms' | 'small' | 'big' | 'ante' | 'ante_by'>[];

/** What the clock says at one instant; `remaining_ms` of `level`. */
export type ClockReading = Pick<Clock, 'level' | 'state' | 'remaining_ms'>;

const HOLE = { kind: 'play', duration_ms: 0, ante_by: 'big_blind' } as const;
const REMAINING_MS_MAX = 36_000_000;

/** The levels of a tournament, from the first to the last. */
export function planOf(tournament: FactReader): Plan {
	const levels = tournament.group('level/');
	const last = Math.max(0, ...[...levels.keys()].map(Number));
	return Array.from({ length: last }, (_, n) => (levels.get(String(n + 1)) as Level | undefined) ?? HOLE);
}

/** The clock at leaf time `now`. null: it has not been set; level 1 is pending in full. */
export function readClock(clock: Clock | null, plan: Plan, now: number): ClockReading {
	if (clock === null) return { level: 1, state: 'pending', remaining_ms: duration(plan, 1) };
	let { level, remaining_ms } = clock;
	if (clock.state !== 'running') return { level, state: clock.state, remaining_ms };
	remaining_ms -= Math.max(0, now - clock.anchor_ms);
	while (remaining_ms <= 0 && level < plan.length) {
		level += 1;
		remaining_ms += duration(plan, level);
	}
	return remaining_ms > 0
		? { level, state: 'running', remaining_ms }
		: { level, state: 'ended', remaining_ms: 0 };
}

/** The number players know a level by: breaks have none and do not count. */
export function levelNumber(plan: Plan, level: number): number | null {
	if (plan[level - 1]?.kind !== 'play') return null;
	return plan.slice(0, level).filter((row) => row.kind === 'play').length;
}

/** Leaf time at which the next break starts; null where none follows or the clock does not run. */
export function nextBreakMs(clock: Clock | null, plan: Plan, now: number): number | null {
	const reading = readClock(clock, plan, now);
	if (reading.state !== 'running') return null;
	let startsMs = now + reading.remaining_ms;
	for (const row of plan.slice(reading.level)) {
		if (row.kind === 'break') return startsMs;
		startsMs += row.duration_ms;
	}
	return null;
}

/** The clock running from where it stands; null: it runs already, or has ended. */
export function startClock(clock: Clock | null, plan: Plan, now: number): Clock | null {
	const { level, state, remaining_ms } = readClock(clock, plan, now);
	if (state === 'running' || state === 'ended' || plan.length === 0) return null;
	return anchored(level, 'running', now, remaining_ms);
}

/** The clock stopped where it stands; null: it does not run. */
export function pauseClock(clock: Clock | null, plan: Plan, now: number): Clock | null {
	const { level, state, remaining_ms } = readClock(clock, plan, now);
	return state === 'running' ? anchored(level, 'paused', now, remaining_ms) : null;
}

/** The full next level, running or not as now; after the last: ended. null: it has ended. */
export function nextLevel(clock: Clock | null, plan: Plan, now: number): Clock | null {
	const { level, state } = readClock(clock, plan, now);
	if (state === 'ended') return null;
	if (level >= plan.length) return anchored(level, 'ended', now, 0);
	return anchored(level + 1, state, now, duration(plan, level + 1));
}

/** The full level before; a clock that had ended is paused there. null: there is none before. */
export function previousLevel(clock: Clock | null, plan: Plan, now: number): Clock | null {
	const reading = readClock(clock, plan, now);
	if (reading.level <= 1) return null;
	const level = Math.min(reading.level - 1, Math.max(1, plan.length));
	return anchored(level, reading.state === 'ended' ? 'paused' : reading.state, now, duration(plan, level));
}

/** The clock at another level and time, running or not as now. null: there is no such level or time. */
export function setClock(
	clock: Clock | null,
	plan: Plan,
	now: number,
	level: number,
	remainingMs: number,
): Clock | null {
	if (!(level >= 1 && level <= plan.length && remainingMs > 0 && remainingMs <= REMAINING_MS_MAX))
		return null;
	const { state } = readClock(clock, plan, now);
	return anchored(level, state === 'ended' ? 'paused' : state, now, remainingMs);
}

function anchored(level: number, state: Clock['state'], now: number, remaining_ms: number): Clock {
	return { level, state, anchor_ms: Math.max(0, now), remaining_ms };
}

function duration(plan: Plan, level: number): number {
	return plan[level - 1]?.duration_ms ?? 0;
}
