/** The roster: the only document with names. */
import type { Held, Player } from '#lib/facts/facts.gen.ts';
import { newId } from '#lib/facts/ids.ts';
import type { Replica } from '#lib/sync/replica.svelte.ts';
import { type Done, perform, type Refusal, refuse } from './verb.ts';

/** A new player; `player` is the id the cage and the floor know them by. */
export function addPlayer(
	roster: Replica<'roster'>,
	{ name, club_number = null }: Player,
): Done<{ player: string }> | Refusal {
	if (!name.trim()) return refuse('empty');
	const player = newId();
	const done = perform(roster, { [`player/${player}`]: { name: name.trim(), club_number } });
	return done.ok ? { ...done, player } : done;
}

/** Another name or club number for a player. */
export function renamePlayer(
	roster: Replica<'roster'>,
	player: string,
	{ name, club_number = null }: Player,
): Done | Refusal {
	if (!name.trim()) return refuse('empty');
	return perform(roster, { [`player/${player}`]: { name: name.trim(), club_number } });
}

/** Prizes of a player wait until it is sure who they are. */
export function holdPrizes(roster: Replica<'roster'>, player: string, why: Held['why']): Done | Refusal {
	return perform(roster, { [`held/${player}`]: { why } });
}

/** It is sure now. */
export function releasePrizes(roster: Replica<'roster'>, player: string): Done | Refusal {
	return perform(roster, { [`held/${player}`]: null });
}
