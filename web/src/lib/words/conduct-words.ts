/** What acts about penalties and seat changes did, in words; parts of `act-words.ts`. Twin of `felt/conduct_words.py`. */

import type { Penalty, SeatChange, Served } from '#lib/facts/facts.gen.ts';
import type { Names } from './edit-words.ts';

export function penaltyWords(
	_id: string,
	before: Penalty | null,
	after: Penalty | null,
	names: Names,
): string {
	const who = names.player((after ?? before)?.player ?? '');
	if (!after) return `took back a penalty of ${who}`;
	const missed = missedWords(after);
	return `${missed ? `gave ${who} a penalty of ${missed}` : `warned ${who}`}: ${after.reason}`;
}

export function servedWords(
	_penalty: string,
	before: Served | null,
	after: Served | null,
	names: Names,
): string {
	const who = names.player((after ?? before)?.player ?? '');
	if (!after) return `took back that ${who} missed a hand`;
	return after.ended ? `ended the penalty of ${who}` : `saw ${who} miss hand ${after.hands}`;
}

export function changeWords(
	player: string,
	_before: SeatChange | null,
	after: SeatChange | null,
	names: Names,
): string {
	const who = names.player(player);
	if (!after) return `took ${who} off the list for another seat`;
	return `put ${who} on the list for another ${after.kind === 'table' ? 'table' : 'seat'}`;
}

/** "2 rounds (18 hands)", "10 minutes", "3 hands and 5 minutes"; "" for a warning. */
export function missedWords({ hands = 0, rounds = 0, minutes = 0 }: Partial<Penalty>): string {
	const ofHands = rounds ? `${count(rounds, 'round')} (${count(hands, 'hand')})` : count(hands, 'hand');
	return [ofHands, count(minutes, 'minute')].filter(Boolean).join(' and ');
}

function count(number: number, what: string): string {
	return number ? `${number} ${what}${number === 1 ? '' : 's'}` : '';
}
