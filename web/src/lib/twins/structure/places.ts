/**
 * Places over all flights of one event: who came through is ahead of everybody who went out in a flight. Flights differ
 * in size, so who is out in one is ranked by the part of its entries that still played; equal parts tie. Who went out of
 * several is placed by the best.
 * Twin of `crdt_models/rules/structure/places.py`; both read `tests/vectors/days.json`.
 */
import type { Carried } from '#lib/facts/facts.gen.ts';
import type { FactReader } from '#lib/facts/facts.ts';
import { type Finish, finishes, standings } from '../elimination/standings.ts';
import { byText, many } from '../typed.ts';
import { bagsOf, type Readers } from './days.ts';

type Out = { finish: Finish; lives: number };

/** Everybody who has a place in the event, best first; who may still win it has none. */
export function allPlaces(day: FactReader, flights: Readers): Finish[] {
	const there = standings(day);
	const through = new Set([...there.players, ...many<Carried>(day, 'carried/').keys()]);
	for (const { player, chips } of bagsOf(flights)) if (chips > 0) through.add(player);
	const best = new Map<string, Out>();
	for (const [, facts] of flights) {
		const { left, out, lives } = standings(facts);
		for (const player of left) through.add(player);
		for (const finish of out) {
			const known = best.get(finish.player);
			if (!known || byPart({ finish, lives }, known) < 0) best.set(finish.player, { finish, lives });
		}
	}
	const before = through.size - there.players.size; // they may still finish anywhere above
	const found = finishes(there)
		.filter(({ place }) => before === 0 || place > 1)
		.map((one) => ({ ...one, place: one.place + before, place_to: one.place_to + before }));
	const out = [...best.values()]
		.filter(({ finish }) => !through.has(finish.player))
		.sort((a, b) => byPart(a, b) || byText(a.finish.player, b.finish.player));
	let place = through.size + 1;
	while (out.length) {
		const ends = out.findIndex((one) => byPart(one, out[0]!) !== 0);
		const tied = out.splice(0, ends < 0 ? out.length : ends);
		const place_to = place + tied.length - 1;
		found.push(...tied.map(({ finish }) => ({ ...finish, place, place_to })));
		place = place_to + 1;
	}
	return found;
}

function byPart(a: Out, b: Out): number {
	return a.finish.place * b.lives - b.finish.place * a.lives;
}
