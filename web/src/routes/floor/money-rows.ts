/**
 * Money in the history: what the ledger booked, beside what the floor did. It has a receipt, is voided at the cage
 * and never taken back here.
 */

import type { PaidEntry, Prize } from '#lib/facts/facts.gen.ts';
import { money } from '#lib/words/amounts.ts';
import { ordinal } from '#lib/words/ordinal.ts';
import type { FloorDesk } from './desk.svelte.ts';
import type { Change } from './whole-acts.ts';

export const MONEY = 'cage';

/** `text` stands after "The cage"; `word` says what the entry `seq` is to it. */
export type Booked = { seq: number; word: string; text: string };

/** What a change of the document `cage` says was booked; null: it only follows from something else. */
export function bookedIn(change: Change, desk: FloorDesk): Booked | null {
	if (change.document !== MONEY) return null;
	if (change.name.startsWith('entry/')) return entryBooked(change, desk);
	return change.name.startsWith('prize/') ? prizePaid(change, desk) : null;
}

function entryBooked({ before, after }: Change, desk: FloorDesk): Booked | null {
	const paid = (after ?? before) as PaidEntry | null;
	if (!paid || (before && after)) return null;
	const what = `${paid.kind === 're_entry' ? 're-entry' : 'buy-in'} of ${desk.name(paid.player)}`;
	const verb = after ? 'booked' : 'voided';
	return { seq: paid.seq, word: 'Receipt', text: `${verb} the ${what}, ${event(paid, desk)}` };
}

function prizePaid({ before, after }: Change, desk: FloorDesk): Booked | null {
	const [was, is] = [before, after] as (Prize | null)[];
	const paid = (is?.paid_cents ?? 0) - (was?.paid_cents ?? 0);
	const prize = is ?? was;
	if (!prize?.seq || !paid) return null;
	const amount = money(Math.abs(paid), desk.venue.currency);
	const verb = paid > 0 ? 'paid' : 'took back';
	const what = `${amount}, ${ordinal(prize.place)} prize of ${desk.name(prize.player)}, ${event(prize, desk)}`;
	return { seq: prize.seq, word: 'Due by', text: `${verb} ${what}` };
}

function event({ tournament }: { tournament: string }, desk: FloorDesk): string {
	return desk.events.find(({ id }) => id === tournament)?.setup?.name ?? 'an event';
}

/** Of which event the money is; "" where it is of none. */
export function eventOf({ before, after }: Change): string {
	return ((after ?? before) as { tournament?: string } | null)?.tournament ?? '';
}

/** Numbers of the ledger entries that paid the lives a change on the floor is about. */
export function paidFor(changes: readonly Change[], desk: FloorDesk): number[] {
	const lives = changes.flatMap(({ name }) => /^(?:entry|bust)\/(.+)$/.exec(name)?.[1] ?? []);
	const paid = desk.cage.group('entry/');
	return lives.flatMap((life) => paid.get(life)?.seq ?? []);
}
