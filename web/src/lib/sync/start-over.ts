/**
 * What is decided when a replica starts over, as pure functions: whether a server is one to go on with, which edits
 * may be lost with the old replica, and how a restored leaf's gap in this device's own counters is closed.
 */
import { ACT_EDITS_MAX, BLANK, compareStamps, encode, parseStamp, stampText } from '#lib/facts/edits.ts';
import { SCHEMA } from '#lib/facts/facts.gen.ts';
import { newNonce } from '#lib/facts/ids.ts';
import { type Act, isBlank, type LocalDocument } from '#lib/facts/local-document.ts';
import type { HandInPage, Hello, Vector } from './line.ts';

/** Where a document's generations stand: the term of the leaf, the epoch of the document. */
export type Met = { readonly term: number; readonly epoch: number | null };

/** An act that only closes a gap. */
export type Filler = Act & { readonly blank: boolean };

/** Bytes of the edits of one page; the vector comes besides, and the frame may be 256 KiB. */
const PAGE_BYTES_MAX = 192 * 1024;
const PAGE_EDITS_MAX = 1_000;
/** What is offered is no more than a document may hold. */
const OFFER_BYTES_MAX = 8 * 1024 * 1024;
const PROMISED_MAX = 64;
const FILL_MAX = 10_000;

/** Whether a server that says `one` is behind what has been seen: an old box, or a core that has yet to hear. */
export function behind(one: Met, seen: Met): boolean {
	if (seen.epoch === null || one.term !== seen.term) return one.term < seen.term;
	return one.epoch !== null && one.epoch < seen.epoch;
}

/** Whether what `one` serves is of another generation than the replica. */
export function other(one: Met, replica: Met): boolean {
	if (replica.epoch === null) return false;
	return one.epoch !== replica.epoch || (replica.term !== 0 && one.term !== replica.term);
}

/** Why this build may not write where that server is. */
export function schemaFault({ schema, schema_min }: Hello): 'old-page' | 'old-box' | null {
	if (schema_min !== undefined && SCHEMA < schema_min) return 'old-page';
	return schema !== undefined && SCHEMA > schema ? 'old-box' : null;
}

/** Two vectors, the greater counter of each; of those beyond the bound the ones not raised for longest go. */
export function raised(vector: Vector, by: Vector): Vector {
	const all = new Map(Object.entries(vector));
	for (const [replica, counter] of Object.entries(by)) {
		if (counter <= (all.get(replica) ?? 0)) continue;
		all.delete(replica);
		all.set(replica, counter);
	}
	return Object.fromEntries([...all].slice(-PROMISED_MAX));
}

/** Whether the leaf has decided less than it promised. */
export function lower(vector: Vector, promised: Vector): boolean {
	return Object.entries(promised).some(([replica, counter]) => (vector[replica] ?? 0) < counter);
}

/**
 * The edits of all writers that the old replica has and the fresh one never had, oldest first, and with an empty
 * text those that the old one knows to be gone while the fresh one still has them. Own acts that are still unsent go
 * their own way.
 */
export function missing(
	old: LocalDocument,
	fresh: LocalDocument,
	unsent: readonly Act[],
): (readonly [stamp: string, text: string])[] {
	const own = new Set(unsent.flatMap(({ edits }) => edits.map(([stamp]) => stamp)));
	return [...old.stamps()]
		.filter((stamp) => !own.has(stamp))
		.map((stamp) => [stamp, old.text(stamp) ?? ''] as const)
		.filter(([stamp, text]) => (text ? !fresh.held(stamp) : fresh.text(stamp) !== undefined))
		.sort(([a], [b]) => compareStamps(a, b));
}

/** Both lists, each stamp once; where it is too much the oldest are left out. */
function united(one: HandInPage['edits'], two: HandInPage['edits']): HandInPage['edits'] {
	const all = [...new Map([...one, ...two])].sort(([a], [b]) => compareStamps(b, a));
	let bytes = 0;
	const room = all.findIndex(([stamp, text]) => {
		bytes += stamp.length + text.length;
		return bytes > OFFER_BYTES_MAX;
	});
	return (room < 0 ? all : all.slice(0, room)).reverse();
}

