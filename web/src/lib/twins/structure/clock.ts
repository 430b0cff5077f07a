/**
 * The tournament clock: one fact says where it was anchored, the rest follows from it and the levels.
 * Twin of `crdt_models/rules/structure/clock.py`; both read `tests/vectors/clock.json`.
 */

import type { Clock, Level } from '#lib/facts/facts.gen.ts';
import type { FactReader } from '#lib/facts/facts.ts';

/** Level 1 first. A number that has no level fact stands as one of no length: the clock passes over it. */
export type Plan = readonly PlanLevel[];
export type PlanLevel = Pick<
	Level,
	'kind' | 'duration_ms' | 'small' | 'big' | 'ante' | 'ante_by' | 'minutes' | 'colour_up' | 'note'
>;

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

/** How many levels that players count have begun in row `level`, that one included. */
export function levelsBegun(plan: Plan, level: number): number {
	return plan.slice(0, Math.max(0, level)).filter((row) => row.kind === 'play').length;
}

/** The last row of level `number` as players count: its breaks belong to it. null: the plan ends before. */
export function lastRow(plan: Plan, number: number): number | null {
	let begun = 0;
	for (const [row, level] of plan.entries()) {
		if (level.kind === 'play') begun += 1;
		if (begun > number) return row;
	}
	return null;
}

/** How long the clock ran since it started, breaks included, by where it stands: below 0 never. */
export function playedMs({ level, remaining_ms }: ClockReading, plan: Plan): number {
	const before = sum(plan.slice(0, level - 1));
	return Math.max(0, before + duration(plan, level) - remaining_ms);
}

/** Clock time until row `row` ends; null: it is over. */
export function untilEndMs(reading: ClockReading, plan: Plan, row: number): number | null {
	if (reading.state === 'ended' || row < reading.level) return null;
	return reading.remaining_ms + sum(plan.slice(reading.level, row));
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

/** The level that stands, in full, running or not as now. null: it stands in full, or has ended. */
export function restartLevel(clock: Clock | null, plan: Plan, now: number): Clock | null {
	const { level, state, remaining_ms } = readClock(clock, plan, now);
	const full = duration(plan, level);
	return state === 'ended' || remaining_ms === full ? null : anchored(level, state, now, full);
}

/**
 * A hand of hand-for-hand: its fixed time off a stopped clock, over into the next level where it must.
 * null: the clock runs or is over, and time goes by itself.
 */
export function handDone(clock: Clock | null, plan: Plan, now: number, minutes: number): Clock | null {
	let { level, state, remaining_ms: remaining } = readClock(clock, plan, now);
	if (state !== 'paused') return null;
	remaining -= minutes * 60_000;
	while (remaining <= 0 && level < plan.length) {
		level += 1;
		remaining += duration(plan, level);
	}
	return anchored(level, remaining > 0 ? 'paused' : 'ended', now, Math.max(0, remaining));
}

/**
 * What the clock has to say once the level that stands lasts `durationMs`: what was played stays played.
 * null: it follows by itself, because the clock was anchored in an earlier level or not at all.
 */
export function retimed(clock: Clock | null, plan: Plan, now: number, durationMs: number): Clock | null {
	const { level, state } = readClock(clock, plan, now);
	if (!clock || clock.level !== level || state === 'ended') return null;
	const more = durationMs - duration(plan, level);
	return more ? { ...clock, remaining_ms: Math.max(0, clock.remaining_ms + more) } : null;
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

function sum(rows: Plan): number {
	return rows.reduce((all, { duration_ms }) => all + duration_ms, 0);
}

function duration(plan: Plan, level: number): number {
	return plan[level - 1]?.duration_ms ?? 0;
}
