/** Levels after the last one, growing on until an event with so many chips should be over. */
import type { LevelRow } from '#lib/facts/facts.gen.ts';
import { ENDING_BIG_BLINDS, suggest } from '#lib/twins/structure/suggestion.ts';

const GROWTH = 1.4;

export function moreLevels(last: LevelRow, inPlay: number, chips: readonly number[]): LevelRow[] {
	const big = Math.max(2, last.big ?? 0);
	const count = Math.ceil(Math.log(inPlay / ENDING_BIG_BLINDS / big) / Math.log(GROWTH)) + 1;
	const made = suggest({
		entries: Math.ceil(inPlay / big),
		stack: big,
		opening: 1,
		chips,
		level_minutes: last.minutes,
		total_minutes: Math.max(2, count) * last.minutes,
		break_every: 0,
	});
	const higher = made.filter((row) => (row.big ?? 0) > big && (row.small ?? 0) >= (last.small ?? 0));
	const enough = higher.findIndex((row) => (row.big ?? 0) * ENDING_BIG_BLINDS >= inPlay);
	const rows = enough < 0 ? higher : higher.slice(0, enough + 1);
	return last.ante
		? rows.map((row) => ({ ...row, ante_by: last.ante_by }))
		: rows.map((row) => ({ ...row, ante: 0 }));
}
