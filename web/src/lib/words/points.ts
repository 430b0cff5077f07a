/** Points of a league as text: whole millionths, shown with two decimals. */
import { decimal } from './amounts.ts';

/** "163.09"; half away from zero. */
export function pointsText(millionths: number): string {
	const hundredths = Math.sign(millionths) * Math.floor(Math.abs(millionths) / 10_000 + 0.5);
	return decimal(hundredths + 0, 2);
}

/** "3", or "3–4" of people who can't be told apart; "–" without a rank. */
export function rankText({ rank, rank_to }: { rank: number | null; rank_to: number | null }): string {
	if (rank === null) return '–';
	return rank === rank_to ? `${rank}` : `${rank}–${rank_to}`;
}
