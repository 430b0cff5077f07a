/** What acts about chips and hand-for-hand did, in words; parts of `act-words.ts`. Twin of `felt/chip_words.py`. */

import type { Bag, Checked, Dealt, HandForHand, InPlay, Knocker, Wanted } from '#lib/facts/facts.gen.ts';
import { chips } from './amounts.ts';
import type { Names } from './edit-words.ts';

export function handForHandWords(_id: string, before: HandForHand | null, after: HandForHand | null): string {
	if (!after) return 'removed hand for hand';
	if (after.state === 'finishing') return 'said: finish the hand, then hold';
	if (after.state === 'off') return 'ended hand for hand';
	const goesOn = before?.state === 'on' && before.run === after.run;
	return goesOn ? `ended hand ${after.hand - 1} of hand for hand` : 'began hand for hand';
}

export function dealtWords(table: string, _before: Dealt | null, after: Dealt | null, names: Names): string {
	const which = names.table(table);
	return after ? `saw ${which} finish hand ${after.hand}` : `saw ${which} still dealing`;
}

export function knockerWords(_life: string, _before: Knocker | null, after: Knocker | null): string {
	if (!after) return 'took back who won a bounty';
	if (!after.by.length) return 'said that nobody won a bounty';
	return after.by.length === 1 ? 'said who won a bounty' : `split a bounty among ${after.by.length}`;
}

export function checkedWords(
	table: string,
	_before: Checked | null,
	after: Checked | null,
	names: Names,
): string {
	if (!after) return `removed the count of ${names.table(table)}`;
	const off = after.counted - after.expected;
	const tail = (off ? `, ${signedChips(off)}` : '') + (after.reason ? ` (${after.reason})` : '');
	return `counted ${names.table(table)}: ${chips(after.counted)}${tail}`;
}

export function bagWords(player: string, _before: Bag | null, after: Bag | null, names: Names): string {
	const who = names.player(player);
	return after
		? `bagged ${who}: ${chips(after.chips)}${after.signed ? ', signed' : ''}`
		: `opened the bag of ${who}`;
}

const WHY: Record<InPlay['why'], string> = {
	early_bird: 'early-bird chips',
	raced: 'by the chip race',
	forfeited: 'forfeited',
	correction: 'put right',
};

export function inPlayWords(_id: string, _before: InPlay | null, after: InPlay | null, names: Names): string {
	if (!after) return 'took a change of chips back';
	const where = after.table ? ` at ${names.table(after.table)}` : '';
	const whose = after.player ? ` of ${names.player(after.player)}` : '';
	return `chips ${signedChips(after.chips)} ${WHY[after.why]}${where}${whose}`;
}

export function wantedWords(_id: string, _before: Wanted | null, after: Wanted | null, names: Names): string {
	if (!after) return 'took back what was asked of the cage';
	return `asked the cage for a ${after.kind.replace('_', '-')} of ${names.player(after.player)}`;
}

/** "+500", "−1,200" */
export function signedChips(number: number): string {
	return `${number < 0 ? '−' : '+'}${chips(Math.abs(number))}`;
}
