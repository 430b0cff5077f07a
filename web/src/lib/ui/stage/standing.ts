/** What a line of the ranking says beside the name, and what stands above all of them. */
import type { RankingsView } from '#lib/tournament/views.ts';
import { chipsShort, moneyShort } from '#lib/words/amounts.ts';

const OLD_MS = 15 * 60_000;

/** One is left and has the first place: no chips are counted any more. */
export function isOver({ rows }: RankingsView): boolean {
	return rows.some(({ place, busted }) => place === 1 && !busted);
}

/** A prize where the place has one, else "out"; of who plays the chips. */
export function rowTexts({ rows, currency }: RankingsView): string[] {
	const amounts = rows.map(({ amount_cents: cents }) => cents ?? 0);
	// a room that is not set up yet has no currency
	const prize = currency ? moneyShort(amounts, currency) : () => 'out';
	return rows.map(({ amount_cents: cents, busted, place, chips }) => {
		if (cents && (busted || place !== null)) return prize(cents);
		if (busted) return 'out';
		return chips === null ? '–' : chipsShort(chips);
	});
}

/** Whether chips are shown that were counted long ago. */
export function areChipsOld(view: RankingsView, now: number): boolean {
	return view.as_of_ms !== null && !isOver(view) && now - view.as_of_ms > OLD_MS;
}
