/**
 * Who waits for another seat, at a table of an event or of a cash game.
 * Twin of `crdt_models/rules/seating/changes.py`; both read `tests/vectors/seat_changes.json`.
 */
import type { Seat, SeatChange } from '#lib/facts/facts.gen.ts';
import type { FactReader } from '#lib/facts/facts.ts';
import { byText, many } from '../typed.ts';

/** Player → what they asked for, who asked first first; whoever sits elsewhere since waits no more. */
export function seatChanges(facts: FactReader): Map<string, SeatChange> {
	const seats = many<Seat>(facts, 'seat/');
	return new Map(
		[...many<SeatChange>(facts, 'change/')]
			.filter(([player, { table, seat }]) => {
				const now = seats.get(player);
				return now?.table === table && now.seat === seat;
			})
			.sort(([a, one], [b, other]) => one.at_ms - other.at_ms || byText(a, b)),
	);
}
