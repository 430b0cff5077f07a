// The web's own keeper in node, for the simulator: the real code on real yjs and a store in memory; time, chance and
// the wire are the simulator's. Commands as JSON lines in, `{events, answer}` out when nothing moves any more.
import { createRequire } from 'node:module';
import { createInterface } from 'node:readline';

const web = createRequire(new URL('../../web/package.json', import.meta.url));

// Time: timers fire when the simulator says that so much has passed.
let nowMs = 0;
let timers = [];
let timerId = 0;
function after(fn, ms, every) {
	timers.push({ id: ++timerId, at: nowMs + Math.max(1, ms ?? 0), fn, every });
	return timerId;
}
const forget = (id) => {
	timers = timers.filter((timer) => timer.id !== id);
};
globalThis.setTimeout = (fn, ms) => after(fn, ms, 0);
globalThis.setInterval = (fn, ms) => after(fn, ms, ms);
globalThis.clearTimeout = globalThis.clearInterval = forget;
globalThis.performance.now = () => nowMs;
Date.now = () => nowMs;
async function pass(ms) {
	const end = nowMs + ms;
	for (;;) {
		const next = timers.filter((timer) => timer.at <= end).sort((a, b) => a.at - b.at || a.id - b.id)[0];
		if (!next) break;
		nowMs = Math.max(nowMs, next.at);
		if (next.every) next.at = nowMs + next.every;
		else forget(next.id);
		next.fn();
		await still();
	}
	nowMs = end;
}

// Chance: from the seed.
let state = Number(process.argv[2]) >>> 0;
function chance() {
	state = (state + 0x6d2b79f5) | 0;
	let t = Math.imul(state ^ (state >>> 15), 1 | state);
	t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
	return ((t ^ (t >>> 14)) >>> 0) / 4294967296;
}
Math.random = chance;
crypto.getRandomValues = (array) => {
	const bytes = new Uint8Array(array.buffer, array.byteOffset, array.byteLength);
	for (let n = 0; n < bytes.length; n++) bytes[n] = Math.floor(chance() * 256);
	return array;
};

// The rest of a browser.
let moving = 0;
const immediate = globalThis.setImmediate;
globalThis.setImmediate = (fn, ...args) => {
	moving++;
	return immediate(() => {
		moving--;
		fn(...args);
	});
};
async function still() {
	let quiet = 0;
	while (quiet < 2) {
		await new Promise((resolve) => immediate(resolve));
		quiet = moving ? 0 : quiet + 1;
	}
}
const channels = new Map();
globalThis.BroadcastChannel = class {
	onmessage = null;
	constructor(name) {
		this.peers = channels.get(name) ?? new Set();
		channels.set(name, this.peers.add(this));
	}
	postMessage(data) {
		for (const peer of this.peers)
			if (peer !== this) setImmediate(() => this.peers.has(peer) && peer.onmessage?.({ data: structuredClone(data) }));
	}
	close() {
		this.peers.delete(this);
	}
};
Object.defineProperty(globalThis, 'navigator', { value: {} });
let events = [];
globalThis.reportError = (error) => events.push({ error: String(error?.stack ?? error) });

web('fake-indexeddb/auto');
const { IDBFactory } = web('fake-indexeddb');
const Y = await import(web.resolve('yjs').replace('yjs.cjs', 'yjs.mjs'));
const { Keeper } = await import('../../web/src/lib/sync/keeper.ts');
const { LeafTime } = await import('../../web/src/lib/sync/leaf-time.ts');
const { Store } = await import('../../web/src/lib/sync/store.ts');
const { Index } = await import('../../web/src/lib/facts/facts.ts');
const { readingsOf } = await import('../../web/src/lib/facts/readings.ts');
const { reading } = await import('../interop/reading.mjs');

const READ_OF = 't1';
const NO_FACTS = Object.fromEntries(
	['tournament', 'config', 'floor', 'cage'].map((kind) => [kind, new Index(readingsOf(kind === 'tournament' ? 'tournament/t1' : kind))]),
);

