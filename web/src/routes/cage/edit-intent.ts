/** What may be put right in an intent before it is booked: whose money it is, and how much chips it bought. Pure. */
import { newId } from '#lib/facts/ids.ts';
import type { Command, MoneyCommand } from '#lib/money/command.ts';

/** What the cage knows of players; as `CageDesk` has it. */
export type Known = {
	paidEntries(tournament: string, player: string): readonly { entry: string }[];
	unpaidLife(tournament: string, player: string): string | null;
};
export type Content = { player: string; cents: number; priced: boolean; named: boolean };

/** `priced`: an event says how much it costs; `named`: it is about this player alone. */
export function contentOf(command: Command): Content {
	const { player, amount, tournament, marker } = JSON.parse(command.body);
	return {
		player: player ?? '',
		cents: amount?.amount ?? 0,
		priced: !!tournament,
		named: marker !== undefined,
	};
}

/** The command anew; a sentence where the other player can't have it so. */
export function edited(
	command: Command,
	player: string,
	cents: number,
	known: Known,
): MoneyCommand | { why: string } {
	const { intent: _, ...old } = JSON.parse(command.body) as MoneyCommand & {
		amount: { amount: number; currency: string };
	};
	const much = { ...old, amount: { ...old.amount, amount: cents } };
	if (player === old.player) return much;
	// what was seen of, and known about, the other one
	const { age_seen, table, entry, expects, ...rest } = much as MoneyCommand;
	if (!old.tournament) return { ...rest, player };
	const paid = known.paidEntries(old.tournament as string, player);
	if (old.kind === 'buy_in') {
		if (paid.length) return { why: 'has an entry already: remove this one, and sell a re-entry.' };
		const life = known.unpaidLife((old.flight ?? old.tournament) as string, player);
		return { ...rest, player, entry: life ?? newId(), expects: { entries: 0 } };
	}
	const last = paid.at(-1)?.entry;
	if (!last) return { why: 'has no entry yet: remove this one, and sell a buy-in.' };
	return {
		...rest,
		player,
		entry: old.kind === 're_entry' ? newId() : last,
		expects: { entries: paid.length },
	};
}
