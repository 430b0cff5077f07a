/**
 * A document on this device, in memory: the Y.Doc, the index of its facts, and the stamps of what is written here.
 *
 * One instance is one replica: a client id, a replica name `<device>-<nonce>`, counters from 1. Nothing here knows
 * of servers, stores or other tabs.
 */
import * as Y from 'yjs';
import {
	ACT_EDITS_MAX,
	BLANK,
	compareStamps,
	decode,
	encode,
	type Json,
	parseStamp,
	REPLACES_MAX,
	stampText,
} from './edits.ts';
import { Index } from './facts.ts';
import { newNonce } from './ids.ts';
import { readingsOf } from './readings.ts';

/** `replaces`: instead of what this replica sees of the fact. */
export type Change = readonly [name: string, value: Json, replaces?: readonly string[]];

/** What a person did at once: one transaction, taken or refused whole. */
export type Act = {
	readonly id: string;
	readonly person: string;
	/** leaf time when it was written */
	readonly atMs: number;
	/** stamp and text of each edit, in the order of their counters */
	readonly edits: readonly (readonly [stamp: string, text: string])[];
};

/** An act and the bytes that carry it. */
export type WrittenAct = Act & { readonly update: Uint8Array };

const ACT = Symbol('act');
/** Client ids below it are nobody's: of two copies of an edit yjs keeps that of the greater id, here and for good. */
const REAL = 0x1_0000;

export class LocalDocument {
	readonly doc = new Y.Doc();
	readonly index: Index;
	readonly replica: string;
	#map: Y.Map<string>;
	#counter = 0;
	/** greatest ms seen in any stamp: what is replaced is always smaller */
	#ms = 0;
	#update: Uint8Array | null = null;

	constructor(
		readonly document: string,
		device: string,
		readonly now: () => number,
		changed: (names: ReadonlySet<string>) => void = () => {},
	) {
		this.replica = `${device}-${newNonce(6)}`;
		if (this.doc.clientID < REAL) this.doc.clientID += REAL;
		this.index = new Index(readingsOf(document));
		this.#map = this.doc.getMap<string>('f');
		this.#map.observe((event) => changed(this.#take(event.keysChanged as Set<string>)));
		this.doc.on('update', (update: Uint8Array, origin: unknown) => {
			if (origin === ACT) this.#update = update;
		});
	}

