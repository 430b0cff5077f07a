/**
 * What all verbs of staff share: an act that was done and can be taken back, or a refusal before anything was written.
 * The set of verbs is the set of things a person can do to documents; each is one act.
 */
import { ACT_EDITS_MAX, parseStamp } from '#lib/facts/edits.ts';
import type { Kind } from '#lib/facts/facts.gen.ts';
import type { Index } from '#lib/facts/facts.ts';
import type { Act } from '#lib/facts/local-document.ts';
import { planTakeBack, type Stays, type Told } from '#lib/facts/take-back.ts';
import type { Replica } from '#lib/sync/replica.svelte.ts';
import { overFor } from '../twins/elimination/refusal.ts';
import { type Refusal, refusal, type Written, writeAct, writeFacts } from './written.ts';

export type { Refusal } from './written.ts';

export type Done<More = object> = { ok: true; act: Act; undo(allTheSame?: boolean): Done | Refusal } & More;

export type RefusalCode = keyof typeof MESSAGES;

const MESSAGES = {
	not_writable: 'This tablet can’t change that now.',
	later_changes: 'Later changes depend on this. Take those back first.',
	changed_since: 'This was changed since.',
	no_table: 'That table is not part of this event.',
	table_closed: 'That table is closed.',
	no_seat: 'That table has no such seat.',
	no_seats: 'Nobody can sit at that table: it has no seats.',
	out_of_use: 'That seat is out of use.',
	table_locked: 'That table is locked.',
	taken: 'That seat was taken meanwhile.',
	already_seated: 'This player already has a seat. Move them instead.',
	not_seated: 'This player has no seat.',
	already_out: 'This player was already out. Nothing changed.',
	not_entered: 'This player has no entry.',
	last_one: 'This is the last player left: they have won.',
	finished: 'This event is over. Start its clock again to change it.',
	own_head: 'Nobody takes their own head.',
	no_hand: 'That hand is not open. Look again.',
	unexplained: 'The count differs. Count again, or say why.',
	not_for_sale: 'That can’t be bought now.',
	already_wanted: 'The cage was asked for that already.',
	clock_unchanged: 'The clock is there already.',
	unchanged: 'It is so already.',
	ladder: 'The level ladder has a fault.',
	level_played: 'That level was played. It stays as it was.',
	level_current: 'That level is being played. Only its minutes can change.',
	level_shorter: 'More of that level was played already.',
	too_many_levels: 'That is more levels than an event takes.',
	event_ended: 'The clock of this event has ended. Go a level back to open it again.',
	registration_over: 'Registration is closed. Open it again with a reason.',
	stale: 'This proposal is out of date. Nothing was moved. Look at the new one.',
	no_room: 'There are not enough open seats. Open a table or break later.',
	button_invalid: 'The button stands on a seat that table has not. Set it anew.',
	button_unknown: 'The button of that table is not known. Set it first.',
	already_waiting: 'This player is on that list already.',
	already_called: 'This player was called already.',
	no_reason: 'Say why. A penalty without a reason is not kept.',
	nobody_waiting: 'Nobody on that list is waiting.',
	no_open_seat: 'No seat is open for that list.',
	gone: 'That is no longer there.',
	empty: 'There is nothing to write.',
	formula_invalid: 'The formula can’t be read. Nothing was written.',
	off_plan: 'That is not on the room plan.',
	number_used: 'Another table has that number.',
	in_use: 'Somebody sits at that table. Move them first.',
} as const;

export function refuse(code: RefusalCode, details: Refusal['details'] = {}): Refusal {
	return refusal(code, MESSAGES[code], details);
}

/** Writes facts (null: gone) as one act. A document of a plain kind gets its setup with the first one. */
export function perform<K extends Kind>(
	replica: Replica<K>,
	changes: Record<string, unknown>,
): Done | Refusal {
	const written = write(replica, changes);
	return written.ok ? undoable(replica, [written]) : written;
}

function write<K extends Kind>(replica: Replica<K>, changes: Record<string, unknown>): Written | Refusal {
	if (replica.document.startsWith('tournament/') && overFor(replica.reader, Object.keys(changes)))
		return refuse('finished');
	return writeFacts(replica, changes);
}

/**
 * Changes of many players or tables at once: each group whole within an act, in as few acts as that takes. What is
 * refused before the first one was written leaves nothing; Undo takes all of them back, the last first.
 */
export function performAll<K extends Kind>(
	replica: Replica<K>,
	groups: readonly Record<string, unknown>[],
): Done | Refusal {
	const acts: Written[] = [];
	for (const changes of filled(groups)) {
		const written = write(replica, changes);
		if (!written.ok) return written;
		acts.push(written);
	}
	return acts.length ? undoable(replica, acts) : refuse('empty');
}

/** The groups, as many to an act as it holds. */
function filled(groups: readonly Record<string, unknown>[]): Record<string, unknown>[] {
	const acts: Record<string, unknown>[] = [];
	for (const group of groups) {
		const together = { ...acts.at(-1), ...group };
		if (acts.length && Object.keys(together).length <= ACT_EDITS_MAX) acts[acts.length - 1] = together;
		else acts.push(group);
	}
	return acts;
}

/**
 * Takes acts back together, each by a new one that names what it undoes; that can be taken back in turn. Refuses all with
 * `changed_since` where somebody changed one since (`allTheSame`: takes them back then too), and with `later_changes`
 * where a later fact depends on one.
 */
export function takeActsBack<K extends Kind>(
	replica: Replica<K>,
	acts: readonly (readonly Told[])[],
	allTheSame = false,
): Done | Refusal {
	if (!replica.writable) return refuse('not_writable');
	const { index } = replica.keeper.local;
	const kind = replica.document.split('/', 1)[0] as Kind;
	const {
		taken,
		stays: [why],
	} = planTakeBack(kind, index, acts, allTheSame);
	const takings = taken.filter(({ edits }) => edits.length);
	if (why || !takings.length) return stays(index, why ?? null);
	const written = takings.map(({ stamp, edits }) => {
		const changes = edits.map(({ name, value, replaces }) => [name, value, replaces] as const);
		return writeAct(replica, changes, stamp);
	});
	return undoable(replica, written);
}

/** The last act of what was done stands for it. */
function undoable<K extends Kind>(replica: Replica<K>, written: readonly Written[]): Done {
	const acts = written.map(({ told }) => told);
	return {
		ok: true,
		act: written.at(-1)!.act,
		undo: (allTheSame) => takeActsBack(replica, acts, allTheSame),
	};
}

/** Why it stays, with who left the fact in its way as it is, and when. */
function stays(index: Index, why: Stays | null): Refusal {
	if (!why) return refuse('gone');
	const stamp = why.fact ? index.stamp(why.fact) : '';
	const details = {
		...why,
		person: index.edits.get(stamp)?.person ?? '',
		at_ms: parseStamp(stamp)?.ms ?? null,
	};
	return refuse(why.code === 'changed' ? 'changed_since' : 'later_changes', details);
}
