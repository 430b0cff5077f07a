/**
 * What all verbs of staff share: an act that was done and can be taken back, or a refusal before anything was written.
 * The set of verbs is the set of things a person can do to documents; each is one act.
 */
import { parseStamp } from '../edits.ts';
import type { Kind } from '../facts.gen.ts';
import type { Index } from '../facts.ts';
import type { Act } from '../local-document.ts';
import type { Replica } from '../replica.svelte.ts';
import { planTakeBack, type Stays, type Told } from '../take-back.ts';
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
	nobody_waiting: 'Nobody on that list is waiting.',
	no_open_seat: 'No seat is open for that list.',
	gone: 'That is no longer there.',
	empty: 'There is nothing to write.',
	formula_invalid: 'The formula can’t be read. Nothing was written.',
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
	if (replica.document.startsWith('tournament/') && overFor(replica.reader, Object.keys(changes)))
		return refuse('finished');
	const written = writeFacts(replica, changes);
	return written.ok ? undoable(replica, written) : written;
}

/**
 * Takes an act back by a new one that names what it undoes; that can be taken back in turn. Refuses with
 * `changed_since` where somebody changed it since (`allTheSame`: takes it back then too), and with `later_changes`
 * where a later fact depends on it.
 */
export function takeActBack<K extends Kind>(
	replica: Replica<K>,
	told: readonly Told[],
	allTheSame = false,
): Done | Refusal {
	if (!replica.writable) return refuse('not_writable');
	const { index } = replica.keeper.local;
	const kind = replica.document.split('/', 1)[0] as Kind;
	const {
		taken: [taking],
		stays: [why],
	} = planTakeBack(kind, index, [told], allTheSame);
	if (why || !taking?.edits.length) return stays(index, why ?? null);
	const changes = taking.edits.map(({ name, value, replaces }) => [name, value, replaces] as const);
	return undoable(replica, writeAct(replica, changes, taking.stamp));
}

function undoable<K extends Kind>(replica: Replica<K>, { act, told }: Written): Done {
	return { ok: true, act, undo: (allTheSame) => takeActBack(replica, told, allTheSame) };
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
