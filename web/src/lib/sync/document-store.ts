/**
 * One document in this device's store: its head, the rows of its replica, its own unsent acts, and what is to be
 * handed in after a restore.
 *
 * Invariants:
 * 1. One tab writes: who opens the document last owns it; each transaction looks, and raises TakenOver elsewhere.
 * 2. Rows and head are always of one epoch: they change together.
 * 3. An own act is written with strict durability together with the client id it was written under: only when that
 *    is done does a page say *saved here*. Updates of others are relaxed: a server has them anyway.
 */
import { newNonce } from '#lib/facts/ids.ts';
import type { HandInPage, Vector } from './line.ts';
import { finished, type Store } from './store.ts';
import type { KeptAct } from './unsent.ts';

/** Another tab of this device writes this document now. */
export class TakenOver extends Error {}

export type KeptHead = {
	/** client ids this device wrote under */
	readonly own: readonly number[];
	/** of the rows; null: never met a server, or wiped */
	readonly epoch: number | null;
	/** the greatest term of the leaf that was met; 0: none */
	readonly term: number;
	/** own replica → counter the leaf said it had decided */
	readonly promised: Vector;
	/** leaf time of the last fence */
	readonly fencedMs: number | null;
	/** own edits that were refused, the latest, as blanks that say what they named */
	readonly named: HandInPage['edits'];
};

/** Edits of any writer that a restored leaf may lack, with what its predecessor had promised us. */
export type Offer = HandInPage;

export type KeptDocument = { head: KeptHead; updates: Uint8Array[]; acts: KeptAct[]; offer: Offer | null };

type Row = { document: string; update: Uint8Array };
type Stores = 'rows' | 'acts' | 'offers';
type Owned = KeptHead & { document: string; writer: string };

export const NO_HEAD: KeptHead = { own: [], epoch: null, term: 0, promised: {}, fencedMs: null, named: [] };

export class DocumentStore {
	readonly #writer = newNonce(12);

	constructor(
		readonly store: Store,
		readonly document: string,
	) {}

	/** All there is, and from now on this tab is the one that writes. */
	async claim(): Promise<KeptDocument> {
		const tx = this.store.db.transaction(['heads', 'rows', 'acts', 'offers'], 'readwrite');
		const heads = tx.objectStore('heads');
		const head = heads.get(this.document) as IDBRequest<Owned | undefined>;
		head.onsuccess = () => heads.put(this.#owned({ ...NO_HEAD, ...head.result }));
		const rows = tx.objectStore('rows').index('document').getAll(this.document) as IDBRequest<Row[]>;
		const acts = tx.objectStore('acts').getAll(range(this.document)) as IDBRequest<KeptAct[]>;
		const offer = tx.objectStore('offers').get(this.document) as IDBRequest<Offer | undefined>;
		await finished(tx);
		const { own, epoch, term, promised, fencedMs, named } = { ...NO_HEAD, ...head.result };
		return {
			head: { own, epoch, term, promised, fencedMs, named },
			updates: rows.result.map((row) => row.update),
			acts: acts.result.sort((a, b) => a.order - b.order),
			offer: offer.result ?? null,
		};
	}

	/** Raises TakenOver. */
	check(): Promise<void> {
		return this.#write('relaxed', () => {});
	}

	/** An own act and the client ids, durable when the promise is kept. */
	keepAct(head: KeptHead, act: KeptAct): Promise<void> {
		return this.#write('strict', (tx) => {
			this.#putHead(tx, head);
			tx.objectStore('rows').add({ document: this.document, update: act.update });
			this.#putActs(tx, [act]);
		});
	}

	/** Of which epoch what follows is; what the leaf promised. */
	keepHead(head: KeptHead): Promise<void> {
		return this.#write('relaxed', (tx) => this.#putHead(tx, head));
	}

	/** Something about own acts changed: they were sent, or the core has them. */
	markActs(acts: readonly KeptAct[]): Promise<void> {
		return this.#write('strict', (tx) => this.#putActs(tx, acts));
	}

	/** The leaf has decided them, and promised so. */
	forgetActs(head: KeptHead, acts: readonly Pick<KeptAct, 'id'>[]): Promise<void> {
		return this.#write('relaxed', (tx) => {
			this.#putHead(tx, head);
			for (const { id } of acts) tx.objectStore('acts').delete([this.document, id]);
		});
	}

	keepUpdate(update: Uint8Array): Promise<void> {
		return this.#write('relaxed', (tx) => tx.objectStore('rows').add({ document: this.document, update }));
	}

	/** All there is of a document, at once: after many rows, or when its replica started over. `offer`: added. */
	replace(
		head: KeptHead,
		update: Uint8Array,
		acts: readonly KeptAct[],
		offer: Offer | null = null,
	): Promise<void> {
		return this.#write('strict', (tx) => {
			const rows = tx.objectStore('rows');
			const old = rows.index('document').openKeyCursor(this.document);
			old.onsuccess = () => {
				if (!old.result) {
					rows.add({ document: this.document, update });
					return;
				}
				rows.delete(old.result.primaryKey);
				old.result.continue();
			};
			this.#putHead(tx, head);
			tx.objectStore('acts').delete(range(this.document));
			this.#putActs(tx, acts);
			if (offer) tx.objectStore('offers').put({ ...offer, document: this.document });
		});
	}

	/** It was handed in. */
	forgetOffer(): Promise<void> {
		return this.#write('relaxed', (tx) => tx.objectStore('offers').delete(this.document));
	}

	#putHead(tx: IDBTransaction, head: KeptHead): void {
		tx.objectStore('heads').put(this.#owned(head));
	}

	#putActs(tx: IDBTransaction, acts: readonly KeptAct[]): void {
		for (const act of acts) tx.objectStore('acts').put({ ...act, document: this.document });
	}

	#owned(head: KeptHead): Owned {
		return { ...head, document: this.document, writer: this.#writer };
	}

	async #write(durability: 'strict' | 'relaxed', work: (tx: IDBTransaction) => void): Promise<void> {
		const stores: ('heads' | Stores)[] = ['heads', 'rows', 'acts', 'offers'];
		const tx = this.store.db.transaction(stores, 'readwrite', { durability });
		const head = tx.objectStore('heads').get(this.document) as IDBRequest<Owned | undefined>;
		let taken = false;
		head.onsuccess = () => {
			taken = head.result?.writer !== this.#writer;
			if (taken) tx.abort();
			else work(tx);
		};
		await finished(tx).catch((error: unknown) => {
			throw taken ? new TakenOver(this.document) : error;
		});
	}
}

function range(document: string): IDBKeyRange {
	return IDBKeyRange.bound([document], [document, []]);
}
