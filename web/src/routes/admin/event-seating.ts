/** The house's own rules for the seats of an event, as they are chosen. Nothing chosen: TDA 2024 and RP-9 as they stand. */
import type { SeatRules, TournamentSetup } from '#lib/facts/facts.gen.ts';

export type SeatingDraft = {
	/** the fullest table may have so many more than the shortest */
	apart: number;
	spare: string;
	/** players of the final table; '': as RP-9 says */
	final: string;
	/** when so many tables are left, all seats are drawn anew */
	redraws: number[];
	game: NonNullable<SeatRules['game']>;
	halting: boolean;
};

type Facts = { get(name: string): unknown };

export function seatingOf(facts: Facts): SeatingDraft {
	const rules = facts.get('seating') as SeatRules | null;
	const setup = facts.get('setup') as TournamentSetup | null;
	return {
		apart: setup?.max_diff ?? 1,
		spare: String(rules?.spare_seats ?? 0),
		final: String(rules?.final_seats ?? ''),
		redraws: [...(rules?.redraw_tables ?? [1])],
		game: rules?.game ?? 'blinds',
		halting: rules?.halting ?? true,
	};
}

/** Whether all is as TDA 2024 and RP-9 say. */
export function isPlain({ apart, spare, final, redraws, game, halting }: SeatingDraft): boolean {
	const asDrawn = redraws.length === 1 && redraws[0] === 1;
	return apart === 1 && Number(spare) === 0 && !final.trim() && asDrawn && game === 'blinds' && halting;
}

/** What is wrong by field, and the fact as it would be; null: nothing was ever chosen. */
export function checkSeating(
	draft: SeatingDraft,
	had: Facts,
): { faults: Partial<Record<'spare' | 'final', string>>; rules: SeatRules | null } {
	const faults: Partial<Record<'spare' | 'final', string>> = {};
	const spare = /^\d$/.test(draft.spare.trim()) ? Number(draft.spare) : null;
	if (spare === null) faults.spare = 'A whole number from 0 to 9.';
	const final = draft.final.trim();
	if (final && !/^([2-9]|1[0-2])$/.test(final)) faults.final = 'From 2 to 12 players, or nothing.';
	if (isPlain(draft) && had.get('seating') === null) return { faults, rules: null };
	const rules: SeatRules = {
		rules: 'tda-2024',
		game: draft.game,
		spare_seats: spare ?? 0,
		final_seats: faults.final || !final ? null : Number(final),
		redraw_tables: [...draft.redraws].sort((a, b) => a - b),
		halting: draft.halting,
	};
	return { faults, rules };
}
