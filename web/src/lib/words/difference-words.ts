/** What the tray says of each way in which floor and money differ. */
import type { Disagreement } from '#lib/twins/reconcile.ts';

export const DIFFERENCES: Record<Disagreement['kind'], string> = {
	seated_unpaid: 'Seated, not paid',
	paid_unseated: 'Paid, not seated',
	busted_seated: 'Out, but still has a seat',
	busted_unpaid: 'Out, and never paid',
	busted_unplaced: 'Out, without an entry',
	paid_out_in_play: 'Prize paid, still in play',
	place_differs: 'Another place than the money has',
	stack_unpaid: 'Chips in play, not paid',
	bust_unclaimed: 'Out, nobody said who took the bounty',
};

/** What ends a row whose act is not at the cage, or not there alone. */
export const ENDED_BY: Partial<Record<Disagreement['kind'], string>> = {
	busted_seated: 'The floor frees the seat, or takes the bust back',
	busted_unplaced: 'The floor says which entry it was',
	bust_unclaimed: 'The floor says who took it',
	paid_out_in_play: 'Void the payout if it was wrong; else the floor takes the player out',
	place_differs: 'The floor puts the order right, or a manager corrects the result at the cage',
};

/** The reasons a manager gives most often. */
export const EXPLANATIONS = ['Guest of the house', 'Paid by ticket', 'Left, will come back', 'Known error'];
