/** Prizes as the document `cage` tells them: due, and what of it was paid. Pure. */

import type { Held } from '#lib/facts/facts.gen.ts';
import { dateText } from '#lib/words/ages.ts';
import { figure } from '#lib/words/amounts.ts';

export type PrizeRow = {
	id: string;
	tournament: string;
	player: string;
	place: number;
	amount_cents: number;
	paid_cents: number;
	/** the entry that made it due */
	seq: number;
	/** of a flight: the event it is booked to */
	of?: string | null;
};

type Told = Omit<PrizeRow, 'id' | 'paid_cents' | 'seq'> & { paid_cents?: number; seq?: number };

/**
 * One event's prizes, first place first, and their sums. `due`: still to pay out; `owed`: what was paid beyond a
 * corrected prize, to come back.
 */
export type Prizes = {
	tournament: string;
	rows: PrizeRow[];
	pool: number;
	paid: number;
	done: number;
	due: number;
	owed: number;
};

/** All prizes by event; events with something due come first. */
export function prizesByEvent(told: Iterable<readonly [id: string, prize: Told]>): Prizes[] {
	const events = new Map<string, PrizeRow[]>();
	for (const [id, prize] of told) {
		const row = { id, paid_cents: 0, seq: 0, ...prize };
		events.set(row.tournament, [...(events.get(row.tournament) ?? []), row]);
	}
	return [...events]
		.map(([tournament, rows]) => {
			rows.sort((one, other) => one.place - other.place || one.player.localeCompare(other.player));
			const sum = (of: (row: PrizeRow) => number) => rows.reduce((all, row) => all + of(row), 0);
			return {
				tournament,
				rows,
				pool: sum((row) => row.amount_cents),
				paid: sum((row) => row.paid_cents),
				done: rows.filter((row) => row.paid_cents >= row.amount_cents).length,
				due: sum((row) => Math.max(0, dueOf(row))),
				owed: sum((row) => Math.max(0, -dueOf(row))),
			};
		})
		.sort((one, other) => Number(!one.due && !one.owed) - Number(!other.due && !other.owed));
}

/** Below nothing: the player was paid more than the corrected prize. */
export function dueOf({ amount_cents, paid_cents }: PrizeRow): number {
	return amount_cents - paid_cents;
}

/** By which gaming days are told apart: the venue's wall, and the minutes after its midnight when a day begins. */
export type Wall = { timeZone: string; startsMin: number; currency: string };

/** The gaming day of a moment of the wall clock, "2026-11-28". */
export function gamingDay(unixMs: number, { timeZone, startsMin }: Wall): string {
	return new Intl.DateTimeFormat('sv-SE', { timeZone }).format(unixMs - startsMin * 60_000);
}

/** Due since an earlier gaming day: the event is over, and nobody came for it. */
export function unclaimed(row: PrizeRow, sinceUnixMs: number, nowUnixMs: number, wall: Wall): boolean {
	return dueOf(row) > 0 && gamingDay(sinceUnixMs, wall) < gamingDay(nowUnixMs, wall);
}

export const HELD_WORDS: Record<Held['why'], string> = { no_id: 'no ID', other_name: 'other name' };

/** What a prize's badge says; `held`: why the player's prizes wait, null: they do not. */
export function prizeState(
	row: PrizeRow,
	held: Held | null,
	sinceUnixMs: number,
	nowUnixMs: number,
	wall: Wall,
) {
	const due = dueOf(row);
	const part = row.paid_cents ? `${figure(Math.abs(due), wall.currency)} ` : '';
	const said = (word: string) => part + (part ? word : word[0]!.toUpperCase() + word.slice(1));
	if (due < 0) return { tone: 'stop' as const, word: said('to come back') };
	if (!due) return { tone: 'good' as const, word: 'Paid' };
	if (held) return { tone: 'care' as const, word: said(`held: ${HELD_WORDS[held.why]}`) };
	if (unclaimed(row, sinceUnixMs, nowUnixMs, wall))
		return { tone: 'care' as const, word: said(`unclaimed since ${dateText(sinceUnixMs, wall.timeZone)}`) };
	return { tone: 'warn' as const, word: said('due') };
}
