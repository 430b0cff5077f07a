/**
 * Whether entries are sold, until when, and what closed it: by level, by time on the clock, by a person.
 * All ends are clock time, so they follow a pause. A level ends with the breaks after it.
 * Twin of `crdt_models/rules/structure/registration.py`; both read `tests/vectors/registration.json`.
 */
import type {
	Clock,
	LateRegistration,
	Registration,
	TournamentMoney,
	TournamentSetup,
} from '#lib/facts/facts.gen.ts';
import type { FactReader } from '#lib/facts/facts.ts';
import { one } from '../typed.ts';
import {
	type ClockReading,
	lastRow,
	levelsBegun,
	type Plan,
	planOf,
	playedMs,
	readClock,
	untilEndMs,
} from './clock.ts';

/**
 * `level_ms`, `time_ms`: clock time left to that end, null where there is none ahead.
 * `by`: what closed it; `over`: open although its time is over, as a person said.
 */
export type Late = {
	state: 'open' | 'closed';
	by: 'level' | 'time' | 'person' | 'money' | 'plan' | null;
	over: boolean;
	until_level: number;
	until_minutes: number | null;
	level_ms: number | null;
	time_ms: number | null;
};

/** Until when entries are sold, as it stands now; without a `setup` never. */
export function lateUntil(tournament: FactReader): LateRegistration {
	const late = one<LateRegistration>(tournament, 'late');
	return late ?? { until_level: one<TournamentSetup>(tournament, 'setup')?.late_until_level ?? 0 };
}

/** How registration stands at leaf time `now`. `money`: the event in `cage`, where it is known. */
export function lateRegistration(tournament: FactReader, money: TournamentMoney | null, now: number): Late {
	const plan = planOf(tournament);
	const reading = readClock(one<Clock>(tournament, 'clock'), plan, now);
	const until = lateUntil(tournament);
	const said = one<Registration>(tournament, 'registration');
	const levelMs = levelEndMs(reading, plan, until.until_level);
	const timeMs = timeLeftMs(reading, plan, until);
	let by = closedBy(reading, plan, until, timeMs);
	const over = said?.state === 'open' && (said.reason ?? null) !== null && (by === 'level' || by === 'time');
	if (over) by = null;
	if (money && (money.state ?? 'selling') !== 'selling') by = 'money';
	else if (said?.state === 'closed') by = 'person';
	return {
		state: by ? 'closed' : 'open',
		by,
		over: over && by === null,
		until_level: until.until_level,
		until_minutes: until.until_minutes ?? null,
		level_ms: by || over ? null : levelMs,
		time_ms: by || over ? null : timeMs,
	};
}

/** Clock time until level `number`, as players count, is over with its breaks. null: it is over, or the plan ends with it. */
export function levelEndMs(reading: ClockReading, plan: Plan, number: number): number | null {
	const row = lastRow(plan, number);
	return row === null ? null : untilEndMs(reading, plan, row);
}

function timeLeftMs(reading: ClockReading, plan: Plan, until: LateRegistration): number | null {
	if ((until.until_minutes ?? null) === null) return null;
	const left = until.until_minutes! * 60_000 - playedMs(reading, plan);
	return left > 0 ? left : null;
}

function closedBy(
	reading: ClockReading,
	plan: Plan,
	until: LateRegistration,
	timeMs: number | null,
): Late['by'] {
	if (reading.state === 'ended') return 'plan';
	if (reading.state === 'pending' && reading.level === 1) return null;
	if ((until.until_minutes ?? null) !== null && timeMs === null) return 'time';
	return levelsBegun(plan, reading.level) > until.until_level ? 'level' : null;
}
