/** The list of those who would rather sit elsewhere, of an event or of the cash tables. */
import type { Seat, SeatChange } from '#lib/facts/facts.gen.ts';
import type { Replica } from '#lib/sync/replica.svelte.ts';
import { seatChanges } from '../twins/seating/changes.ts';
import { one } from '../twins/typed.ts';
import { type Done, perform, type Refusal, refuse } from './verb.ts';

type Seated = Replica<'tournament'> | Replica<'floor'>;

/** Puts a seated player on the list; a wish is changed by asking anew, and keeps its place. */
export function askChange(seated: Seated, player: string, kind: SeatChange['kind'] = 'seat'): Done | Refusal {
	const at = one<Seat>(seated.reader, `seat/${player}`);
	if (!at) return refuse('not_seated', { player });
	const asked = seatChanges(seated.reader).get(player);
	if (asked && (asked.kind ?? 'seat') === kind) return refuse('already_waiting', { player });
	const change: SeatChange = { table: at.table, seat: at.seat, kind, at_ms: asked?.at_ms ?? seated.now() };
	return perform(seated as Replica<'floor'>, { [`change/${player}`]: change });
}

/** Stays where they sit. */
export function dropChange(seated: Seated, player: string): Done | Refusal {
	if (seated.reader.get(`change/${player}`) === null) return refuse('gone', { player });
	return perform(seated as Replica<'floor'>, { [`change/${player}`]: null });
}
