/** What people call a document. */
import type { Kind } from '#lib/facts/facts.gen.ts';
import type { Venue } from '#lib/venue/venue.svelte.ts';

const WORDS: Partial<Record<Kind, string>> = {
	floor: 'Cash and lists',
	displays: 'Displays',
	roster: 'Players',
	config: 'Set-up',
	leagues: 'Leagues',
	requests: 'Requests',
	cage: 'Money shown',
	table: 'A dealer’s table',
	phone: 'A player’s phone',
	answers: 'Answers to a player',
};

export function documentWord(document: string, venue: Venue): string {
	const [kind, id] = document.split('/', 2) as [Kind, string | undefined];
	if (kind === 'tournament' && id && venue.tournaments.includes(id))
		return venue.open<'tournament'>(`tournament/${id}`).fact('setup')?.name ?? 'An event';
	return WORDS[kind] ?? 'An event';
}
