/** What the floor asked the cage to sell and is not paid yet. Twin of `crdt_models/rules/elimination/wanted.py`. */
import type { PaidEntry, Wanted } from '#lib/facts/facts.gen.ts';
import type { FactReader } from '#lib/facts/facts.ts';
import { byText, many } from '../typed.ts';

const BOUGHT = { rebuy: 'rebuys', add_on: 'add_ons', dealer_add_on: 'dealer_add_ons' } as const;

/** Id → what waits at the cage, oldest first; what was sold since it was asked for is gone. */
export function stillWanted(tournament: FactReader, ident: string, cage: FactReader): Map<string, Wanted> {
	const waits = [...many<Wanted>(tournament, 'wanted/')].filter(
		([, { kind, player, entry, had }]) => soldSoFar(cage, ident, kind, player, entry ?? null) <= had,
	);
	return new Map(waits.sort(([a, x], [b, y]) => x.at_ms - y.at_ms || byText(a, b)));
}

/** How often that was sold: entries of a player into event `ident`, rebuys and add-ons of one life. */
export function soldSoFar(
	cage: FactReader,
	ident: string,
	kind: Wanted['kind'],
	player: string,
	entry: string | null,
): number {
	const paid = many<PaidEntry>(cage, 'entry/');
	if (kind === 'buy_in' || kind === 're_entry')
		return [...paid.values()].filter((one) => one.tournament === ident && one.player === player).length;
	const life = paid.get(entry ?? '');
	return life?.[BOUGHT[kind]] ?? 0;
}
