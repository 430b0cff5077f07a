/**
 * The levels of an event while it is on: rows that were played are locked, of the current one the minutes can change,
 * and an edit that would bring a fault into the ladder writes nothing.
 */
import type { Clock, EventChips, Level, LevelRow } from '#lib/facts/facts.gen.ts';
import type { Replica } from '#lib/sync/replica.svelte.ts';
import { faultWords } from '#lib/words/ladder-words.ts';
import * as rules from '../twins/structure/clock.ts';
import { type Fault, locked, newFaults, type Row } from '../twins/structure/ladder.ts';
import { one } from '../twins/typed.ts';
import { type Done, perform, type Refusal, refuse } from './verb.ts';
import { refusal } from './written.ts';

type Tournament = Replica<'tournament'>;
export type Patch = Partial<Omit<LevelRow, 'kind'>>;

const MINUTE_MS = 60_000;
const ROWS_MAX = 60; // of one act

/** What differs of row `row`; of the current one only minutes and note may. */
export function editLevel(tournament: Tournament, row: number, patch: Patch): Done | Refusal {
	const plan = rowsOf(tournament);
	const was = plan[row - 1];
	if (!was) return refuse('gone', { row });
	const is = patched(was, patch);
	const lock = locked(row, reading(tournament));
	if (lock === 'current' && onlyMinutes(was, is)) return retimeCurrent(tournament, plan, row, is);
	if (lock) return refuse(LOCKED[lock], { row });
	return replace(tournament, plan, plan.with(row - 1, is));
}

/** Another row behind row `after` (0: in front of all); what follows moves on by one. */
export function addLevel(tournament: Tournament, after: number, made: LevelRow): Done | Refusal {
	const plan = rowsOf(tournament);
	if (plan.length >= ROWS_MAX) return refuse('too_many_levels', { max: ROWS_MAX });
	const lock = locked(after + 1, reading(tournament));
	if (lock && after < plan.length) return refuse(LOCKED[lock], { row: after + 1 });
	return replace(tournament, plan, plan.toSpliced(after, 0, levelOf(made)));
}

/** Takes a row out; what follows moves up. */
export function removeLevel(tournament: Tournament, row: number): Done | Refusal {
	const plan = rowsOf(tournament);
	if (!plan[row - 1]) return refuse('gone', { row });
	const lock = locked(row, reading(tournament));
	if (lock) return refuse(LOCKED[lock], { row });
	return replace(tournament, plan, plan.toSpliced(row - 1, 1));
}

/** Other minutes for rows to come, as proposed and looked at; all of them or none. */
export function retimeLevels(
	tournament: Tournament,
	minutes: readonly (readonly [row: number, minutes: number])[],
): Done | Refusal {
	const plan = rowsOf(tournament);
	const now = reading(tournament);
	let after = plan;
	for (const [row, count] of minutes) {
		const was = after[row - 1];
		if (!was) return refuse('gone', { row });
		const lock = locked(row, now);
		if (lock) return refuse(LOCKED[lock], { row });
		after = after.with(row - 1, patched(was, { minutes: count }));
	}
	return replace(tournament, plan, after);
}

/** Puts these rows in the place of all that are still to come: a template, or a structure suggested anew. */
export function replaceLevels(tournament: Tournament, coming: readonly LevelRow[]): Done | Refusal {
	const plan = rowsOf(tournament);
	const now = reading(tournament);
	if (now.state === 'ended') return refuse(LOCKED.ended);
	const fixed = plan.filter((_, n) => locked(n + 1, now) !== null);
	const after = [...fixed, ...coming.map(levelOf)];
	if (after.length > ROWS_MAX) return refuse('too_many_levels', { max: ROWS_MAX });
	return replace(tournament, plan, after);
}

const LOCKED = { played: 'level_played', current: 'level_current', ended: 'event_ended' } as const;