/** An older offer that was not taken yet, and what a replica has to offer now; null: nothing. */
export function offered(
	before: HandInPage | null,
	edits: HandInPage['edits'],
	promised: Vector,
): HandInPage | null {
	const all = united(before?.edits ?? [], edits);
	const vector = raised(before?.vector ?? {}, promised);
	return all.length || Object.keys(vector).length ? { edits: all, vector } : null;
}

/**
 * The notes of a hand-in: the setup first, without which there is no document. The last one carries what was
 * promised: only after it is the gap closed.
 */
export function pages(edits: HandInPage['edits'], promised: Vector): HandInPage[] {
	const cut: (readonly [string, string])[][] = [[]];
	let bytes = 0;
	const setup = ([, text]: readonly [string, string]) => (text.startsWith('["setup"') ? 0 : 1);
	for (const edit of [...edits].sort((a, b) => setup(a) - setup(b))) {
		const size = new TextEncoder().encode(JSON.stringify(edit)).length + 1;
		const page = cut.at(-1)!;
		if (page.length && (bytes + size > PAGE_BYTES_MAX || page.length === PAGE_EDITS_MAX)) {
			cut.push([edit]);
			bytes = size;
		} else {
			page.push(edit);
			bytes += size;
		}
	}
	return cut.map((page, n) => ({ edits: page, vector: n === cut.length - 1 ? promised : {} }));
}

/**
 * The counters of own replicas that come before the first unsent act and that the leaf has not decided; but for
 * those that `held` by the replica go out with it.
 */
export function gaps(
	acts: readonly Act[],
	decided: Vector,
	held: (replica: string) => ReadonlySet<number>,
): Map<string, number[]> {
	const first = new Map<string, number>();
	for (const { edits } of acts)
		for (const [text] of edits) {
			const { replica, counter } = parseStamp(text)!;
			first.set(replica, Math.min(counter, first.get(replica) ?? counter));
		}
	const found = new Map<string, number[]>();
	for (const [replica, counter] of first) {
		const from = (decided[replica] ?? 0) + 1;
		if (counter <= from) continue;
		const there = held(replica);
		const all = Array.from({ length: Math.min(counter - from, FILL_MAX) }, (_, n) => from + n);
		const missed = all.filter((one) => !there.has(one));
		if (missed.length) found.set(replica, missed);
	}
	return found;
}

/**
 * Acts that close the gaps where no window is open to hand in, each of blanks or of edits: own edits that are still
 * known as they were, blanks for the rest.
 */
export function filling(found: ReadonlyMap<string, readonly number[]>, known: HandInPage['edits']): Filler[] {
	const byCounter = new Map(
		known
			.filter(([, text]) => text)
			.map((edit) => {
				const { replica, counter } = parseStamp(edit[0])!;
				return [`${replica} ${counter}`, edit] as const;
			}),
	);
	const acts: { blank: boolean; edits: (readonly [stamp: string, text: string])[] }[] = [];
	for (const [replica, counters] of found)
		for (const counter of counters) {
			const edit = byCounter.get(`${replica} ${counter}`);
			const last = acts.at(-1);
			const blank = !edit || isBlank(edit[1]);
			const fits = last?.blank === blank && last.edits.length < ACT_EDITS_MAX;
			if (!fits) acts.push({ blank, edits: [] });
			acts.at(-1)!.edits.push(edit ?? nothingAt(replica, counter));
		}
	return acts.map(({ blank, edits }) => {
		const { ms } = parseStamp(edits[0]![0])!;
		return { id: newNonce(10), person: '', atMs: ms, edits, blank };
	});
}

function nothingAt(replica: string, counter: number): readonly [stamp: string, text: string] {
	const edit = { name: BLANK, value: null, replaces: [], person: '', act: '' };
	return [stampText({ ms: 0, counter, replica }), encode(edit)];
}

/** Whether an act before this one was moved to other stamps: this one goes along, or its counters follow a hole. */
export function follows(act: Act, moved: ReadonlyMap<string, string>): boolean {
	const replicas = new Set(act.edits.map(([stamp]) => parseStamp(stamp)!.replica));
	return [...moved.keys()].some((old) => replicas.has(parseStamp(old)!.replica));
}
