/**
 * What this device keeps in IndexedDB: one database per venue and device, so that two apps of one browser that are
 * two devices never meet.
 *
 * An own act is one row, written with strict durability together with the client id it was written under: only
 * when that is done does a page say *saved here*. Updates of others are relaxed: a server has them anyway.
 * A store that can't write says so once by rejecting; nothing is swallowed.
 */
import type { KeptAct } from './unsent.ts';

/** An edit that was not accepted, until a person dismisses it. */
export type KeptRefusal = {
	readonly stamp: string;
	readonly document: string;
	readonly name: string;
	readonly text: string;
	readonly code: string;
	readonly message: string;
	readonly atMs: number;
};

export type KeptHead = {
	readonly document: string;
	/** client ids this device wrote under */
	readonly own: readonly number[];
	/** null: never met a server */
	readonly epoch: number | null;
};

export type KeptDocument = { head: KeptHead; updates: Uint8Array[]; acts: KeptAct[] };

type Row = { document: string; update: Uint8Array };

export class Store {
	private constructor(readonly db: IDBDatabase) {}

	static async open(name: string, factory: IDBFactory = indexedDB): Promise<Store> {
		const request = factory.open(name, 1);
		request.onupgradeneeded = () => {
			const db = request.result;
			db.createObjectStore('heads', { keyPath: 'document' });
			db.createObjectStore('rows', { autoIncrement: true }).createIndex('document', 'document');
			db.createObjectStore('acts', { keyPath: ['document', 'id'] });
			db.createObjectStore('refusals', { keyPath: 'stamp' });
			db.createObjectStore('commands', { keyPath: 'key' });
		};
		return new Store(await done(request));
	}

	async load(document: string): Promise<KeptDocument> {
		const tx = this.db.transaction(['heads', 'rows', 'acts'], 'readonly');
		const head = done(tx.objectStore('heads').get(document) as IDBRequest<KeptHead | undefined>);
		const rows = done(tx.objectStore('rows').index('document').getAll(document) as IDBRequest<Row[]>);
		const acts = done(tx.objectStore('acts').getAll(range(document)) as IDBRequest<KeptAct[]>);
		return {
			head: (await head) ?? { document, own: [], epoch: null },
			updates: (await rows).map((row) => row.update),
			acts: (await acts).sort((a, b) => a.order - b.order),
		};
	}

	/** An own act and the client ids, durable when the promise is kept. */
	async keepAct(head: KeptHead, act: KeptAct): Promise<void> {
		const tx = this.db.transaction(['heads', 'rows', 'acts'], 'readwrite', { durability: 'strict' });
		tx.objectStore('heads').put(head);
		tx.objectStore('rows').add({ document: head.document, update: act.update });
		tx.objectStore('acts').put({ ...act, document: head.document });
		await finished(tx);
	}

	/** Which epoch what follows is of. */
	async keepHead(head: KeptHead): Promise<void> {
		const tx = this.db.transaction('heads', 'readwrite', { durability: 'relaxed' });
		tx.objectStore('heads').put(head);
		await finished(tx);
	}

	/** Something about own acts changed: they were sent, or the core has them. */
	async markActs(document: string, acts: readonly KeptAct[]): Promise<void> {
		const tx = this.db.transaction('acts', 'readwrite', { durability: 'relaxed' });
		for (const act of acts) tx.objectStore('acts').put({ ...act, document });
		await finished(tx);
	}

	async forgetActs(document: string, acts: readonly KeptAct[]): Promise<void> {
		const tx = this.db.transaction('acts', 'readwrite', { durability: 'relaxed' });
		for (const { id } of acts) tx.objectStore('acts').delete([document, id]);
		await finished(tx);
	}

	async keepUpdate(document: string, update: Uint8Array): Promise<void> {
		const tx = this.db.transaction('rows', 'readwrite', { durability: 'relaxed' });
		tx.objectStore('rows').add({ document, update });
		await finished(tx);
	}

	/** All there is of a document, at once: after many rows, or when its replica started over. */
	async replace(head: KeptHead, update: Uint8Array, acts: readonly KeptAct[]): Promise<void> {
		const { document } = head;
		const tx = this.db.transaction(['heads', 'rows', 'acts'], 'readwrite', { durability: 'strict' });
		const rows = tx.objectStore('rows');
		const old = rows.index('document').openKeyCursor(document);
		old.onsuccess = () => {
			if (!old.result) {
				rows.add({ document, update });
				return;
			}
			rows.delete(old.result.primaryKey);
			old.result.continue();
		};
		tx.objectStore('heads').put(head);
		tx.objectStore('acts').delete(range(document));
		for (const act of acts) tx.objectStore('acts').put({ ...act, document });
		await finished(tx);
	}

	async all<T>(store: 'refusals' | 'commands'): Promise<T[]> {
		return done(this.db.transaction(store, 'readonly').objectStore(store).getAll() as IDBRequest<T[]>);
	}

	async keep(store: 'refusals' | 'commands', value: object): Promise<void> {
		const tx = this.db.transaction(store, 'readwrite', { durability: 'strict' });
		tx.objectStore(store).put(value);
		await finished(tx);
	}

	async forget(store: 'refusals' | 'commands', key: string): Promise<void> {
		const tx = this.db.transaction(store, 'readwrite', { durability: 'relaxed' });
		tx.objectStore(store).delete(key);
		await finished(tx);
	}

	close(): void {
		this.db.close();
	}
}

function range(document: string): IDBKeyRange {
	return IDBKeyRange.bound([document], [document, []]);
}

function done<T>(request: IDBRequest<T>): Promise<T> {
	return new Promise((resolve, reject) => {
		request.onsuccess = () => resolve(request.result);
		request.onerror = () => reject(request.error);
	});
}

function finished(tx: IDBTransaction): Promise<void> {
	return new Promise((resolve, reject) => {
		tx.oncomplete = () => resolve();
		tx.onabort = () => reject(tx.error ?? new DOMException('the store gave up', 'AbortError'));
	});
}
