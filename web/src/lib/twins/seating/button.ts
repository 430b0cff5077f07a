/**
 * The dead button: where button and blinds go next, and the seat a newcomer gets. Three positions of the hand that
 * just ended are kept per table, as seat numbers that may be empty by now.
 * Twin of `crdt_models/rules/seating/button.py`; both read `tests/vectors/seating.json`.
 */
import type { Button } from '#lib/facts/facts.gen.ts';
import { freeSeats, type TableSeats } from './chart.ts';

/** Positions of the next hand; `dead_…`: nobody sits there. */
export type NextHand = Button & { dead_button: boolean; dead_small_blind: boolean };

/** The seat a newcomer gets, and as what; no seat: `DEFER`. */
export type Incoming = { seat: number | null; arrives_as: string };

type Players = { has(seat: number): boolean; readonly size: number };

/** Whether the recorded positions are seats this table has. */
export function isButtonValid(last: Button, table: TableSeats): boolean {
	return Math.max(last.button, last.small_blind, last.big_blind) <= table.seats;
}

/** Button and blinds of the next hand; null: positions this table has not, or fewer than two players. */
export function nextHand(last: Button, table: TableSeats): NextHand | null {
	return isButtonValid(last, table) ? handAfter(last, table.seats, table.players) : null;
}

/**
 * Positions of a hand with the button at `seat`, the blinds the next two players. The button may be dead, but never
 * heads-up: then it goes to the next player (TDA 34-B). null: a seat the table has not, or nobody to post.
 */
export function buttonAt(table: TableSeats, seat: number): Button | null {
	const { seats, players } = table;
	if (!(Number.isInteger(seat) && seat >= 1 && seat <= seats) || players.size === 0) return null;
	if (players.size === 2) {
		const button = players.has(seat) ? seat : seatAfter(seat, seats, players);
		return { button, small_blind: button, big_blind: seatAfter(button, seats, players) };
	}
	const small_blind = seatAfter(seat, seats, players);
	return { button: seat, small_blind, big_blind: seatAfter(small_blind, seats, players) };
}

/** The worst open seat: the first one after the next small blind, never that one itself; else `DEFER`. */
export function incomingSeat(last: Button, table: TableSeats): Incoming {
	if (!isButtonValid(last, table)) return { seat: null, arrives_as: 'DEFER' };
	const free = new Set(freeSeats(table));
	free.delete(last.big_blind);
	if (free.size === 0) return { seat: null, arrives_as: 'DEFER' };
	const seat = seatAfter(last.big_blind, table.seats, free);
	return { seat, arrives_as: arrivesAs(last, table, seat) };
}

/**
 * What a newcomer to an open seat is in the next hand: `BB`, `SB`, `BTN`, `UTG`, `UTG+1` …
 * `NOT_DEALT`: between button and small blind, waits for the button to pass (TDA 10-A).
 */
export function arrivesAs(last: Button, table: TableSeats, seat: number): string {
	const players = new Set([...table.players.keys(), seat]);
	const seats = Math.max(table.seats, seat); // one beyond is about to be used
	const hand = handAfter(last, seats, players);
	if (!hand || seat === hand.big_blind) return 'BB';
	if (seat === hand.small_blind) return 'SB';
	if (seat === hand.button) return 'BTN';
	if (isBetween(seat, hand.button, hand.small_blind, seats)) return 'NOT_DEALT';
	let place = 0;
	for (let at = hand.big_blind; seatAfter(at, seats, players) !== seat; place += 1)
		at = seatAfter(at, seats, players);
	return place > 0 ? `UTG+${place}` : 'UTG';
}

/** The next seat clockwise, of those in `among` if given (not empty). */
export function seatAfter(seat: number, seats: number, among?: Players): number {
	for (let step = 1; step <= seats; step += 1) {
		const after = ((seat + step - 1) % seats) + 1;
		if (!among || among.has(after)) return after;
	}
	return seat;
}

function handAfter(last: Button, seats: number, players: Players): NextHand | null {
	if (players.size < 2) return null;
	const big_blind = seatAfter(last.big_blind, seats, players);
	if (players.size === 2) {
		// the button posts the small blind (TDA 34-B)
		const button = seatAfter(big_blind, seats, players);
		return { button, small_blind: button, big_blind, dead_button: false, dead_small_blind: false };
	}
	const small_blind = last.big_blind;
	const button = last.small_blind !== small_blind ? last.small_blind : last.button;
	return {
		button,
		small_blind,
		big_blind,
		dead_button: !players.has(button),
		dead_small_blind: !players.has(small_blind),
	};
}

/** Whether `seat` lies clockwise after `start` and before `end`; nowhere where the two are one. */
function isBetween(seat: number, start: number, end: number, seats: number): boolean {
	const steps = (seat - start + seats) % seats;
	return steps > 0 && steps < (end - start + seats) % seats;
}
