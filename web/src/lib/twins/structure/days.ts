/**
 * Flights that lead to one event: whether a flight is over, and which one stack a player carries on.
 * Twin of `crdt_models/rules/structure/days.py`; both read `tests/vectors/days.json`.
 */
import type { Bag as Bagged, Flight } from '../../facts.gen.ts';
import type { FactReader } from '../../facts.ts';
import { standings } from '../elimination/standings.ts';
import { byText, many } from '../typed.ts';
import { type ClockReading, levelsBegun, type Plan } from './clock.ts';

/** Chips that `player` had at the end of `flight`, the `order`th of the event, in the life `entry`. */
export type Bag = { order: number; flight: string; player: string; entry: string; chips: number };
export type Carry = 'first' | 'best';
/** `kept`: one bag a player, players by id; `forfeited` bags leave play, in the order of flights. */
export type Carrying = { kept: Bag[]; forfeited: Bag[] };

/** What was bagged in these flights, the first one first; of two counts the second. No life, no bag. */
export function bagsOf(flights: readonly (readonly [flight: string, facts: FactReader])[]): Bag[] {
	return flights.flatMap(([flight, facts], n) => {
		const { lifeOf } = standings(facts);
		return [...many<Bagged>(facts, 'bag/')].flatMap(([player, { chips, second = null }]) => {
			const entry = lifeOf.get(player);
			return entry ? [{ order: n + 1, flight, player, entry, chips: second ?? chips }] : [];
		});
	});
}

/** The bag of the first flight a player came through, or the largest, the earlier of equal ones. No chips, no bag. */
export function carrying(bags: readonly Bag[], carry: Carry): Carrying {
	const kept = new Map<string, Bag>();
	const forfeited: Bag[] = [];
	const inOrder = bags
		.filter(({ chips }) => chips > 0)
		.sort((a, b) => a.order - b.order || byText(a.flight, b.flight) || byText(a.entry, b.entry));
	for (const bag of inOrder) {
		const best = kept.get(bag.player);
		const better = !best || (carry === 'best' && bag.chips > best.chips);
		if (better) kept.set(bag.player, bag);
		if (best) forfeited.push(better ? best : bag);
	}
	forfeited.sort(
		(a, b) =>
			a.order - b.order ||
			byText(a.flight, b.flight) ||
			byText(a.player, b.player) ||
			byText(a.entry, b.entry),
	);
	return { kept: [...kept.values()].sort((a, b) => byText(a.player, b.player)), forfeited };
}

/** Whether somebody may enter another flight: who is through may not where the first stack counts. */
export function mayPlayFlight(player: string, bags: readonly Bag[], carry: Carry): boolean {
	return carry === 'best' || bags.every((bag) => bag.player !== player || bag.chips <= 0);
}

/** Whether a flight has come to its end: its last level is played, or few enough of its entries are left. */
export function flightOver(
	flight: Flight,
	reading: ClockReading,
	plan: Plan,
	left: number,
	entries: number,
): boolean {
	const until = flight.until_level ?? null;
	if (until !== null) {
		const begun = levelsBegun(plan, reading.level);
		const onBreak = plan[reading.level - 1]?.kind === 'break';
		if (reading.state === 'ended' || begun > until || (onBreak && begun === until)) return true;
	}
	const points = flight.until_left_points ?? null;
	return points !== null && entries > 0 && left * 10_000 <= entries * points;
}
