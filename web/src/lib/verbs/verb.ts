/**
 * What all verbs share: an act that was done and can be taken back, or a refusal before anything was written.
 * The set of verbs is the set of things a person can do to documents; each is one act.
 */
import { newActId } from '../acts.ts';
import { type Json, parseStamp } from '../edits.ts';
import type { Kind } from '../facts.gen.ts';
import type { Index } from '../facts.ts';
import type { Act, Change } from '../local-document.ts';
import type { Replica } from '../replica.svelte.ts';
import { planTakeBack, type Stays, type Told } from '../take-back.ts';

export type Done<More = object> = { ok: true; act: Act; undo(allTheSame?: boolean): Done | Refusal } & More;
export type Refusal = { ok: false; code: RefusalCode; message: string; details: Record<string, Json> };
export type RefusalCode = keyof typeof MESSAGES;

type Changes = Record<string, unknown>;

const MESSAGES = {
	not_writable: 'This tablet can’t change that now.',
	later_changes: 'Later changes depend on this. Take those back first.',
	changed_since: 'This was changed since.',
	no_table: 'That table is not part of this event.',
	table_closed: 'That table is closed.',
	no_seat: 'That table has no such seat.',
	out_of_use: 'That seat is out of use.',
	taken: 'That seat was taken meanwhile.',
	already_seated: 'This player already has a seat. Move them instead.',
	not_seated: 'This player has no seat.',
	already_out: 'This player was already out. Nothing changed.',
	not_entered: 'This player has no entry.',
	clock_unchanged: 'The clock is there already.',
	stale: 'This proposal is out of date. Nothing was moved. Look at the new one.',
	no_room: 'There are not enough open seats. Open a table or break later.',
	button_unknown: 'The button of that table is not known. Set it first.',
	already_waiting: 'This player is on that list already.',
	already_called: 'This player was called already.',
	nobody_waiting: 'Nobody on that list is waiting.',
	no_open_seat: 'No seat is open for that list.',
	gone: 'That is no longer there.',
	empty: 'There is nothing to write.',
	number_used: 'Another table has that number.',
	in_use: 'Somebody sits at that table. Move them first.',
} as const;

export function refuse(code: RefusalCode, details: Record<string, Json> = {}): Refusal {
	return { ok: false, code, message: MESSAGES[code], details };
}

/** Documents that any writer may begin; the others are set up with what they need to know. */
const PLAIN_SETUP = new Set<string>(['floor', 'displays', 'roster', 'config']);

/** Writes facts (null: gone) as one act. A document of a plain kind gets its setup with the first one. */
export function perform<K extends Kind>(replica: Replica<K>, changes: Changes): Done | Refusal {
	if (!replica.writable) return refuse('not_writable');
	const entries = Object.entries(changes) as [string, Json][];
	if (PLAIN_SETUP.has(replica.document) && replica.reader.get('setup') === null)
		entries.unshift(['setup', { kind: replica.document, version: 1 }]);
	return write(replica, entries, null);
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
	return write(replica, changes, taking.stamp);
}

function write<K extends Kind>(
	replica: Replica<K>,
	changes: readonly Change[],
	takesBack: string | null,
): Done {
	const before = changes.map(([name]) => replica.reader.get(name));
	const act = replica.act(changes, newActId(takesBack));
	const told = changes.map(([name, after], n) => ({
		stamp: act.edits[n]![0],
		name,
		before: before[n]!,
		after,
	}));
	replica.did({ document: replica.document, act, told, takesBack });
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