const devices = new Map();
const pages = new Map();
const wires = new Map();
let wireId = 0;

// A page begins with the time that an earlier page of its device kept; the first with `leafMs`.
function deviceOf(name, leafMs) {
	if (!devices.has(name)) devices.set(name, { factory: new IDBFactory(), time: null });
	const device = devices.get(name);
	const kept = device.time?.now() ?? leafMs;
	device.time = new LeafTime({ leafMs: kept, unixMs: 0 }, 0, 0);
	return device;
}

function dialFor(page, device) {
	return ({ address, document }, owner) => {
		const wire = ++wireId;
		wires.set(wire, owner);
		events.push({ dial: wire, page, device, at: address, document });
		return {
			send(frame) {
				if (!wires.has(wire)) return false;
				events.push({ sent: wire, frame: Buffer.from(frame).toString('base64') });
				return true;
			},
			close() {
				if (wires.delete(wire)) events.push({ hungUp: wire });
			},
			drop() {
				if (wires.delete(wire)) events.push({ hungUp: wire });
			},
		};
	};
}

const commands = {
	async open({ page, device: name, document, leafMs }) {
		const device = deviceOf(name, leafMs);
		const store = await Store.open('sim', device.factory);
		const venue = {
			id: 'v', device: name, addresses: ['leaf', 'core'], store, time: device.time,
			token: async () => 'abc', dial: dialFor(page, name),
		};
		const keeper = new Keeper(document, venue, {
			changed() {},
			standing() {},
			presence() {},
			refused() {},
			moved: (moved) =>
				events.push({ moved: [...moved].map(([old, now]) => [old, now, keeper.local.text(now)]), page }),
		});
		pages.set(page, { keeper, store });
	},
	async write({ page, changes, person }) {
		const { keeper } = pages.get(page);
		const { loaded, fault } = keeper.standing;
		if (!loaded || fault) return null;
		return keeper.write(changes, person).edits;
	},
	async frame({ wire, frame }) {
		wires.get(wire)?.frame(new Uint8Array(Buffer.from(frame, 'base64')));
	},
	async closed({ wire, code }) {
		const owner = wires.get(wire);
		wires.delete(wire);
		owner?.closed(code);
	},
	async pass({ ms }) {
		await pass(ms);
	},
	async close({ page }) {
		const { keeper, store } = pages.get(page);
		keeper.close();
		store.close();
		pages.delete(page);
	},
	async seen({ page }) {
		const { local } = pages.get(page).keeper;
		const names = [...new Set([...local.index.edits.values()].map((edit) => edit.name))].filter(Boolean).sort();
		return {
			open: Object.fromEntries(names.filter((name) => name.startsWith('conflict/')).map((name) => [name, local.index.get(name)])),
			setup: local.index.get('setup') !== null,
		};
	},
	async picture({ page, now }) {
		const { local, standing } = pages.get(page).keeper;
		const { index } = local;
		const names = [...new Set([...index.edits.values()].map((edit) => edit.name))].filter(Boolean).sort();
		return {
			texts: local.doc.getMap('f').toJSON(),
			vector: Object.fromEntries(Y.decodeStateVector(Y.encodeStateVector(local.doc))),
			rivals: Object.fromEntries(index.rivals()),
			facts: Object.fromEntries(names.map((name) => [name, [index.stamp(name), index.live(name), index.get(name)]])),
			unsent: standing.unsent.map((act) => act.edits.map(([stamp]) => stamp)),
			fault: standing.fault,
			status: standing.status.kind,
			reading: reading({ ...NO_FACTS, [local.document.split('/')[0]]: index }, READ_OF, now),
		};
	},
};

for await (const line of createInterface({ input: process.stdin })) {
	const command = JSON.parse(line);
	events = [];
	let answer = null;
	try {
		answer = (await commands[command.op](command)) ?? null;
	} catch (error) {
		events.push({ error: String(error?.stack ?? error) });
	}
	await still();
	process.stdout.write(`${JSON.stringify({ events, answer })}\n`);
}
process.exit(0);
