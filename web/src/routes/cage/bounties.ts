/** Bounties at the cage: what lies on heads and in envelopes, what is typed to seal them, what is paid of a head. */

import type { Heads } from '#lib/tournament/event-heads.ts';
import { minorUnits } from '#lib/words/amounts.ts';

export type WorthRow = { worth: string; count: string };
const COUNT_MAX = 10_000;

/** What lies on heads or in envelopes. */
export function leftCents({ heads, envelopes }: Heads): number {
	const onHeads = heads.reduce((sum, [, , cents]) => sum + cents, 0);
	return envelopes.reduce((sum, [cents, count]) => sum + cents * count, onHeads);
}

/** Whether an event sells any. */
export function hasBounties({ prices }: { prices: Record<string, { bounty_cents: number }> }): boolean {
	return Object.values(prices).some(({ bounty_cents: cents }) => cents > 0);
}

/**
 * What is still to be handed out, won or not; and of it what nobody may have yet, for they still play or an envelope
 * is not drawn.
 */
export function owedBounties(heads: Heads): { cents: number; notWon: number } {
	const notWon = leftCents(heads);
	return { cents: sumOf(heads.due.map(([, cents]) => [cents, 1])) + notWon, notWon };
}

/** The list as typed; null: a row is no amount and number, or a worth stands there twice. Empty rows are none. */
export function envelopesOf(rows: readonly WorthRow[], currency: string): [number, number][] | null {
	const said = rows.filter(({ worth, count }) => worth.trim() || count.trim());
	const list = said.map(({ worth, count }): [number, number] => [
		minorUnits(worth, currency) ?? 0,
		/^\d{1,5}$/.test(count.trim()) ? Number(count) : 0,
	]);
	const wrong = list.some(([cents, count]) => cents < 1 || count < 1 || count > COUNT_MAX);
	return wrong || new Set(list.map(([cents]) => cents)).size < list.length ? null : list;
}

export function sumOf(list: readonly (readonly [number, number])[]): number {
	return list.reduce((sum, [cents, count]) => sum + cents * count, 0);
}

/**
 * What those who take a head get in cash, all together, and what goes onto their own heads. As
 * `ledger/prizes/bounties.py`: who is out, or won when all was over, has no head that grows.
 */
export function wonOf(heads: Heads, cents: number, by: readonly string[]): { cash: number; onto: number } {
	const inPlay = new Set(heads.heads.flatMap(([entry, , , out]) => (out ? [] : [entry])));
	const grows = by.map((entry) => heads.state !== 'confirmed' && inPlay.has(entry));
	const won = Math.floor((cents * heads.cash_bp) / 10_000);
	// Even shares, odd cents one each to who is named first.
	const even = (total: number, n: number): number =>
		Math.floor(total / by.length) + Number(n < total % by.length);
	const onto = grows.reduce((sum, can, n) => sum + (can ? even(cents, n) - even(won, n) : 0), 0);
	return { cash: cents - onto, onto };
}
