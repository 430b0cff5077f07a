/** Who could deal: everybody who is still in, the most chips first, with the last count of each. */
import type { Stack } from '#lib/facts/facts.gen.ts';
import type { FactReader } from '#lib/facts/facts.ts';
import { standings } from '#lib/twins/elimination/standings.ts';
import { many } from '#lib/twins/typed.ts';

export type Left = { player: string; entry: string; chips: number | null };

export function playersLeft(tournament: FactReader): Left[] {
	const { left, lifeOf } = standings(tournament);
	const stacks = new Map(many<Stack>(tournament, 'stack/'));
	return [...left]
		.map((player) => ({
			player,
			entry: lifeOf.get(player) ?? '',
			chips: stacks.get(player)?.chips ?? null,
		}))
		.sort((one, other) => (other.chips ?? -1) - (one.chips ?? -1) || (one.player < other.player ? -1 : 1));
}

/** Chips as typed, thousands apart or not; null: it is no number of chips. */
export function chipsOf(text: string): number | null {
	const plain = text.replace(/[,.\s]/g, '');
	return /^\d{1,12}$/.test(plain) ? Number(plain) : null;
}
