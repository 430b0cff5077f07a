/**
 * What all acts share: facts written together, or a refusal before anything was written. Taking back is not here: a
 * phone, which must stay small, takes nothing back by it.
 */
import { newActId } from '../acts.ts';
import type { Json } from '../edits.ts';
import type { Kind } from '../facts.gen.ts';
import type { Act, Change } from '../local-document.ts';
import type { Replica } from '../replica.svelte.ts';
import type { Told } from '../take-back.ts';

/** An act that was done: its edits with what the facts said before. */
export type Written<More = object> = { ok: true; act: Act; told: readonly Told[] } & More;
export type Refusal = { ok: false; code: RefusalCode; message: string; details: Record<string, Json> };
export type RefusalCode = keyof typeof MESSAGES;

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
export function writeFacts<K extends Kind>(
	replica: Replica<K>,
	changes: Record<string, unknown>,
): Written | Refusal {
	if (!replica.writable) return refuse('not_writable');
	const entries = Object.entries(changes) as [string, Json][];
	if (PLAIN_SETUP.has(replica.document) && replica.reader.get('setup') === null)
		entries.unshift(['setup', { kind: replica.document, version: 1 }]);
	return writeAct(replica, entries, null);
}

/** `takesBack`: the first stamp of the act that this one takes back. */
export function writeAct<K extends Kind>(
	replica: Replica<K>,
	changes: readonly Change[],
	takesBack: string | null,
): Written {
	const before = changes.map(([name]) => replica.reader.get(name));
	const act = replica.act(changes, newActId(takesBack));
	const told = changes.map(([name, after], n) => ({
		stamp: act.edits[n]![0],
		name,
		before: before[n]!,
		after,
	}));
	replica.did({ document: replica.document, act, told, takesBack });
	return { ok: true, act, told };
}
