/** From flights to the day they lead to: each player's one stack, and an entry to be drawn a seat. */
import type { Carried, Days, Entry } from '#lib/facts/facts.gen.ts';
import type { FactReader } from '#lib/facts/facts.ts';
import { equal } from '#lib/facts/readings.ts';
import type { Replica } from '#lib/sync/replica.svelte.ts';
import { bagsOf, type Carrying, carrying, type Readers } from '../twins/structure/days.ts';
import { one } from '../twins/typed.ts';
import { type Done, performAll, type Refusal, refuse } from './verb.ts';

type Tournament = Replica<'tournament'>;

/** What would be carried on as the flights stand, and who of it is not here yet, or with another stack. */
export function carriedOn(day: FactReader, flights: Readers): Carrying & { missing: Carrying['kept'] } {
	const all = carrying(bagsOf(flights), one<Days>(day, 'days')?.carry ?? 'best');
	const missing = all.kept.filter(
		({ flight, player, entry, chips }) => !equal(day.get(`carried/${player}`), { flight, entry, chips }),
	);
	return { ...all, missing };
}

/** Carries over all that are missing; Undo takes all of them back. */
export function carryOver(day: Tournament, flights: Readers): Done | Refusal {
	const { missing } = carriedOn(day.reader, flights);
	if (!missing.length) return refuse('unchanged');
	return performAll(
		day,
		missing.map(({ flight, player, entry, chips }) => ({
			[`carried/${player}`]: { flight, entry, chips } satisfies Carried,
			[`entry/${entry}`]: { player, number: 1, kind: 'initial' } satisfies Entry,
		})),
	);
}
