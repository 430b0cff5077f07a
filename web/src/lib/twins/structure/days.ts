/**
 * Flights that lead to one event: whether a flight is over, and which one stack a player carries on.
 * Twin of `crdt_models/rules/structure/days.py`; both read `tests/vectors/days.json`.
 */
import type {
	Bag as Bagged,
	Clock,
	Days,
	Entry,
	Flight,
	TournamentMoney,
	TournamentSetup,
} from '#lib/facts/facts.gen.ts';
import type { FactReader } from '#lib/facts/facts.ts';
import { standings } from '../elimination/standings.ts';
import { byText, many, one } from '../typed.ts';
import { type ClockReading, levelsBegun, type Plan, planOf, readClock } from './clock.ts';
import { lateRegistration } from './registration.ts';

/** Chips that `player` had at the end of `flight`, the `order`th of the event, in the life `entry`. */
export type Bag = { order: number; flight: string; player: string; entry: string; chips: number };
export type Readers = readonly (readonly [event: string, facts: FactReader])[];
export type Carry = 'first' | 'best';
/** `kept`: one bag a player, players by id; `forfeited` bags leave play, in the order of flights. */
export type Carrying = { kept: Bag[]; forfeited: Bag[] };

/**
 * A player in the other flights of the same event: `lives` there; `playing`: one is in play, not bagged. `through`: a
 * bag of theirs is carried on, and bars them from another flight.
 */
export type Elsewhere = { lives: number; playing: boolean; through: boolean };
export const NOWHERE: Elsewhere = { lives: 0, playing: false, through: false };

/** What was bagged in these flights, the first one first; of two counts the second. No life, no bag. */
export function bagsOf(flights: Readers): Bag[] {
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

/**
 * What the event that flight `id` leads to carries on, and its other flights as they are played. `events`: those that
 * are known; none, where `id` is no flight.
 */
export function otherFlights(id: string, events: Readers): { carry: Carry; others: Readers } {
	const readers = new Map(events);
	const flightOf = (event: string) => one<Flight>(readers.get(event)!, 'flight')?.of;
	const day = readers.has(id) ? flightOf(id) : undefined;
	if (day === undefined) return { carry: 'best', others: [] };
	const startOf = (facts: FactReader) => one<TournamentSetup>(facts, 'setup')?.starts_ms ?? 0;
	const others = events
		.filter(([event]) => event !== id && flightOf(event) === day)
		.sort((a, b) => startOf(a[1]) - startOf(b[1]) || byText(a[0], b[0]));
	const facts = readers.get(day);
	return { carry: (facts && one<Days>(facts, 'days')?.carry) ?? 'best', others };
}

/** How a player stands in the `others`. */
export function elsewhere(player: string, carry: Carry, others: Readers): Elsewhere {
	const bags = bagsOf(others);
	const bagged = new Set(bags.filter((bag) => bag.player === player).map(({ flight }) => flight));
	const lives = others.flatMap(([, facts]) => [...many<Entry>(facts, 'entry/').values()]);
	return {
		lives: lives.filter((entry) => entry.player === player).length,
		playing: others.some(([flight, facts]) => !bagged.has(flight) && standings(facts).left.has(player)),
		through: !mayPlayFlight(player, bags, carry),
	};
}

/** Whether this event is a flight that is over. While entries are sold no part of its field counts. */
export function flightEnded(tournament: FactReader, money: TournamentMoney | null, now: number): boolean {
	const flight = one<Flight>(tournament, 'flight');
	if (!flight) return false;
	const plan = planOf(tournament);
	const { left, lives } = standings(tournament);
	const selling = lateRegistration(tournament, money, now).state === 'open';
	const reading = readClock(one<Clock>(tournament, 'clock'), plan, now);
	return flightOver(flight, reading, plan, left.size, selling ? 0 : lives);
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
