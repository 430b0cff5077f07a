/** Penalties: given, hand by hand served, ended. They are of a player, wherever they sit. */
import type { Penalty, Served } from '#lib/facts/facts.gen.ts';
import { newId } from '#lib/facts/ids.ts';
import type { Replica } from '#lib/sync/replica.svelte.ts';
import { one } from '../twins/typed.ts';
import { type Done, perform, type Refusal, refuse } from './verb.ts';

type Tournament = Replica<'tournament'>;

/** A warning where neither hands nor minutes are given. */
export function givePenalty(tournament: Tournament, given: Omit<Penalty, 'at_ms'>): Done | Refusal {
	if (!given.reason.trim()) return refuse('no_reason', { player: given.player });
	const penalty: Penalty = { ...given, reason: given.reason.trim(), at_ms: tournament.now() };
	return perform(tournament, { [`penalty/${newId()}`]: penalty });
}

/** One hand was dealt without the player. */
export function missHand(tournament: Tournament, penalty: string): Done | Refusal {
	return serve(tournament, penalty, ({ hands, ...more }) => ({ ...more, hands: hands + 1 }));
}

/** The player may play again. */
export function endPenalty(tournament: Tournament, penalty: string): Done | Refusal {
	return serve(tournament, penalty, (served) => ({ ...served, ended: true }));
}

function serve(tournament: Tournament, penalty: string, how: (was: Served) => Served): Done | Refusal {
	const given = one<Penalty>(tournament.reader, `penalty/${penalty}`);
	if (!given) return refuse('gone', { penalty });
	const was = one<Served>(tournament.reader, `served/${penalty}`) ?? { player: given.player, hands: 0 };
	return perform(tournament, { [`served/${penalty}`]: how(was) });
}
