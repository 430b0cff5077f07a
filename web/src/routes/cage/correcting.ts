/** A confirmed result put right: who holds which place, and what that changes for whom. Pure. */
import type { PrizeRow } from './prizes.ts';

/** One paid place, best first; `tied`: at the same place as the one above. */
export type Placed = { player: string; entry: string; tied: boolean };
/** What everybody agreed who was still in. */
export type Agreed = { players: readonly string[]; amounts: readonly number[]; aside_cents?: number };
export type Change = { player: string; was: number; now: number; paid: number };

/** As it is booked; `entryOf`: the life that holds a player's place. */
export function placed(rows: readonly PrizeRow[], entryOf: (player: string) => string): Placed[] {
	return rows
		.filter(({ amount_cents }) => amount_cents > 0)
		.map(({ player, place }, n, all) => ({
			player,
			entry: entryOf(player),
			tied: n > 0 && all[n - 1]!.place === place,
		}));
}

/** As the floor has it, as far as places are paid. */
export function placedByFloor(
	finishes: readonly { player: string; entry: string; place: number }[],
	paid: number,
): Placed[] {
	return finishes
		.filter(({ place }) => place <= paid)
		.map(({ player, entry, place }, n, all) => ({
			player,
			entry,
			tied: n > 0 && all[n - 1]!.place === place,
		}));
}

/** 1, 2, 2, 4. */
export function ranks(rows: readonly Placed[]): number[] {
	const found: number[] = [];
	for (const [n, { tied }] of rows.entries()) found.push(tied && n ? found[n - 1]! : n + 1);
	return found;
}

/**
 * What each gets, in the order of `rows`, as the ledger shares it (`ledger/prizes/payouts.py`): who ties shares the
 * places they hold, odd cents go to those named first; who dealt gets what was agreed. `amounts` per place, in cents.
 */
export function worth(rows: readonly Placed[], amounts: readonly number[], deal: Agreed | null): number[] {
	const places = ranks(rows);
	const held = rows.map((_, n) => amounts[n] ?? 0);
	if (held.length) held[0]! += amounts.slice(rows.length).reduce((sum, one) => sum + one, 0);
	const cents = places.map((place, n) => {
		const tied = places.filter((one) => one === place).length;
		const sum = held.slice(place - 1, place - 1 + tied).reduce((all, one) => all + one, 0);
		return share(sum, tied, n - (place - 1));
	});
	if (!deal) return cents;
	const agreed = new Map(deal.players.map((player, n) => [player, deal.amounts[n] ?? 0]));
	const winners = rows.filter(({ player }, n) => places[n] === 1 && agreed.has(player)).length;
	return rows.map(({ player }, n) => {
		const sum = agreed.get(player);
		if (sum === undefined) return cents[n]!;
		return sum + (places[n] === 1 ? share(deal.aside_cents ?? 0, winners, n) : 0);
	});
}

/** The n-th part of a sum among so many. */
function share(cents: number, among: number, nth: number): number {
	return Math.floor(cents / among) + (nth < cents % among ? 1 : 0);
}

/** Who gets more or less than is booked, best place first. */
export function changes(
	before: readonly PrizeRow[],
	rows: readonly Placed[],
	cents: readonly number[],
): Change[] {
	const was = new Map(before.map((row) => [row.player, row]));
	const now = new Map(rows.map(({ player }, n) => [player, cents[n]!]));
	return [...new Set([...now.keys(), ...was.keys()])]
		.map((player) => ({
			player,
			was: was.get(player)?.amount_cents ?? 0,
			now: now.get(player) ?? 0,
			paid: was.get(player)?.paid_cents ?? 0,
		}))
		.filter((one) => one.was !== one.now);
}

/** Two players change places; which places tie is as before. */
export function swapped(rows: readonly Placed[], one: number, other: number): Placed[] {
	const from = (n: number) => (n === one ? other : n === other ? one : n);
	return rows.map(({ tied }, n) => ({ ...rows[from(n)]!, tied }));
}

/** Whether both say the same: the same players at the same places. */
export function same(one: readonly Placed[], other: readonly Placed[]): boolean {
	const said = (rows: readonly Placed[]) => {
		const places = ranks(rows);
		return rows
			.map(({ player }, n) => `${places[n]} ${player}`)
			.sort()
			.join();
	};
	return said(one) === said(other);
}
