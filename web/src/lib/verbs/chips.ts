/** Chips counted, one stack or a whole table; raced and corrected; bagged for the night. */
import type { Bag, Checked, InPlay, Stack } from '#lib/facts/facts.gen.ts';
import type { FactReader } from '#lib/facts/facts.ts';
import { newId } from '#lib/facts/ids.ts';
import type { Replica } from '#lib/sync/replica.svelte.ts';
import { boughtBy, expectedAt } from '../twins/elimination/chips.ts';
import { standings } from '../twins/elimination/standings.ts';
import { one } from '../twins/typed.ts';
import { type Done, perform, type Refusal, refuse } from './verb.ts';

type Tournament = Replica<'tournament'>;
/** Player → chips. */
export type Counts = ReadonlyMap<string, number>;
/** Where counting looks up what was sold: the event's id, and the cage's picture. */
export type Sold = { id: string; cage: FactReader };
/** What was compared, while it was looked at. */
export type TableCount = { counted: number; expected: number };

/** Chips of one player, counted now. */
export function countStack(
	tournament: Tournament,
	sold: Sold,
	player: string,
	chips: number,
): Done | Refusal {
	return perform(tournament, stacks(tournament, sold, new Map([[player, chips]]), tournament.now()));
}

/**
 * All stacks of a table at once, with what they should come to. A count that differs needs a reason, or `open`: then
 * it waits in To settle.
 */
export function countTable(
	tournament: Tournament,
	sold: Sold,
	table: string,
	counts: Counts,
	reason: string,
	open = false,
): Done<TableCount> | Refusal {
	if (!counts.size) return refuse('empty', { table });
	const counted = sum(counts);
	const expected = expectedAt(tournament.reader, sold.id, sold.cage, table);
	const why = reason.trim() || null;
	if (counted !== expected && !why && !open) return refuse('unexplained', { table, counted, expected });
	const at_ms = tournament.now();
	const checked: Checked = { counted, expected, at_ms, reason: counted === expected ? null : why };
	const done = perform(tournament, {
		...stacks(tournament, sold, counts, at_ms),
		[`checked/${table}`]: checked,
	});
	return done.ok ? { ...done, counted, expected } : done;
}

/** Somebody knows why a table's count differed. */
export function explainCount(tournament: Tournament, table: string, reason: string): Done | Refusal {
	const checked = one<Checked>(tournament.reader, `checked/${table}`);
	if (!checked) return refuse('gone', { table });
	if (!reason.trim()) return refuse('empty', { table });
	return perform(tournament, { [`checked/${table}`]: { ...checked, reason: reason.trim() } });
}

/** Chips that came into play at a table or left it: raced, or put right. */
export function changeChips(
	tournament: Tournament,
	event: Pick<InPlay, 'why' | 'chips'> & Partial<Pick<InPlay, 'table' | 'player' | 'note'>>,
): Done | Refusal {
	if (!event.chips) return refuse('empty', {});
	return perform(tournament, { [`inplay/${newId()}`]: { ...event, at_ms: tournament.now() } });
}

/** Bags of a table: each with its stack, whether its player signed, and what the second count came to. */
export function bagTable(
	tournament: Tournament,
	sold: Sold,
	bags: ReadonlyMap<string, Pick<Bag, 'chips' | 'signed' | 'second'>>,
): Done | Refusal {
	const at_ms = tournament.now();
	const known = (player: string) => one<Bag>(tournament.reader, `bag/${player}`);
	const changed = [...bags].filter(([player, bag]) => !sameBag(known(player), bag));
	if (!changed.length) return refuse('empty', {});
	return perform(tournament, {
		...Object.fromEntries(changed.map(([player, bag]) => [`bag/${player}`, { ...bag, at_ms } satisfies Bag])),
		...stacks(tournament, sold, new Map(changed.map(([player, { chips }]) => [player, chips])), at_ms),
	});
}

/** As counted, each with what its life had bought by now. */
function stacks(
	tournament: Tournament,
	{ id, cage }: Sold,
	counts: Counts,
	at_ms: number,
): Record<string, Stack> {
	const { lifeOf } = standings(tournament.reader);
	const stack = (player: string, chips: number): Stack => ({
		chips,
		at_ms,
		bought: boughtBy(tournament.reader, id, cage, lifeOf.get(player) ?? ''),
	});
	return Object.fromEntries([...counts].map(([player, chips]) => [`stack/${player}`, stack(player, chips)]));
}

function sameBag(one: Bag | null, other: Pick<Bag, 'chips' | 'signed' | 'second'>): boolean {
	return (
		one?.chips === other.chips &&
		(one.signed ?? false) === (other.signed ?? false) &&
		(one.second ?? null) === (other.second ?? null)
	);
}

function sum(counts: Counts): number {
	return [...counts.values()].reduce((all, chips) => all + chips, 0);
}
