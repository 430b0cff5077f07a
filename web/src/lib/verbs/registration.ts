/** Registration of an event on the floor: until when, closed, open again. The ledger closes it by a command of its own. */
import type { LateRegistration, Registration } from '#lib/facts/facts.gen.ts';
import type { Replica } from '#lib/sync/replica.svelte.ts';
import { lateRegistration } from '../twins/structure/registration.ts';
import { one } from '../twins/typed.ts';
import { type Done, perform, type Refusal, refuse } from './verb.ts';

type Tournament = Replica<'tournament'>;

/** Entries are sold until the end of that level, or until so many minutes of the clock: whichever comes first. */
export function setLateUntil(tournament: Tournament, until: LateRegistration): Done | Refusal {
	const now = lateRegistration(tournament.reader, null, tournament.now());
	if (now.state === 'closed') return refuse('registration_over');
	const { until_level, until_minutes = null } = until;
	if (now.until_level === until_level && now.until_minutes === until_minutes) return refuse('unchanged');
	return perform(tournament, { late: { until_level, ...(until_minutes ? { until_minutes } : {}) } });
}

/** Open although its time is over, or after somebody closed it: with a reason, until somebody closes it. */
export function reopenRegistration(tournament: Tournament, reason: string): Done | Refusal {
	if (!reason.trim()) return refuse('empty');
	const said = one<Registration>(tournament.reader, 'registration');
	if (lateRegistration(tournament.reader, null, tournament.now()).state === 'open')
		return refuse('unchanged');
	if (said?.state === 'open' && said.reason) return refuse('event_ended');
	const registration: Registration = { state: 'open', at_ms: tournament.now(), reason: reason.trim() };
	return perform(tournament, { registration });
}