function retimeCurrent(
	tournament: Tournament,
	plan: readonly Level[],
	row: number,
	is: Level,
): Done | Refusal {
	const clock = one<Clock>(tournament.reader, 'clock');
	const now = tournament.now();
	const played = plan[row - 1]!.duration_ms - rules.readClock(clock, plan, now).remaining_ms;
	if (is.duration_ms <= played) return refuse('level_shorter', { played_ms: played });
	const turned = rules.retimed(clock, plan, now, is.duration_ms);
	return perform(tournament, { [`level/${row}`]: is, ...(turned ? { clock: turned } : {}) });
}

/** Writes the rows that differ; a fault that was not there before is refused with its row. */
function replace(tournament: Tournament, before: readonly Level[], after: readonly Level[]): Done | Refusal {
	const chips = one<EventChips>(tournament.reader, 'chips')?.values ?? [];
	const [fault] = newFaults(before.map(rung), after.map(rung), chips);
	if (fault) return ladderRefused(after, fault);
	const changes: Record<string, Level | Clock | null> = {};
	for (const [n, level] of after.entries())
		if (!before[n] || !sameLevel(before[n], level)) changes[`level/${n + 1}`] = level;
	for (let row = after.length + 1; row <= before.length; row++) changes[`level/${row}`] = null;
	const clock = one<Clock>(tournament.reader, 'clock');
	const standing = after[rules.readClock(clock, before, tournament.now()).level - 1];
	// a clock that was set before the start stands at a level that may still change
	const turned = standing && rules.retimed(clock, before, tournament.now(), standing.duration_ms);
	if (turned) changes['clock'] = turned;
	return Object.keys(changes).length ? perform(tournament, changes) : refuse('unchanged');
}

/** A fault of a ladder as a refusal that names the row and the rule. */
export function ladderRefused(ladder: readonly Pick<Level, 'kind'>[], fault: Fault): Refusal {
	const words = faultWords(ladder, fault);
	return refusal('ladder', words, { ...fault, words });
}

/** A row of a structure as a fact; what says nothing is left out, so that two who mean the same write the same. */
export function levelOf(row: LevelRow): Level {
	const { kind, minutes, small = 0, big = 0, ante = 0, ante_by = 'big_blind', colour_up, note } = row;
	return {
		kind,
		duration_ms: minutes * MINUTE_MS,
		small,
		big,
		ante,
		ante_by,
		minutes,
		...(colour_up?.length ? { colour_up } : {}),
		...(note ? { note } : {}),
	};
}

/** A level as a row of a structure, with the minutes it is called by. */
export function rowOf(level: rules.PlanLevel): LevelRow {
	const { kind, duration_ms, small = 0, big = 0, ante = 0, ante_by, colour_up = [], note = '' } = level;
	const minutes = level.minutes ?? Math.max(1, Math.round(duration_ms / MINUTE_MS));
	return { kind, minutes, small, big, ante, ante_by, colour_up, note };
}

export const rung = (level: rules.PlanLevel): Row => ({ ...level, lasts: level.duration_ms });

function patched(level: Level, patch: Patch): Level {
	const row = rowOf(level);
	const made = levelOf({ ...row, ...patch });
	// a level that is played shorter than it is called stays so while its minutes do
	const kept = patch.minutes === undefined || patch.minutes === row.minutes;
	return kept ? { ...made, duration_ms: level.duration_ms } : made;
}

function onlyMinutes(was: Level, is: Level): boolean {
	const { minutes, duration_ms, note = '' } = is;
	return sameLevel({ ...levelOf(rowOf(was)), minutes, duration_ms, note }, { ...is, note });
}

function sameLevel(one: Level, other: Level): boolean {
	const text = (level: Level) => JSON.stringify([level.duration_ms, rowOf(level)]);
	return text(one) === text(other);
}

function rowsOf(tournament: Tournament): readonly Level[] {
	return rules.planOf(tournament.reader) as readonly Level[];
}

function reading(tournament: Tournament): rules.ClockReading {
	const clock = one<Clock>(tournament.reader, 'clock');
	return rules.readClock(clock, rowsOf(tournament), tournament.now());
}
