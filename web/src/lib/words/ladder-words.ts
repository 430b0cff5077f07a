/** What is wrong with a ladder, in words that name the row; and how a row is called. */

import { levelNumber, type PlanLevel } from '#lib/twins/structure/clock.ts';
import type { Fault } from '#lib/twins/structure/ladder.ts';
import { chips } from './amounts.ts';

/** "level 12", or of a break "the break after level 8". */
export function rowWord(plan: readonly Pick<PlanLevel, 'kind'>[], row: number): string {
	const number = levelNumber(plan as readonly PlanLevel[], row);
	if (number !== null) return `level ${number}`;
	const played = plan.slice(0, row).filter(({ kind }) => kind === 'play').length;
	return played ? `the break after level ${played}` : 'the break before level 1';
}

/** `typing`: whoever reads it has the row open, and can't save it so. */
export function faultWords(plan: readonly Pick<PlanLevel, 'kind'>[], fault: Fault, typing = true): string {
	const at = rowWord(plan, fault.row);
	const [value, against] = [chips(fault.value), chips(fault.against)];
	const mend = typing ? ' Correct it to save.' : '';
	switch (fault.rule) {
		case 'no_levels':
			return 'There are no levels.';
		case 'too_many':
			return `${value} rows are too many: at most ${against}.`;
		case 'no_time':
			return `${capital(at)} lasts no time.`;
		case 'no_blinds':
			return `${capital(at)} has no blinds.`;
		case 'big_falls':
			return `The level ladder falls at ${at}: ${value} after ${against}.${mend}`;
		case 'small_falls':
			return `The small blind falls at ${at}: ${value} after ${against}.${mend}`;
		case 'small_over_big':
			return `At ${at} the small blind ${value} is more than the big blind ${against}.`;
		case 'break_has_blinds':
			return `${capital(at)} has blinds: ${value}. A break has none.`;
		case 'chips_cannot_make_it':
			return `At ${at} nobody can pay ${value}: the smallest chip is ${against}.`;
		case 'colour_up_outside_break':
			return `${capital(at)} takes the ${value} out of play. That is done in a break.`;
		case 'no_such_chip':
			return `${capital(at)} takes the ${value} out of play, but no such chip is in play then.`;
		case 'no_chip_left':
			return `${capital(at)} would take the last chips out of play.`;
	}
}

function capital(text: string): string {
	return text[0]!.toUpperCase() + text.slice(1);
}
