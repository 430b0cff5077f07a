/** The floor asks the cage to sell an entry, a rebuy or an add-on. */
import type { Terms, Wanted } from '#lib/facts/facts.gen.ts';
import { newId } from '#lib/facts/ids.ts';
import type { Replica } from '#lib/sync/replica.svelte.ts';
import { WHY_NOT } from '#lib/words/terms-words.ts';
import { standings } from '../twins/elimination/standings.ts';
import { soldSoFar, stillWanted } from '../twins/elimination/wanted.ts';
import { type Elsewhere, NOWHERE } from '../twins/structure/days.ts';
import { mayBuy, SOLD_AS } from '../twins/structure/terms.ts';
import { one } from '../twins/typed.ts';
import { type Done, perform, performAll, type Refusal, refuse } from './verb.ts';
import { refusal } from './written.ts';

type Tournament = Replica<'tournament'>;
type Cage = Replica<'cage'>;
export type Ask = { player: string; kind: Wanted['kind'] };

/**
 * `id`: of the event. Asked once, or twice where the terms allow a double one: what waits already is not asked for
 * again. What the player may not buy now is not asked for at all, and the term in the way is named.
 */
export function askCage(
	tournament: Tournament,
	cage: Cage,
	id: string,
	player: string,
	kind: Wanted['kind'],
	elsewhere: Elsewhere = NOWHERE,
): Done | Refusal {
	const want = wantedOf(tournament, cage, id, { player, kind }, elsewhere);
	return 'code' in want ? want : perform(tournament, { [`wanted/${newId()}`]: want });
}

/** All of these, or none where one of them can't be asked for. */
export function askCageForAll(
	tournament: Tournament,
	cage: Cage,
	id: string,
	asks: readonly Ask[],
): Done | Refusal {
	const wants = asks.map((ask) => wantedOf(tournament, cage, id, ask, NOWHERE));
	const refused = wants.find((want) => 'code' in want);
	if (refused && 'code' in refused) return refused;
	return performAll(
		tournament,
		wants.map((want) => ({ [`wanted/${newId()}`]: want })),
	);
}

/** What is asked for, or why it can't be. */
function wantedOf(
	tournament: Tournament,
	cage: Cage,
	id: string,
	{ player, kind }: Ask,
	elsewhere: Elsewhere,
): Wanted | Refusal {
	const now = tournament.now();
	const not = mayBuy(tournament.reader, cage.reader, id, player, SOLD_AS[kind], now, elsewhere);
	const text = not && `${WHY_NOT[not.code]}.`;
	if (text) return refusal('not_for_sale', text, { ...not, player, words: text });
	const fresh = kind === 'buy_in' || kind === 're_entry';
	const waits = [...stillWanted(tournament.reader, id, cage.reader).values()];
	const waiting = waits.filter((want) => want.player === player && want.kind === kind).length;
	const terms = one<Terms>(tournament.reader, `terms/${kind}`);
	const entry = fresh ? null : (standings(tournament.reader).lifeOf.get(player) ?? null);
	const had = soldSoFar(cage.reader, id, kind, player, entry) + waiting;
	const full = waiting > 0 && !fresh && had >= (terms?.per_player ?? Number.POSITIVE_INFINITY);
	if (full || waiting >= (terms?.double ? 2 : 1)) return refuse('already_wanted', { player });
	return { player, kind, entry, had, at_ms: now };
}

/** The cage need not sell it any more. */
export function dropWanted(tournament: Tournament, want: string): Done | Refusal {
	if (tournament.reader.get(`wanted/${want}`) === null) return refuse('gone', { want });
	return perform(tournament, { [`wanted/${want}`]: null });
}
