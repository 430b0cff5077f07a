/**
 * Colouring up a denomination at one table, and the race for its odd chips (TDA 2024, 24 and 25).
 * Twin of `crdt_models/rules/structure/chip_race.py`; both read `tests/vectors/chip_race.json`.
 */
import { gcd } from './ladder.ts';

/** What a seat changes without a race: `gets` chips of the next value, and `odd` ones stay over. */
export type Exchange = { seat: number; gets: number; odd: number };
/** A table's colour-up: seats in order, and how many chips of the next value are raced for. */
export type ColourUp = { low: number; high: number; seats: Exchange[]; raced: number };
/** `winners` one chip each, best card first; `saved` would have lost their last chips and get one too. */
export type Raced = { winners: number[]; saved: number[]; difference: number };
export type Rounding = 'half_up' | 'up';

const RANKS = '23456789TJQKA';
const SUITS = 'cdhs';

/** How many chips of `high` stand for `odd` chips of `low`: `half_up` from a half on, `up` from any rest. */
export function racedChips(odd: number, low: number, high: number, rounding: Rounding): number {
	if (odd <= 0 || low <= 0 || high <= low) return 0;
	const rest = (odd * low) % high;
	const whole = (odd * low - rest) / high;
	return whole + (rest > 0 && (rounding === 'up' || 2 * rest >= high) ? 1 : 0);
}

/** Seat → how many chips of `low` it has, changed into chips of `high` as far as that goes evenly. */
export function colourUp(
	chips: ReadonlyMap<number, number>,
	low: number,
	high: number,
	rounding: Rounding = 'half_up',
): ColourUp {
	if (low <= 0 || high <= low) return { low, high, seats: [], raced: 0 };
	const seats = [...chips]
		.sort(([a], [b]) => a - b)
		.map(([seat, count]) => exchange(seat, Math.max(0, count), low, high));
	const odd = seats.reduce((all, row) => all + row.odd, 0);
	return { low, high, seats, raced: racedChips(odd, low, high, rounding) };
}

/** One card an odd chip from the top of the deck, all of one seat's before the next seat's, seat 1 first. */
export function deal({ seats }: ColourUp, deck: readonly string[]): Map<number, string[]> {
	const dealt = new Map<number, string[]>();
	let at = 0;
	for (const { seat, odd } of seats) {
		if (!odd) continue;
		dealt.set(seat, deck.slice(at, at + odd));
		at += odd;
	}
	return dealt;
}

/**
 * Who wins a chip: the highest cards, one chip a seat, suits spades to clubs; of no card at all the lower seat.
 * `lastChips`: seats that have nothing but odd chips of this value; they can't be raced out.
 */
export function race(
	{ low, high, seats, raced }: ColourUp,
	cards: ReadonlyMap<number, readonly string[]>,
	lastChips: readonly number[] = [],
): Raced {
	const racing = seats.filter(({ odd }) => odd);
	const ranked = [...racing].sort(
		(a, b) => best(cards.get(b.seat)) - best(cards.get(a.seat)) || a.seat - b.seat,
	);
	const winners = ranked.slice(0, raced).map(({ seat }) => seat);
	const saved = racing
		.filter(({ seat, gets }) => !gets && lastChips.includes(seat) && !winners.includes(seat))
		.map(({ seat }) => seat);
	const given = seats.reduce((all, { gets }) => all + gets, 0) + winners.length + saved.length;
	const taken = seats.reduce((all, { gets, odd }) => all + gets * high + odd * low, 0);
	return { winners, saved, difference: given * high - taken };
}

/** Only sets of `low` chips that are worth a whole number of `high` ones change hands. */
function exchange(seat: number, count: number, low: number, high: number): Exchange {
	const common = gcd([low, high]);
	const set = high / common;
	const odd = count % set;
	return { seat, gets: ((count - odd) / set) * (low / common), odd };
}

function best(cards: readonly string[] = []): number {
	return Math.max(-1, ...cards.map(value));
}

function value(card: string): number {
	const [rank, suit] = [RANKS.indexOf(card[0] ?? '-'), SUITS.indexOf(card[1] ?? '-')];
	return card.length === 2 && rank >= 0 && suit >= 0 ? rank * 4 + suit : -1;
}
