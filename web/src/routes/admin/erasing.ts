/** What erasing a person meets: money that is theirs, where they sit, what of them stays in the ledger. */

import type { Venue } from '#lib/venue/venue.svelte.ts';
import { seatName } from '#lib/words/edit-words.ts';
import type { Balances } from './house.svelte.ts';

const PLAYER_BALANCE = '2030';

/** What results call somebody whose name is gone. */
export function bareName(player: string): string {
	return `Player ${player.slice(-4)}`;
}

/** Prizes that were not collected and the balance at the house, in minor units. */
export function owed(venue: Venue, balances: Balances | null, player: string): number {
	const prizes = [...venue.open<'cage'>('cage').group('prize/').values()]
		.filter((prize) => prize.player === player)
		.reduce((sum, { amount_cents, paid_cents }) => sum + amount_cents - (paid_cents ?? 0), 0);
	const balance = Object.entries(balances?.balances ?? {})
		.filter(([account]) => account.startsWith(PLAYER_BALANCE) && account.slice(5) === player)
		.reduce((sum, [, cents]) => sum - cents, 0);
	return prizes + Math.max(0, balance);
}

/** Where they sit now, and the numbers of their entries in the ledger. */
export function traces(venue: Venue, player: string): { seat: string | null; entries: number[] } {
	const entries = [...venue.open<'cage'>('cage').group('entry/').values()];
	return {
		seat: seatOf(venue, player),
		entries: entries.flatMap((one) => (one.player === player ? [one.seq] : [])).sort((a, b) => a - b),
	};
}

function seatOf(venue: Venue, player: string): string | null {
	const documents = [
		venue.open<'floor'>('floor'),
		...venue.tournaments.map((id) => venue.open<'tournament'>(`tournament/${id}`)),
	];
	for (const document of documents) {
		const seat = document.fact(`seat/${player}`);
		if (seat) return seatName(seat, venue.names);
	}
	return null;
}
