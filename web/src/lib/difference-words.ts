/** What the tray says of each way in which floor and money differ. */
import type { Disagreement } from './twins/reconcile.ts';

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

/** The reasons a manager gives most often. */
export const EXPLANATIONS = ['Guest of the house', 'Paid by ticket', 'Left, will come back', 'Known error'];
