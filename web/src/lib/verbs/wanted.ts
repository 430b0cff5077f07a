/** The floor asks the cage to sell an entry, a rebuy or an add-on. */
import type { Wanted } from '../facts.gen.ts';
import { newId } from '../ids.ts';
import type { Replica } from '../replica.svelte.ts';
import { WHY_NOT } from '../terms-words.ts';
import { standings } from '../twins/elimination/standings.ts';
import { soldSoFar, stillWanted } from '../twins/elimination/wanted.ts';
import { mayBuy, SOLD_AS } from '../twins/structure/terms.ts';
import { type Done, perform, type Refusal, refuse } from './verb.ts';
import { refusal } from './written.ts';

/**
 * `id`: of the event. Asked once: what waits already is not asked for again. What the player may not buy now is not
 * asked for at all, and the term in the way is named.
 */
export function askCage(
	tournament: Replica<'tournament'>,
	cage: Replica<'cage'>,
	id: string,
	player: string,
	kind: Wanted['kind'],
): Done | Refusal {
	const not = mayBuy(tournament.reader, cage.reader, id, player, SOLD_AS[kind], tournament.now());
	if (not)
		return refusal('not_for_sale', `${WHY_NOT[not.code]}.`, {
			...not,
			player,
			words: `${WHY_NOT[not.code]}.`,
		});
	const life = standings(tournament.reader).lifeOf.get(player) ?? null;
	const fresh = kind === 'buy_in' || kind === 're_entry';
	const waits = [...stillWanted(tournament.reader, id, cage.reader).values()];
	if (waits.some((want) => want.player === player && want.kind === kind))
		return refuse('already_wanted', { player });
	const entry = fresh ? null : life;
	const had = soldSoFar(cage.reader, id, kind, player, entry);
	const want: Wanted = { player, kind, entry, had, at_ms: tournament.now() };
	return perform(tournament, { [`wanted/${newId()}`]: want });
}

/** The cage need not sell it any more. */
export function dropWanted(tournament: Replica<'tournament'>, want: string): Done | Refusal {
	if (tournament.reader.get(`wanted/${want}`) === null) return refuse('gone', { want });
	return perform(tournament, { [`wanted/${want}`]: null });
}
