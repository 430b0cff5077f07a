/**
 * What all verbs share: an act that was done and can be taken back, or a refusal before anything was written.
 * The set of verbs is the set of things a person can do to documents; each is one act.
 */
import type { Json } from '../edits.ts';
import type { Kind } from '../facts.gen.ts';
import type { Act } from '../local-document.ts';
import type { Replica } from '../replica.svelte.ts';

export type Done<More = object> = { ok: true; act: Act; undo(): Done | Refusal } & More;
export type Refusal = { ok: false; code: RefusalCode; message: string; details: Record<string, Json> };
export type RefusalCode = keyof typeof MESSAGES;

type Changes = Record<string, unknown>;

const MESSAGES = {
	not_writable: 'This tablet can’t change that now.',
	later_changes: 'Later changes depend on this. Take those back first.',
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
	const { reader } = replica;
	const entries = Object.entries(changes) as [string, Json][];
	if (PLAIN_SETUP.has(replica.document) && reader.get('setup') === null)
		entries.unshift(['setup', { kind: replica.document, version: 1 }]);
	const before = entries.map(([name]) => [name, reader.get(name)] as const);
	const act = replica.act(entries);
	const stampOf = new Map(entries.map(([name], n) => [name, act.edits[n]![0]]));
	const undo = () => {
		const later = entries
			.filter(([name]) => replica.reader.stamp(name) !== stampOf.get(name))
			.map(([name]) => name);
		if (later.length) return refuse('later_changes', { names: later });
		return perform(replica, Object.fromEntries(before.filter(([name]) => name !== 'setup')));
	};
	return { ok: true, act, undo };
}
