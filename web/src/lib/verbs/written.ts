/**
 * What all acts share: facts written together, or a refusal before anything was written. Taking back is not here: a
 * phone, which must stay small, takes nothing back by it.
 */
import { newActId } from '#lib/facts/acts.ts';
import type { Json } from '#lib/facts/edits.ts';
import type { Kind } from '#lib/facts/facts.gen.ts';
import type { Act, Change } from '#lib/facts/local-document.ts';
import type { Told } from '#lib/facts/take-back.ts';
import type { Replica } from '#lib/sync/replica.svelte.ts';
import type { RefusalCode } from './verb.ts';

/** An act that was done: its edits with what the facts said before. */
export type Written<More = object> = { ok: true; act: Act; told: readonly Told[] } & More;
export type Refusal = { ok: false; code: RefusalCode; message: string; details: Record<string, Json> };

export function refusal(code: RefusalCode, message: string, details: Refusal['details'] = {}): Refusal {
	return { ok: false, code, message, details };
}

/** Documents that any writer may begin; the others are set up with what they need to know. */
const PLAIN_SETUP = new Set<string>(['floor', 'displays', 'roster', 'config', 'leagues']);

/** Writes facts (null: gone) as one act. A document of a plain kind gets its setup with the first one. */
export function writeFacts<K extends Kind>(
	replica: Replica<K>,
	changes: Record<string, unknown>,
): Written | Refusal {
	if (!replica.writable) return refusal('not_writable', 'This tablet can’t change that now.');
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
