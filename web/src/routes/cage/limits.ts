/** How far a sale would go into the limits of house and event. Pure. */
import type { PlayerStanding } from './desk.svelte.ts';

export type LimitRow = {
	name: 'day' | 'event' | 'entries';
	words: string;
	would: number;
	max: number;
	over: boolean;
	/** a number of entries, not money */
	count: boolean;
};

/** Limits there are, with what this sale would make of them; `fresh`: it is an entry of its own. */
export function limitRows(
	standing: PlayerStanding | null,
	event: string,
	cents: number,
	fresh: boolean,
	entriesMax: number,
): LimitRow[] {
	if (!standing) return [];
	const there = standing.events.find((one) => one.tournament === event);
	const rows: LimitRow[] = [];
	const add = (name: LimitRow['name'], words: string, would: number, max: number | null, count = false) => {
		if (max !== null) rows.push({ name, words, would, max, over: would > max, count });
	};
	add('day', 'Today', standing.stake_day_cents + cents, standing.stake_per_day_cents);
	add('event', 'This event', (there?.stake_cents ?? 0) + cents, standing.stake_per_tournament_cents);
	if (fresh && entriesMax > 1) add('entries', 'Entries', (there?.entries ?? 0) + 1, entriesMax, true);
	return rows;
}
