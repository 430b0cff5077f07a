/** Prizes as the document `cage` tells them: due, and what of it was paid. */
export type PrizeRow = {
	id: string;
	tournament: string;
	player: string;
	place: number;
	amount_cents: number;
	paid_cents: number;
	/** the entry that made it due */
	seq: number;
	/** of a flight: the event it is booked to */
	of?: string | null;
};

type Told = Omit<PrizeRow, 'id' | 'paid_cents' | 'seq'> & { paid_cents?: number; seq?: number };

/** One event's prizes, first place first, and their sums. */
export type Prizes = { tournament: string; rows: PrizeRow[]; pool: number; paid: number; done: number };

/** All prizes by event; events with something due come first. */
export function prizesByEvent(told: Iterable<readonly [id: string, prize: Told]>): Prizes[] {
	const events = new Map<string, PrizeRow[]>();
	for (const [id, prize] of told) {
		const row = { id, paid_cents: 0, seq: 0, ...prize };
		events.set(row.tournament, [...(events.get(row.tournament) ?? []), row]);
	}
	return [...events]
		.map(([tournament, rows]) => {
			rows.sort((one, other) => one.place - other.place || one.player.localeCompare(other.player));
			const pool = rows.reduce((sum, row) => sum + row.amount_cents, 0);
			const paid = rows.reduce((sum, row) => sum + row.paid_cents, 0);
			const done = rows.filter((row) => row.paid_cents >= row.amount_cents).length;
			return { tournament, rows, pool, paid, done };
		})
		.sort((one, other) => Number(one.paid === one.pool) - Number(other.paid === other.pool));
}
