/** A device in a test: the real keeper on a real store (IndexedDB in memory), real WebSockets, its own name. */
import { IDBFactory } from 'fake-indexeddb';
import { Keeper } from '#lib/sync/keeper.ts';
import { LeafTime } from '#lib/sync/leaf-time.ts';
import type { Presence, Standing } from '#lib/sync/standing.ts';
import type { KeptRefusal } from '#lib/sync/store.ts';
import { Store } from '#lib/sync/store.ts';
import type { Dial } from '#lib/sync/wire.ts';

let devices = 0;

export class Device {
	readonly name = `d${++devices}`;
	readonly factory = new IDBFactory();
	readonly refusals: KeptRefusal[] = [];
	present: readonly Presence[] = [];
	time = new LeafTime({ leafMs: 1_000_000, unixMs: 0 }, 0, 0);
	/** how its pages reach servers; one for all documents, as in a page */
	dial: Dial | undefined;
	/** stamps that were moved, old → new */
	readonly moved = new Map<string, string>();
	#waiting = new Set<() => void>();
	#left = Number.POSITIVE_INFINITY;
	#pages = new Set<Keeper>();

	constructor(readonly addresses: string[]) {}

	/** A page load (or a second tab): a keeper of its own on this device's store. */
	async open(document = 'floor', addresses = this.addresses): Promise<Keeper> {
		const venue = await this.venue('felt test', addresses);
		this.#mayDie(venue.store.db);
		const page = new Keeper(document, venue, {
			changed: () => this.#wake(),
			standing: () => this.#wake(),
			presence: (others) => {
				this.present = others;
				this.#wake();
			},
			refused: (refusal) => {
				this.refusals.push(refusal);
				this.#wake();
			},
			moved: (moved) => {
				for (const [old, now] of moved) this.moved.set(old, now);
			},
		});
		this.#pages.add(page);
		return page;
	}

	/** What a keeper or a replica needs of its venue, with that store of this device. */
	async venue(database: string, addresses = this.addresses) {
		const { name: device, time, dial, factory } = this;
		const store = await Store.open(database, factory);
		return { id: 'v', device, addresses, store, time, dial, token: async () => 'abc' };
	}

	/** When all that was to be written is. */
	async stored(): Promise<void> {
		const { db } = await Store.open('felt test', this.factory);
		const tx = db.transaction([...db.objectStoreNames], 'readwrite');
		await new Promise((resolve) => {
			tx.oncomplete = resolve;
		});
		db.close();
	}

	/** All pages die where the store would write the `n`th time from now on; that and all later is not written. */
	dieAt(n: number): void {
		this.#left = n;
	}

	/** Not dead yet. Heals. */
	survived(): boolean {
		const alive = this.#left > 0;
		this.#left = Number.POSITIVE_INFINITY;
		return alive;
	}

	#mayDie(db: IDBDatabase): void {
		const transaction = db.transaction.bind(db);
		db.transaction = (stores, mode, options) => {
			if (mode === 'readwrite' && --this.#left <= 0) {
				for (const page of this.#pages) page.close();
				throw new DOMException('the page is gone', 'AbortError');
			}
			return transaction(stores, mode, options);
		};
	}

	/** Until `met`, looked at whenever anything changed. Fails after `withinMs`. */
	async until(met: () => boolean, withinMs = 25_000): Promise<void> {
		const end = performance.now() + withinMs;
		while (!met()) {
			if (performance.now() > end) throw new Error(`not within ${withinMs} ms: ${met}`);
			await new Promise<void>((resolve) => {
				const timer = setTimeout(go, 50);
				const waiting = this.#waiting;
				function go() {
					clearTimeout(timer);
					waiting.delete(go);
					resolve();
				}
				waiting.add(go);
			});
		}
	}

	#wake(): void {
		for (const go of [...this.#waiting]) go();
	}
}

export const synced = (standing: Standing, at = 'leaf') =>
	standing.status.kind === 'synced' && standing.status.at === at;
