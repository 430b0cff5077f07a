/**
 * An edit: written once under its stamp as one JSON text, `[name, value, replaces, [person, act]]`.
 *
 * A stamp is `<ms>.<counter>.<replica>`: `ms` is leaf time in base 36, `counter` the replica's own 1, 2, 3 …,
 * replica = `<device>-<nonce>`. Stamps compare as (ms as a number, counter as a number, replica by code units).
 * Twin of `crdt_models/stamps.py` and `crdt_models/edits.py`; all read `tests/vectors/{stamps,edits}.json`.
 */
export type Json = string | number | boolean | null | Json[] | { [key: string]: Json };

export type Stamp = { ms: number; counter: number; replica: string };

export type Edit = {
	name: string;
	/** null: gone */
	value: Json;
	replaces: readonly string[];
	person: string;
	/** edits of one act stand or fall together; "" for an edit on its own */
	act: string;
};

/** Not an edit that may enter. */
export type Unfit = { code: 'size' | 'json' | 'shape' | 'replaces' };

export const VALUE_BYTES_MAX = 4_096; // of the value as compact JSON in UTF-8
export const DEPTH_MAX = 8; // lists and objects inside one another
export const REPLACES_MAX = 64;
export const ACT_EDITS_MAX = 64;
const NAME_MAX = 128;
const BY_MAX = 64;
const TEXT_BYTES_MAX = VALUE_BYTES_MAX + 512 + 60 * REPLACES_MAX;

/** The name of an edit that stands for no fact: it only fills the place of a refused one. */
export const BLANK = '';

const STAMP = /^(0|[1-9a-z][0-9a-z]{0,8})\.([1-9][0-9]{0,8})\.([A-Za-z0-9]{1,24}-[A-Za-z0-9]{1,12})$/;

/** The stamp, or null where `text` is none. */
export function parseStamp(text: string): Stamp | null {
	const found = STAMP.exec(text);
	if (!found) return null;
	return { ms: parseInt(found[1]!, 36), counter: Number(found[2]), replica: found[3]! };
}

export function stampText(stamp: Stamp): string {
	return `${stamp.ms.toString(36)}.${stamp.counter}.${stamp.replica}`;
}

/** The device a stamp names. */
export function deviceOf(stamp: Stamp): string {
	return stamp.replica.slice(0, stamp.replica.indexOf('-'));
}

/** Negative, 0 or positive, as a sort function wants it. Both must be stamps. */
export function compareStamps(one: string, other: string): number {
	if (one === other) return 0;
	const a = known(one);
	const b = known(other);
	return a.ms - b.ms || a.counter - b.counter || (a.replica < b.replica ? -1 : 1);
}

function known(text: string): Stamp {
	const stamp = parseStamp(text);
	if (!stamp) throw new Error(`not a stamp: ${text.slice(0, 80)}`);
	return stamp;
}

export function encode(edit: Edit): string {
	return JSON.stringify([edit.name, edit.value, edit.replaces, [edit.person, edit.act]]);
}

/** The edit under `stamp`, or why it is none. Pure: the same answer everywhere, for ever. */
export function decode(stamp: string, text: string): Edit | Unfit {
	if (bytes(text) > TEXT_BYTES_MAX) return { code: 'size' };
	let read: unknown;
	try {
		read = JSON.parse(text, finite);
	} catch {
		return { code: 'json' };
	}
	if (/\\u[dD]/.test(text) && !wellFormed(read as Json)) return { code: 'json' };
	if (!shaped(read)) return { code: 'shape' };
	const [name, value, replaces, [person, act]] = read;
	if (person.length > BY_MAX || act.length > BY_MAX || name.length > NAME_MAX) return { code: 'shape' };
	if (replaces.length > REPLACES_MAX || !shallow(value, DEPTH_MAX)) return { code: 'size' };
	if (text.length * 4 > VALUE_BYTES_MAX && bytes(JSON.stringify(value)) > VALUE_BYTES_MAX)
		return { code: 'size' };
	for (const named of replaces)
		if (typeof named !== 'string' || !parseStamp(named) || compareStamps(named, stamp) >= 0)
			return { code: 'replaces' };
	return { name, value, replaces: replaces as string[], person, act };
}

type Read = [string, Json, unknown[], [string, string]];

function shaped(read: unknown): read is Read {
	if (!Array.isArray(read) || read.length !== 4) return false;
	const [name, , replaces, by] = read;
	const strings = Array.isArray(by) && by.length === 2 && by.every((text) => typeof text === 'string');
	return typeof name === 'string' && Array.isArray(replaces) && strings;
}

/** 1e999 reads as infinity: no number that JSON could hold. */
function finite(_key: string, value: unknown): unknown {
	if (typeof value === 'number' && !Number.isFinite(value)) throw new SyntaxError('a number too large');
	return value;
}

function wellFormed(value: Json): boolean {
	if (typeof value === 'string') return value.isWellFormed();
	if (value === null || typeof value !== 'object') return true;
	if (Array.isArray(value)) return value.every(wellFormed);
	return Object.entries(value).every(([key, item]) => key.isWellFormed() && wellFormed(item));
}

/** Not nested deeper than `left`, and no integer that JavaScript would round. */
function shallow(value: Json, left: number): boolean {
	if (typeof value === 'number') return !Number.isInteger(value) || Number.isSafeInteger(value);
	if (value === null || typeof value !== 'object') return true;
	return left > 0 && Object.values(value).every((item) => shallow(item, left - 1));
}

function bytes(text: string): number {
	return new TextEncoder().encode(text).length;
}
