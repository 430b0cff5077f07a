// The web's own keepers on a real leaf: devices of several tabs that go away, reload, lose answers, have wrong
// clocks and are refused, while the leaf begins new epochs. Arguments: port, seed, acts.
// Asks for an epoch by the line {"ask": "switch"} and waits for a line; ends with what everybody has.
import { createRequire } from 'node:module';
import { createInterface } from 'node:readline';
import { Keeper } from '../../web/src/lib/sync/keeper.ts';
import { LeafTime } from '../../web/src/lib/sync/leaf-time.ts';
import { Store } from '../../web/src/lib/sync/store.ts';
import { trunks } from '../../web/src/lib/sync/trunk.ts';
import { socketOf, type Dial } from '../../web/src/lib/sync/wire.ts';

const require = createRequire(new URL('../../web/package.json', import.meta.url));
require('fake-indexeddb/auto');
const { IDBFactory } = require('fake-indexeddb');

const [port, seed, acts] = process.argv.slice(2) as [string, string, string];
const lines = createInterface({ input: process.stdin })[Symbol.asyncIterator]();
const say = (what: object) => process.stdout.write(`${JSON.stringify(what)}\n`);

let state = Number(seed) >>> 0;
/** mulberry32 */
function chance(): number {
	state = (state + 0x6d2b79f5) >>> 0;
	let t = state;
	t = Math.imul(t ^ (t >>> 15), t | 1);
	t ^= t + Math.imul(t ^ (t >>> 7), t | 61);
	return ((t ^ (t >>> 14)) >>> 0) / 4294967296;
}
const below = (n: number) => Math.floor(chance() * n);
const pause = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms));

/** act id → what became of it here */
const written = new Map<string, { stamps: string[] }>();
const refusals = new Map<string, string>();

class Device {
	readonly factory = new IDBFactory();
	time = new LeafTime({ leafMs: 100_000, unixMs: 0 }, 0, 0);
	tabs: Keeper[] = [];
	away = false;
	#wires = new Set<() => void>();

	/** odd seeds: one socket for all documents */
	readonly reach: Dial = Number(seed) % 2 ? trunks() : socketOf;

	constructor(readonly name: string) {}

	/** A wire that this device's weather can cut. */
	readonly dial: Dial = (where, owner) => {
		if (this.away) {
			const timer = setTimeout(() => owner.closed(1006), 5);
			return { send: () => false, close: () => clearTimeout(timer), drop: () => clearTimeout(timer) };
		}
		const wire = this.reach(where, owner);
		const cut = () => {
			wire.close();
			owner.closed(1006);
		};
		this.#wires.add(cut);
		const close = () => {
			this.#wires.delete(cut);
			wire.close();
		};
		return { send: (frame) => wire.send(frame), close, drop: close };
	};

	async open(): Promise<void> {
		const store = await Store.open('felt', this.factory);
		const venue = {
			id: 'v',
			device: this.name,
			addresses: [`ws://127.0.0.1:${port}`],
			store,
			time: this.time,
			dial: this.dial,
			token: async () => `floor-${this.name}`,
		};
		const told = {
			changed: () => {},
			standing: () => {},
			presence: () => {},
			refused: (refusal: { stamp: string; code: string }) => refusals.set(refusal.stamp, refusal.code),
			moved: (moved: ReadonlyMap<string, string>) => {
				for (const act of written.values()) act.stamps = act.stamps.map((stamp) => moved.get(stamp) ?? stamp);
			},
		};
		this.tabs.push(new Keeper('floor', venue, told));
	}

	/** Answers are lost with it. */
	cut(): void {
		for (const cut of [...this.#wires]) cut();
		this.#wires.clear();
	}

	/** Whatever the store has been told by then is there after it. */
	async reload(): Promise<void> {
		// a person takes longer to close the tabs than one takes to hear what another told it
		await until(() => new Set(this.tabs.map((tab) => JSON.stringify(picture(tab)))).size <= 1, () => this.name);
		await this.stored();
		for (const tab of this.tabs.splice(0)) tab.close();
		if (below(3) === 0) this.time = new LeafTime({ leafMs: this.time.now() + (below(2) ? 7_200_000 : -50_000), unixMs: 0 }, 0, 0);
		await this.open();
		if (below(2)) await this.open();
	}

	async stored(): Promise<void> {
		const { db } = await Store.open('felt', this.factory);
		const tx = db.transaction([...db.objectStoreNames], 'readwrite');
		await new Promise((resolve) => {
			tx.oncomplete = resolve;
		});
		db.close();
	}

	write(n: number): void {
		const tab = this.tabs[below(this.tabs.length)]!;
		if (!tab.standing.loaded || tab.standing.fault) return;
		const bad = below(12) === 0;
		const changes = Array.from({ length: 1 + below(3) }, (_, m) => {
			const value = bad && m === 0 ? { nonsense: n } : below(5) ? { table: 't1', seat: 1 + below(9) } : null;
			return [`seat/p${below(8)}${m}`, value] as const;
		});
		const act = tab.write(changes, 'ana');
		written.set(act.id, { stamps: act.edits.map(([stamp]) => stamp) });
	}
}

/** Without what the leaf writes of its own: it may just be about to. */
function picture(tab: Keeper): string[] {
	return [...tab.local.index.allLive()].filter((stamp) => /\.t\d-/.test(stamp)).sort();
}

async function until(true_: () => boolean, what: () => unknown): Promise<void> {
	const end = performance.now() + 20_000;
	while (!true_()) {
		if (performance.now() > end) throw new Error(`not within 20 s: ${JSON.stringify(what())}`);
		await pause(10);
	}
}

const devices = [new Device('t1'), new Device('t2'), new Device('t3')];
for (const device of devices) await device.open();
const tabs = () => devices.flatMap((device) => device.tabs);
await until(() => tabs().every((tab) => tab.standing.loaded), () => tabs().map((tab) => tab.standing));
for (let n = 0; n < Number(acts); n++) {
	const device = devices[below(3)]!;
	const turn = below(20);
	if (turn === 0) {
		device.away = !device.away;
		if (device.away) device.cut();
		else for (const tab of device.tabs) tab.tryNow();
	} else if (turn === 1) device.cut();
	else if (turn === 2) await device.reload();
	else if (turn === 3) await device.open();
	else if (turn === 4) {
		say({ ask: 'switch' });
		await lines.next();
	} else device.write(n);
	if (below(4) === 0) await pause(below(8));
}
for (const device of devices) device.away = false;
for (const tab of tabs()) tab.tryNow();
await until(
	() =>
		tabs().every(({ standing }) => standing.status.kind === 'synced' && !standing.unsent.length) &&
		new Set(tabs().map((tab) => JSON.stringify(picture(tab)))).size === 1,
	() => tabs().map((tab) => [tab.standing.status, tab.standing.fault, tab.standing.unsent.length, picture(tab).length]),
);
const done = {
	picture: picture(tabs()[0]!),
	acts: [...written].map(([act, { stamps }]) => [act, stamps]),
	refused: [...refusals.keys()],
	faults: tabs().map(({ standing }) => standing.fault),
};
process.stdout.write(`${JSON.stringify(done)}\n`, () => process.exit(0));
