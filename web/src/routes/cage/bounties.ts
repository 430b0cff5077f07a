/** Bounties at the cage: what lies on heads and in envelopes, what is typed to seal them, and who waits for one. */

import type { Bust, Registration } from '#lib/facts/facts.gen.ts';
import type { FactReader } from '#lib/facts/facts.ts';
import type { Heads } from '#lib/tournament/event-heads.ts';
import { knockers } from '#lib/twins/elimination/knockers.ts';
import { many, one } from '#lib/twins/typed.ts';
import { minorUnits } from '#lib/words/amounts.ts';

export type WorthRow = { worth: string; count: string };
/** A life whose bounty is not booked; `by`: lives that share it, as the floor answered; none: nobody answered. */
export type Gone = { entry: string; player: string; by: readonly string[] };

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
 * Who is out on the floor with a bounty nobody booked, the last first; after the result the winner, who takes their
 * own. Envelopes are for who goes out after the close. Whose bounty nobody took is not among them.
 */
export function goneUnbooked(heads: Heads, floor: FactReader): Gone[] {
	const mystery = heads.bounty === 'mystery';
	const busts = many<Bust>(floor, 'bust/');
	const answered = knockers(floor);
	const closed = one<Registration>(floor, 'registration');
	const since = mystery && closed?.state === 'closed' ? closed.at_ms : 0;
	const open = heads.heads.filter(([, , cents, out]) => !out && (mystery || cents > 0));
	const gone = open
		.filter(([entry]) => (busts.get(entry)?.at_ms ?? -1) >= since && answered.get(entry)?.length !== 0)
		.map(([entry, player]) => ({ entry, player, by: answered.get(entry) ?? [] }))
		.sort((a, b) => busts.get(b.entry)!.at_ms - busts.get(a.entry)!.at_ms);
	const winners = open.filter(([entry]) => heads.first.includes(entry));
	return [...winners.map(([entry, player]) => ({ entry, player, by: [entry] })), ...gone];
}
