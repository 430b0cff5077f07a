/**
 * What this device keeps in IndexedDB: one database per venue and device, so that two apps of one browser that are
 * two devices never meet. Documents are written by `document-store.ts`.
 * A store that can't write says so by rejecting; nothing is swallowed.
 */

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

type Lists = 'refusals' | 'commands' | 'undo';

export class Store {
	private constructor(readonly db: IDBDatabase) {}

	static async open(name: string, factory: IDBFactory = indexedDB): Promise<Store> {
		const request = factory.open(name, 2);
		request.onupgradeneeded = ({ oldVersion }) => {
			const db = request.result;
			if (oldVersion < 1) {
				db.createObjectStore('heads', { keyPath: 'document' });
				db.createObjectStore('rows', { autoIncrement: true }).createIndex('document', 'document');
				db.createObjectStore('acts', { keyPath: ['document', 'id'] });
				db.createObjectStore('refusals', { keyPath: 'stamp' });
				db.createObjectStore('commands', { keyPath: 'key' });
			}
			db.createObjectStore('offers', { keyPath: 'document' });
			db.createObjectStore('undo', { keyPath: 'id' });
		};
		const db = await done(request);
		// a later build of these pages waits for us: its page keeps from now on, this one says it can't
		db.onversionchange = () => db.close();
		return new Store(db);
	}

	async all<T>(store: Lists): Promise<T[]> {
		return done(this.db.transaction(store, 'readonly').objectStore(store).getAll() as IDBRequest<T[]>);
	}

	async keep(store: Lists, value: object): Promise<void> {
		const tx = this.db.transaction(store, 'readwrite', { durability: 'strict' });
		tx.objectStore(store).put(value);
		await finished(tx);
	}

	/** Reads one and keeps what comes of it, if anything; no other tab writes in between. Answers what was kept. */
	async change<T>(
		store: Lists,
		key: string,
		change: (kept: T | undefined) => readonly T[],
	): Promise<readonly T[]> {
		const tx = this.db.transaction(store, 'readwrite', { durability: 'strict' });
		const list = tx.objectStore(store);
		const written = change(await done(list.get(key) as IDBRequest<T | undefined>));
		for (const value of written) list.put(value);
		await finished(tx);
		return written;
	}

	async forget(store: Lists, key: string): Promise<void> {
		const tx = this.db.transaction(store, 'readwrite', { durability: 'relaxed' });
		tx.objectStore(store).delete(key);
		await finished(tx);
	}

	close(): void {
		this.db.close();
	}
}

export function done<T>(request: IDBRequest<T>): Promise<T> {
	return new Promise((resolve, reject) => {
		request.onsuccess = () => resolve(request.result);
		request.onerror = () => reject(request.error);
	});
}

export function finished(tx: IDBTransaction): Promise<void> {
	return new Promise((resolve, reject) => {
		tx.oncomplete = () => resolve();
		tx.onabort = () => reject(tx.error ?? new DOMException('the store gave up', 'AbortError'));
	});
}
