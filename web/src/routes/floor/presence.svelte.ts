/**
 * Who of the staff is where: each page says what it has open, on the document all staff apps hold (`config`).
 * Who it is, the server has written over it: a page can't say that it is somebody else.
 */
import { untrack } from 'svelte';
import type { Replica } from '#lib/sync/replica.svelte.ts';
import type { Presence } from '#lib/sync/standing.ts';
import { historyHash, type Place, tableHash } from './places.ts';

/** A colleague on another tablet. */
export type Colleague = Presence & { key: string; name: string; initials: string; hash: string };

export type People = { person(id: string): string; deviceNumber(device: string): string };

/** Others than this tablet, by name; one row a person and tablet. */
export function colleagues(present: readonly Presence[], own: string, people: People): Colleague[] {
	const found = new Map<string, Colleague>();
	for (const one of present) {
		if (one.device === own) continue;
		const name = people.person(one.person);
		const key = `${one.person} ${one.device}`;
		const initials = initialsOf(name) + people.deviceNumber(one.device);
		found.set(key, { ...one, key, name, initials, hash: hashOf(one) });
	}
	return [...found.values()].sort((a, b) => a.name.localeCompare(b.name) || (a.key < b.key ? -1 : 1));
}

/** Says where this page is, now and when it comes to the front (another tab of the tablet may have spoken since). */
export function sayWhere(replica: Replica<'config'>, place: Place): () => void {
	const where = {
		place: place.name,
		table: place.name === 'table' || place.name === 'count' ? place.table : null,
		player: place.name === 'table' ? place.player : null,
	};
	const say = () => {
		if (!document.hidden) untrack(() => replica.here(where));
	};
	say();
	document.addEventListener('visibilitychange', say);
	return () => document.removeEventListener('visibilitychange', say);
}

/** "AP" */
export function initialsOf(name: string): string {
	const words = name.split(/\s+/).filter(Boolean);
	return words
		.map((word) => word[0]!)
		.slice(0, 2)
		.join('')
		.toUpperCase();
}

function hashOf({ place, table, player }: Presence): string {
	if (table) return tableHash(table, player);
	return place === 'history' ? historyHash('').replace(/\/$/, '') : `#${place}`;
}
