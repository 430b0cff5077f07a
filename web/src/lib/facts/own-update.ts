/** What this device wrote and the other side lacks, and nothing of anybody else. */
import * as Y from 'yjs';

/** Bytes of a step 2 answer that a server takes in one go. */
export const ANSWER_BYTES_MAX = 2 * 1024 * 1024;

/** `next`: the answer was cut; the state vector from which the rest is to follow. */
export type Answer = { update: Uint8Array; next: Uint8Array | null };

/**
 * The answer to the state vector `theirs`. Where it would be longer than `bytesMax` it is cut between acts
 * (`acts`: the updates of acts not accepted yet, in their order), so that a server sees each act whole.
 */
export function answer(
	doc: Y.Doc,
	own: ReadonlySet<number>,
	theirs: Uint8Array,
	acts: readonly Uint8Array[],
	bytesMax = ANSWER_BYTES_MAX,
): Answer {
	const whole = ownUpdate(doc, own, theirs);
	if (whole.length <= bytesMax) return { update: whole, next: null };
	const known = Y.decodeStateVector(theirs);
	const part: Uint8Array[] = [];
	let bytes = 0;
	for (const act of acts) {
		const ends = Y.parseUpdateMeta(act).to;
		if (![...ends].some(([client, clock]) => clock > (known.get(client) ?? 0))) continue;
		bytes += act.length;
		if (part.length && bytes > bytesMax) break;
		part.push(act);
		for (const [client, clock] of ends) known.set(client, clock);
	}
	if (!part.length) return { update: whole, next: null };
	return { update: Y.mergeUpdates(part), next: Y.encodeStateVector(known) };
}

/**
 * An update of the sections of `own` client ids beyond the state vector `theirs`; of everybody else's nothing, and
 * no delete set: only the leaf deletes, and what it deleted would count to the size of the answer.
 */
export function ownUpdate(doc: Y.Doc, own: ReadonlySet<number>, theirs: Uint8Array): Uint8Array {
	const known = Y.decodeStateVector(theirs);
	const from = Y.decodeStateVector(Y.encodeStateVector(doc));
	for (const [id, clock] of from) if (own.has(id)) from.set(id, Math.min(known.get(id) ?? 0, clock));
	const update = Y.encodeStateAsUpdate(doc, Y.encodeStateVector(from));
	if (doc.store.pendingStructs || doc.store.pendingDs) return update;
	// the delete set comes last (v1), the same bytes as in an update that carries nothing else
	const deletes = Y.encodeStateAsUpdate(doc, Y.encodeStateVector(doc)).length - 1;
	const stripped = update.slice(0, update.length - deletes + 1);
	stripped[stripped.length - 1] = 0;
	return stripped;
}
