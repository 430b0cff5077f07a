/**
 * A structure for a field, its chips and the time there is; and the minutes that end one near a given time.
 * An event ends about when a twentieth of all chips is one big blind (Blind Valet, "How to determine at what blind
 * level a poker tournament will end"); in between big blinds grow by one factor, rounded to what the chips can make.
 * Twin of `crdt_models/rules/structure/suggestion.py`; both read `tests/vectors/suggestion.json`.
 */
import type { LevelRow } from '#lib/facts/facts.gen.ts';
import type { ClockReading, Plan } from './clock.ts';
import { colourUpsDue } from './ladder.ts';

export const ENDING_BIG_BLINDS = 20;
const BIG_MAX = 10 ** 10;
const PLAYS_MAX = 60;
/** an event that drags on still has a next level */
const SPARE_LEVELS = 3;
const STEPS = [10, 12, 15, 16, 20, 24, 25, 30, 40, 50, 60, 80];
const [MINUTES_MIN, MINUTES_MAX] = [3, 120];

/** What a structure is made for; all counts above 0. `opening`: big blinds in a starting stack. */
export type Wanted = {
	entries: number;
	stack: number;
	chips: readonly number[];
	level_minutes: number;
	total_minutes: number;
	opening?: number;
	break_every?: number;
	break_minutes?: number;
	ending?: number;
};
/** New minutes by row (1 the first), for play rows to come that change; where it then ends, in clock time. */
export type Retiming = { minutes: [row: number, minutes: number][]; end_row: number; ends_ms: number };

/** Levels and breaks, with the big blind as ante and colour-ups where the smallest chip is idle. */
export function suggest(wanted: Wanted): LevelRow[] {
	const { entries, stack, chips, level_minutes, opening = 100, ending = ENDING_BIG_BLINDS } = wanted;
	const { break_every = 4, break_minutes = 15 } = wanted;
	const positive = chips.filter((chip) => chip > 0);
	const unit = positive.length ? Math.min(...positive) : 1;
	const first = Math.max(2 * unit, Math.floor(stack / Math.max(1, opening)));
	const last = Math.min(Math.max(2 * first, Math.floor((entries * stack) / Math.max(1, ending))), BIG_MAX);
	const bigs = ladder(first, last, plays(wanted), unit);
	const rows = bigs.flatMap((big, n): LevelRow[] => {
		const play: LevelRow = {
			kind: 'play',
			minutes: minutesOf(level_minutes),
			small: half(big, unit),
			big,
			ante: big,
		};
		const rests = break_every > 0 && (n + 1) % break_every === 0 && n + 1 < bigs.length;
		return rests ? [play, { kind: 'break', minutes: minutesOf(break_minutes) }] : [play];
	});
	const due = colourUpsDue(
		rows.map((row) => ({ ...row, lasts: row.minutes })),
		chips,
	);
	for (const [row, idle] of due) rows[row - 1] = { ...rows[row - 1]!, colour_up: idle.slice(0, 4) };
	return rows;
}

/** The row by whose end an event with so many chips in play should be over; null: the plan is too short. */
export function endRow(plan: Plan, chips: number, ending = ENDING_BIG_BLINDS): number | null {
	const at = plan.findIndex(({ kind, big = 0 }) => kind === 'play' && big > 0 && big * ending >= chips);
	return at < 0 ? null : at + 1;
}

/**
 * Whole minutes for the play rows after the current one, so that row `last` ends after `leftMs`.
 * Breaks stay; no level gets under 3 or over 120 minutes, so it may end at another time. null: no row is left.
 */
export function retime(reading: ClockReading, plan: Plan, last: number, leftMs: number): Retiming | null {
	const ahead = plan.slice(reading.level, last);
	const rows = ahead.flatMap(({ kind }, n) => (kind === 'play' ? [reading.level + n + 1] : []));
	if (!rows.length || last > plan.length || reading.state === 'ended') return null;
	const breaks = ahead.reduce((all, row) => all + (row.kind === 'break' ? row.duration_ms : 0), 0);
	const stays = reading.remaining_ms + breaks;
	const whole = Math.max(0, Math.floor((leftMs - stays + 30_000) / 60_000));
	const more = whole % rows.length;
	const each = (whole - more) / rows.length;
	const clamped = rows.map((_, n) => Math.min(Math.max(each + (n < more ? 1 : 0), MINUTES_MIN), MINUTES_MAX));
	const minutes = rows
		.map((row, n): [number, number] => [row, clamped[n]!])
		.filter(([row, count]) => plan[row - 1]!.duration_ms !== count * 60_000);
	const ends_ms = stays + 60_000 * clamped.reduce((all, count) => all + count, 0);
	return { minutes, end_row: last, ends_ms };
}

function plays({ level_minutes, total_minutes, break_every = 4, break_minutes = 15 }: Wanted): number {
	let [count, minutes] = [0, 0];
	while (count < PLAYS_MAX && minutes < total_minutes) {
		count += 1;
		minutes += minutesOf(level_minutes) + (break_every > 0 && count % break_every === 0 ? break_minutes : 0);
	}
	return Math.max(2, count);
}

/** Big blinds from `first` to about `last` in `count` levels, then some to spare; each above the one before. */
function ladder(first: number, last: number, count: number, unit: number): number[] {
	const bigs: number[] = [];
	for (let n = 0; n < count + SPARE_LEVELS; n++) {
		const before = bigs.at(-1) ?? 0;
		const factor = (last / first) ** (n / Math.max(1, count - 1));
		const big = rounded(n < count ? Math.floor(first * factor + 0.5) : 2 * before, unit);
		bigs.push(big > before ? big : nice(unit, before + 1).at(-1)!);
	}
	return bigs;
}

/** Big blinds that people are used to, of which half can be paid, rising to the first at or above `upto`. */
function nice(unit: number, upto: number): number[] {
	const found: number[] = [];
	for (let scale = 1; ; scale *= 10)
		for (const step of STEPS) {
			const big = step * scale;
			if (big % (2 * unit) && (big % unit || big < 10 * unit)) continue;
			found.push(big);
			if (big >= upto) return found;
		}
}

/** The nearest by ratio; of two as near the smaller. */
function rounded(aim: number, unit: number): number {
	const [one, other] = nice(unit, Math.max(aim, 2 * unit)).slice(-2);
	if (other === undefined) return one!;
	const away = (big: number) => Math.max(big / aim, aim / big);
	return away(one!) <= away(other) ? one! : other;
}

function half(big: number, unit: number): number {
	const floor = Math.floor(big / 2);
	return floor >= unit ? floor - (floor % unit) : unit;
}

function minutesOf(minutes: number): number {
	return Math.min(Math.max(minutes, 1), 600);
}
