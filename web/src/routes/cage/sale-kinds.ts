/** What is sold into an event at the counter, and what of it a price has. */
import type { Price, SaleKind } from './desk.svelte.ts';

export const SALE_KINDS: readonly { id: SaleKind; name: string }[] = [
	{ id: 'buy_in', name: 'Buy-in' },
	{ id: 're_entry', name: 'Re-entry' },
	{ id: 'rebuy', name: 'Rebuy' },
	{ id: 'add_on', name: 'Add-on' },
	{ id: 'dealer_add_on', name: 'Dealer add-on' },
];

/** Whether it is a new life, which needs a seat. */
export function isFresh(kind: SaleKind): boolean {
	return kind === 'buy_in' || kind === 're_entry';
}

export function partsOf(price: Price): { name: string; cents: number }[] {
	return [
		{ name: 'Prize pool', cents: price.prize_cents },
		{ name: 'Bounty', cents: price.bounty_cents },
		{ name: 'Fee', cents: price.fee_cents },
		{ name: 'Staff', cents: price.staff_cents },
	];
}