	/** One act of at most 64 edits; each replaces what this replica sees of its fact. */
	write(changes: readonly Change[], person: string, id: string = newNonce(10)): WrittenAct {
		if (!changes.length || changes.length > ACT_EDITS_MAX)
			throw new RangeError(`${changes.length} edits in one act`);
		const atMs = this.now();
		const ms = Math.max(atMs, this.#ms + 1);
		const edits = changes.map(([name, value, named]) => {
			const stamp = stampText({ ms, counter: ++this.#counter, replica: this.replica });
			const replaces = (named ?? this.index.live(name)).slice(-REPLACES_MAX);
			return [stamp, encode({ name, value, replaces, person, act: id })] as const;
		});
		return this.put({ id, person, atMs, edits });
	}

	/** Writes an act again as it is, under its own stamps, into a replica that has none of them. */
	put(act: Act): WrittenAct {
		this.#update = null;
		this.doc.transact(() => {
			for (const [stamp, text] of act.edits) this.#map.set(stamp, text);
		}, ACT);
		return { ...act, update: this.#update! };
	}

	/** Like `put`, but for this device to see only: any other copy of it takes its place. */
	show(act: Act): WrittenAct {
		const { clientID } = this.doc;
		this.writeAside();
		const written = this.put(act);
		this.doc.clientID = clientID;
		return written;
	}

	/** From now on what is written here is never sent, and gives way to the copy that is. */
	writeAside(): void {
		this.doc.clientID = 1 + Math.floor(Math.random() * (REAL - 1));
	}

	/** Takes back what was written aside. */
	forget(act: Pick<Act, 'edits'>): void {
		this.doc.transact(() => {
			for (const [stamp] of act.edits) this.#map.delete(stamp);
		}, ACT);
	}

	/** The edit under a stamp as it was written; undefined: not here, or gone. */
	text(stamp: string): string | undefined {
		return this.#map.get(stamp);
	}

	/** Whether that act was ever written here, also if it is gone. */
	holds(act: Pick<Act, 'edits'>): boolean {
		return act.edits.some(([stamp]) => this.held(stamp));
	}

	/** All stamps that were ever set here, also of what is gone. */
	stamps(): string[] {
		return [...this.#map._map.keys()].filter((key) => parseStamp(key));
	}

	/** Whether it is here under these stamps, or was moved. */
	knows(act: Act): boolean {
		return this.holds(act) || [...this.index.edits.values()].some((edit) => edit.act === act.id);
	}

	/** The counters of a replica that were ever set here, also of what is gone. */
	counters(replica: string): ReadonlySet<number> {
		const stamps = this.stamps().map(parseStamp);
		return new Set(stamps.flatMap((stamp) => (stamp?.replica === replica ? [stamp.counter] : [])));
	}

	/** Under which client ids those acts lie here, but for what was written aside. */
	writersOf(acts: readonly Pick<Act, 'edits'>[]): number[] {
		const items = acts.flatMap(({ edits }) => edits.map(([stamp]) => this.#map._map.get(stamp)));
		return items.flatMap((item) => (item && item.id.client >= REAL ? [item.id.client] : []));
	}

	/** Whether the key of this stamp was ever set here, also if it is gone. */
	held(stamp: string): boolean {
		return this.#map._map.has(stamp);
	}

	/** A new place in time for an act no server has seen: this replica's own stamps, `replaces` mapped by `moved`. */
	restamp(act: Act, aheadMs: number, moved: Map<string, string>): Act {
		const edits = act.edits.map(([stamp, text]) => {
			const ms = Math.max(parseStamp(stamp)!.ms - aheadMs, this.#ms + 1);
			const fresh = stampText({ ms, counter: ++this.#counter, replica: this.replica });
			moved.set(stamp, fresh);
			return [stamp, fresh, text] as const;
		});
		return {
			...act,
			edits: edits.map(([stamp, fresh, text]) => {
				const edit = decode(stamp, text);
				if ('code' in edit) return [fresh, text] as const; // it will be refused
				const replaces = edit.replaces
					.map((named) => moved.get(named) ?? named)
					.filter((named) => compareStamps(named, fresh) < 0);
				return [fresh, encode({ ...edit, replaces })] as const;
			}),
		};
	}

	#greatest(): number {
		let ms = 0;
		for (const stamp of this.index.edits.keys()) ms = Math.max(ms, parseStamp(stamp)!.ms);
		return ms;
	}

	#take(stamps: ReadonlySet<string>): ReadonlySet<string> {
		const names = new Set<string>();
		for (const stamp of stamps) {
			const parsed = parseStamp(stamp);
			if (!parsed) continue;
			const text = this.#map.get(stamp);
			if (text === undefined) {
				const edit = this.index.remove(stamp);
				if (edit) names.add(edit.name);
				if (parsed.ms >= this.#ms) this.#ms = this.#greatest();
				continue;
			}
			const edit = typeof text === 'string' ? decode(stamp, text) : null;
			if (!edit || 'code' in edit) continue;
			// not of what is gone: a refused stamp may be hours ahead, and would make ours so
			this.#ms = Math.max(this.#ms, parsed.ms);
			this.index.add(stamp, edit);
			names.add(edit.name);
		}
		names.delete(BLANK);
		return names;
	}
}

/** What an act changed; what else it named as replaced is to be seen again. */
export function changesOf(act: Act): Change[] {
	return act.edits.map(([stamp, text]) => {
		const edit = decode(stamp, text);
		if ('code' in edit) throw new Error(`kept an edit that is none: ${edit.code}`);
		return [edit.name, edit.value];
	});
}

/** The same act with nothing in it: fills the places of a refused one, so that the counters have no hole. */
export function blank(act: Act): Act {
	const edits = act.edits.map(([stamp, text]) => {
		const edit = decode(stamp, text);
		const replaces = 'code' in edit ? [] : edit.replaces;
		return [stamp, encode({ name: BLANK, value: null, replaces, person: act.person, act: act.id })] as const;
	});
	return { ...act, edits };
}

/** Whether the text of an edit is that of a blank. */
export function isBlank(text: string): boolean {
	return text.startsWith(`["${BLANK}",`);
}

/** Whether that blank stands for an edit that took the place of others. */
export function namesSome([, text]: readonly [stamp: string, text: string]): boolean {
	return !text.startsWith(`["${BLANK}",null,[],`);
}
