/**
 * Own acts that the leaf has not accepted, in their order: in memory here, each with its row in the store.
 * An act leaves only when the leaf's vector covers it, or when its replica starts over without it.
 */
import { parseStamp } from '#lib/facts/edits.ts';
import type { Act, WrittenAct } from '#lib/facts/local-document.ts';
import type { Vector } from './line.ts';

/** As the store keeps it. */
export type KeptAct = WrittenAct & {
	/** place among the unsent acts of its document */
	readonly order: number;
	/**
	 * what the corrections of this device's time (`LeafTime.shift`) came to when it was written, less what its stamp is
	 * ahead even so; null: of an earlier page whose time was right
	 */
	readonly shift: number | null;
	/** a server had said its time to the page that wrote it */
	readonly timed: boolean;
	/** a server may have it: its stamps must stay */
	readonly sent: boolean;
	/** the core has accepted it */
	readonly atCore: boolean;
	/** refused by the core, or lost: its edits are or become blanks, kept only so that the counters have no hole */
	readonly blank: boolean;
	/** the core has decided it and does not hold it, as in an epoch that began without it: for the leaf only */
	readonly leafOnly: boolean;
};

const UNMARKED = { atCore: false, blank: false, leafOnly: false };

export class UnsentActs {
	#acts = new Map<string, KeptAct>();
	#order = 0;

	get all(): readonly KeptAct[] {
		return [...this.#acts.values()];
	}

	/** What a person may be told of; blanks say nothing. */
	get shown(): readonly KeptAct[] {
		return this.all.filter((act) => !act.blank);
	}

	/** Place of the last act that a server may have: what stands before it keeps its stamps too, or there is a hole. */
	get lastSent(): number {
		return Math.max(-1, ...this.all.filter((act) => act.sent).map((act) => act.order));
	}

	has(id: string): boolean {
		return this.#acts.has(id);
	}

	/** A new act at the end. */
	add(act: WrittenAct, marks: Pick<KeptAct, 'shift' | 'sent' | 'timed'>): KeptAct {
		const kept = { ...UNMARKED, ...act, ...marks, order: this.#order++ };
		this.#acts.set(act.id, kept);
		return kept;
	}

	/** An act that is made to be among them, by `replace`. */
	made(act: WrittenAct & { blank: boolean }): KeptAct {
		return { ...UNMARKED, shift: null, timed: true, sent: true, order: 0, ...act };
	}

	/** All of them anew, in this order: from the store, or after starting over. */
	replace(acts: readonly KeptAct[]): void {
		this.#acts = new Map(acts.map((act, order) => [act.id, { ...act, order }]));
		this.#order = acts.length;
	}

	/** Answers those that were here. */
	forget(acts: readonly Pick<Act, 'id'>[]): KeptAct[] {
		const known = acts.flatMap(({ id }) => this.#acts.get(id) ?? []);
		for (const { id } of known) this.#acts.delete(id);
		return known;
	}

	/** Marks those that `which` picks; answers what changed. */
	mark(which: (act: KeptAct) => boolean, marks: Partial<KeptAct>): KeptAct[] {
		const marked = this.all.filter(which).map((act) => ({ ...act, ...marks }));
		for (const act of marked) this.#acts.set(act.id, act);
		return marked;
	}

	/** The act that holds an edit. */
	withStamp(stamp: string): KeptAct | undefined {
		return this.all.find((act) => act.edits.some(([own]) => own === stamp));
	}
}

/** Whether a server has decided all edits of this act. */
export function covers(vector: Vector, act: Pick<Act, 'edits'>): boolean {
	return act.edits.every(([text]) => {
		const stamp = parseStamp(text);
		return stamp !== null && stamp.counter <= (vector[stamp.replica] ?? 0);
	});
}
