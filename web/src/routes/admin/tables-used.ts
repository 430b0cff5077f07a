/** Which tables events play on now: table → the event's name. An event whose result is confirmed holds none. */
import type { Venue } from '#lib/venue/venue.svelte.ts';

export function tablesInEvents(venue: Venue, but: string | null = null): ReadonlyMap<string, string> {
	const used = new Map<string, string>();
	const money = venue.open<'cage'>('cage').group('tournament/');
	for (const id of venue.tournaments) {
		const state = money.get(id)?.state ?? 'selling';
		if (id === but || state === 'confirmed' || state === 'settled') continue;
		const event = venue.open<'tournament'>(`tournament/${id}`);
		const name = event.fact('setup')?.name ?? 'an event';
		for (const [table, { open }] of event.group('table/')) if (open) used.set(table, name);
	}
	return used;
}

/** Tables that a cash game plays on now. */
export function tablesInCash(venue: Venue): ReadonlySet<string> {
	const cash = venue.open<'floor'>('floor').group('cash/');
	return new Set([...cash].filter(([, { state }]) => state === 'open').map(([table]) => table));
}
