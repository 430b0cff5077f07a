/** Where the money of an event is: of a flight, in the event it is booked to. */
import type { PaidEntry, TournamentMoney } from '#lib/facts/facts.gen.ts';
import type { FactReader } from '#lib/facts/facts.ts';
import { many, one } from '#lib/twins/typed.ts';

/** As a command names them; without `flight` it is the event itself. */
export type BookedTo = { tournament: string; flight?: string };

export function bookedTo(cage: FactReader, event: string): BookedTo {
	const of = one<TournamentMoney>(cage, `tournament/${event}`)?.of;
	return of ? { tournament: of, flight: event } : { tournament: event };
}

/** How many paid entries a player has in an event, its flights too. */
export function paidIn(cage: FactReader, event: string, player: string): number {
	const paid = [...many<PaidEntry>(cage, 'entry/').values()];
	return paid.filter((one) => one.player === player && (one.of ?? one.tournament) === event).length;
}
