/** From flights to the day they lead to: each player's one stack, and an entry to be drawn a seat. */
import type { Carried, Days, Entry } from '../facts.gen.ts';
import type { FactReader } from '../facts.ts';
import { equal } from '../readings.ts';
import type { Replica } from '../replica.svelte.ts';
import { bagsOf, type Carrying, carrying } from '../twins/structure/days.ts';
import { one } from '../twins/typed.ts';
import { type Done, perform, type Refusal, refuse } from './verb.ts';

type Tournament = Replica<'tournament'>;
type Flights = readonly (readonly [flight: string, facts: FactReader])[];

/** An act holds 64 edits, and a player two. */
const PLAYERS_AN_ACT = 30;

/** What would be carried on as the flights stand, and who of it is not here yet, or with another stack. */
export function carriedOn(day: FactReader, flights: Flights): Carrying & { missing: Carrying['kept'] } {
	const all = carrying(bagsOf(flights), one<Days>(day, 'days')?.carry ?? 'best');
	const missing = all.kept.filter(
		({ flight, player, entry, chips }) => !equal(day.get(`carried/${player}`), { flight, entry, chips }),
	);
	return { ...all, missing };
}

/** Carries over all that are missing, in as many acts as that takes; Undo takes all of them back. */
export function carryOver(day: Tournament, flights: Flights): Done | Refusal {
	const { missing } = carriedOn(day.reader, flights);
	if (!missing.length) return refuse('unchanged');
	const acts: Done[] = [];
	for (let at = 0; at < missing.length; at += PLAYERS_AN_ACT) {
		const changes: Record<string, object> = {};
		for (const { flight, player, entry, chips } of missing.slice(at, at + PLAYERS_AN_ACT)) {
			changes[`carried/${player}`] = { flight, entry, chips } satisfies Carried;
			changes[`entry/${entry}`] = { player, number: 1, kind: 'initial' } satisfies Entry;
		}
		const done = perform(day, changes);
		if (!done.ok) return done;
		acts.push(done);
	}
	return { ...acts.at(-1)!, undo: (allTheSame) => backAll(acts, allTheSame) };
}

function backAll(acts: readonly Done[], allTheSame?: boolean): Done | Refusal {
	let last: Done | Refusal = acts[0]!;
	for (const act of acts.toReversed()) {
		last = act.undo(allTheSame);
		if (!last.ok) return last;
	}
	return last;
}
