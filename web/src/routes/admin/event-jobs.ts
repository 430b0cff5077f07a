/** What an event waits for from a manager, in the words of the office's first page. */

import { standings } from '#lib/twins/elimination/standings.ts';
import { lateRegistration } from '#lib/twins/structure/registration.ts';
import type { Venue } from '#lib/venue/venue.svelte.ts';

/** At most one sentence an event: the pool to settle, or the result to confirm. */
export function eventJobs(venue: Venue): string[] {
	const cage = venue.open<'cage'>('cage');
	return venue.tournaments.flatMap((id) => {
		const event = venue.open<'tournament'>(`tournament/${id}`);
		const [name, sold] = [event.fact('setup')?.name, cage.fact(`tournament/${id}`)];
		if (!name || !sold) return [];
		if (sold.state === 'selling' || !sold.state) {
			const { state } = lateRegistration(event.reader, sold, venue.clock.now);
			return state === 'closed' && sold.entries ? [`${name}: registration is over, settle its pool`] : [];
		}
		const decided = sold.state === 'closed' && standings(event.reader).left.size === 1;
		return decided ? [`${name} is played out, confirm its result`] : [];
	});
}
