/** Bounties and seats of one event as the leaf tells them, and the result of a satellite. */
export type BountyMode = 'plain' | 'progressive' | 'mystery';
/** Of a satellite: what its pool still pays. */
export type SeatsLeft = {
	target: string;
	seat_cents: number;
	step_cents: number | null;
	/** what a further seat is to a player who holds one; null: nobody wins two here */
	again: 'ticket' | 'cash' | null;
	/** of its players, who hold a seat of the target; known where there is such a rule */
	holders: string[];
	/** entries that won theirs in play */
	awarded: string[];
	left: number;
	rest_cents: number;
};
/** `/api/v1/ledger/tournaments/<id>/heads`. */
export type Heads = {
	bounty: BountyMode;
	/** what of a head is won in cash, in basis points; the rest goes onto the own head of who took it */
	cash_bp: number;
	state: 'selling' | 'closed' | 'confirmed';
	heads: [entry: string, player: string, cents: number, out: boolean][];
	sealed: boolean;
	/** not drawn yet, dearest first */
	envelopes: [cents: number, count: number][];
	due: [player: string, cents: number][];
	/** entries that hold first place */
	first: string[];
	seats: SeatsLeft | null;
	seq: number;
};

/** `[player, entry]`. */
export type Named = readonly [player: string, entry: string];

/**
 * Who takes the seats that are left and who the rest, the best first; where everybody has a seat, nobody takes the
 * rest: it is shared among them. `ranking`: all players, who still play first, with their last entry each; one that
 * won its seat in play is left out.
 */
export function seatsResult(
	{
		awarded,
		left,
		rest_cents,
		step_cents,
	}: Pick<SeatsLeft, 'awarded' | 'left' | 'rest_cents' | 'step_cents'>,
	ranking: readonly Named[],
): { seats: Named[]; rest: Named[] } {
	const open = ranking.filter(([, entry]) => !awarded.includes(entry));
	const steps = step_cents ? Math.ceil(rest_cents / step_cents) : 1;
	return { seats: open.slice(0, left), rest: rest_cents ? open.slice(left, left + steps) : [] };
}
