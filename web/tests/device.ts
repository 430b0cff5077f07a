/** A device in a test: the real keeper on a real store (IndexedDB in memory), real WebSockets, its own name. */
import { IDBFactory } from 'fake-indexeddb';
import { Keeper, type Presence, type Standing } from '#lib/keeper.ts';
import { LeafTime } from '#lib/leaf-time.ts';
import type { KeptRefusal } from '#lib/store.ts';
import { Store } from '#lib/store.ts';

let devices = 0;

export class Device {
	readonly name = `d${++devices}`;
	readonly factory = new IDBFactory();
	readonly refusals: KeptRefusal[] = [];
	present: readonly Presence[] = [];
	time = new LeafTime({ leafMs: 1_000_000, unixMs: 0 }, 0, 0);
	#waiting = new Set<() => void>();

	constructor(readonly addresses: string[]) {}

	/** A page load (or a second tab): a keeper of its own on this device's store. */
	async open(document = 'floor', addresses = this.addresses): Promise<Keeper> {
		const store = await Store.open('felt test', this.factory);
		const venue = { id: 'v', device: this.name, addresses, store, time: this.time, token: async () => 'abc' };
		return new Keeper(document, venue, {
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
		});
	}

	/** Until `met`, looked at whenever anything changed. Fails after `withinMs`. */
	async until(met: () => boolean, withinMs = 8_000): Promise<void> {
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
