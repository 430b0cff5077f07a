/** Ends placing mode by a seat: a move for who sits already, a first seat for who does not. */
import { movePlayer, seatPlayer } from '#lib/verbs/seating.ts';
import type { FloorDesk } from './desk.svelte.ts';

/** A refusal keeps the mode: another seat may be free. Of several the next one is placed then. */
export function place(desk: FloorDesk, table: string, seat: number): void {
	if (!desk.placing) return;
	const { event, player, others: [next, ...others] = [] } = desk.placing;
	const verb = event.replica.reader.get(`seat/${player}`) === null ? seatPlayer : movePlayer;
	const done = verb(event.replica, desk.config, { player, table, seat });
	if (desk.tell(done, `${desk.name(player)} to ${desk.seat(table, seat)}.`))
		desk.placing = next ? { event, player: next, others } : null;
}
