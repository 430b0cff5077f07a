// Stock y-websocket clients in the cases in which a server that is behind could take them for hostile.
// Argument: port of a leaf. One line of JSON: what each case ended with, and every close code of 4400 and above.
import { createRequire } from 'node:module';

const require = createRequire(new URL('../../web/package.json', import.meta.url));
const Y = await import(require.resolve('yjs').replace('yjs.cjs', 'yjs.mjs'));
const { WebsocketProvider } = await import(require.resolve('y-websocket').replace('y-websocket.cjs', '../src/y-websocket.js'));
const { WebSocket } = require('ws');

process.setMaxListeners(0); // each provider has one
const port = process.argv[2];
const codes = [];
let ms = 0; // later than all that anybody has seen

function open(device, room, doc = new Y.Doc(), nonce = 'n') {
	class Signed extends WebSocket {
		constructor(url, protocols) {
			super(url, protocols, { headers: { cookie: `felt_session=floor-${device}` } });
		}
	}
	const provider = new WebsocketProvider(`ws://127.0.0.1:${port}/sync/v`, room, doc, {
		WebSocketPolyfill: Signed, connect: false, disableBc: true,
	});
	provider.on('connection-close', (event) => event && event.code >= 4400 && codes.push([room, device, event.code]));
	return { doc, provider, facts: doc.getMap('f'), counter: 0, replica: `${device}-${nonce}` };
}

function write(hand, name, value, replaces = []) {
	hand.counter += 1;
	const stamp = `${(++ms).toString(36)}.${hand.counter}.${hand.replica}`;
	hand.facts.set(stamp, JSON.stringify([name, value, replaces, ['ana', '']]));
	return stamp;
}

function until(hand, true_) {
	return new Promise((resolve) => {
		const look = () => {
			if (!true_()) return;
			hand.doc.off('update', look);
			resolve();
		};
		hand.doc.on('update', look);
		look();
	});
}

const seat = (n) => ({ table: 't1', seat: 1 + (n % 9) });
const setup = (id) => ({ kind: 'tournament', name: id, starts_ms: 0, seats_per_table: 9, starting_stack: 1, late_until_level: 1 });
const copy = (doc) => {
	const other = new Y.Doc();
	Y.applyUpdate(other, Y.encodeStateAsUpdate(doc));
	return other;
};
const has = (hand, ...stamps) => until(hand, () => stamps.every((stamp) => hand.facts.has(stamp)));
const together = async (...hands) => {
	for (const hand of hands) hand.provider.connect();
};
const picture = (hand) => ({
	facts: Object.fromEntries([...hand.facts.entries()].sort()),
	vector: Object.fromEntries([...Y.decodeStateVector(Y.encodeStateVector(hand.doc))].sort()),
});
// What a client did not hear on another line: the same server, as if it had been another one.
const carry = (from, to) => Y.applyUpdate(to.doc, Y.encodeStateAsUpdate(from.doc));

const cases = {
	async 'offline, then connect: 10, 500 and 1,999 edits'(room) {
		const hands = [10, 500, 1_999].map((count, n) => {
			const hand = open(`a${n}`, room);
			if (!n) write(hand, 'setup', setup('a'));
			for (let edit = 0; edit < count; edit++) write(hand, `seat/p${n}-${edit}`, seat(edit));
			return hand;
		});
		await together(...hands);
		const reader = open('a9', room);
		reader.provider.connect();
		await until(reader, () => reader.facts.size >= 2_510);
		const live = write(hands[2], 'seat/q', seat(1));
		await has(reader, live);
		return [reader];
	},
	async 'who roams carries what a colleague wrote, and so does one who wrote nothing'(room) {
		const [ana, bo, carrier] = ['b0', 'b1', 'b2'].map((device) => open(device, room));
		const first = write(ana, 'setup', setup('b'));
		const theirs = write(ana, 'seat/p1', seat(1));
		carry(ana, bo);
		carry(ana, carrier);
		const own = write(bo, 'seat/p1', seat(2), [theirs]);
		await together(carrier, bo); // ana, who wrote the setup, comes last
		await together(ana);
		await has(carrier, first, own);
		return [carrier, bo];
	},
	async 'a colleague is deleted by nobody'(room) {
		const [ana, bo] = ['c0', 'c1'].map((device) => open(device, room));
		write(ana, 'setup', setup('c'));
		const seats = [1, 2, 3].map((n) => write(ana, `seat/p${n}`, seat(n)));
		await together(ana);
		carry(ana, bo);
		bo.facts.delete(seats[0]); // no client of ours does: the server cuts it, and it is alive for all others
		const own = write(bo, 'seat/p9', seat(9));
		await together(bo);
		await has(ana, own);
		if (!ana.facts.has(seats[0])) throw new Error('deleted a colleague’s edit');
		return [ana];
	},
	async 'a server that forgot the evening gets it back from its writers, in any order'(room) {
		const [ana, bo] = ['d0', 'd1'].map((device) => open(device, room));
		write(ana, 'setup', setup('d'));
		const first = write(ana, 'seat/p1', seat(1));
		carry(ana, bo);
		const second = write(bo, 'seat/p1', seat(2), [first]);
		carry(bo, ana);
		await together(bo);
		await together(ana);
		await has(bo, second);
		await has(ana, second);
		return [ana, bo];
	},
	async 'two tabs of one device'(room) {
		const [one, two] = ['x', 'y'].map((nonce) => open('e0', room, new Y.Doc(), nonce));
		const founded = write(one, 'setup', setup('e'));
		await together(one);
		await together(two);
		await has(two, founded);
		const [a, b] = [write(one, 'seat/p1', seat(1)), write(two, 'seat/p1', seat(2))];
		await has(one, b);
		await has(two, a);
		return [one, two];
	},
	async 'merged frames, and one whose middle was lost'(room) {
		const hand = open('g0', room);
		const founded = write(hand, 'setup', setup('g'));
		await together(hand);
		const reader = open('g9', room);
		await together(reader);
		await has(reader, founded);
		const updates = [];
		hand.provider.disconnect();
		hand.doc.on('update', (update) => updates.push(update));
		const stamps = [1, 2, 3, 4].map((n) => write(hand, `seat/p${n}`, seat(n)));
		hand.provider.connect();
		// a proxy of another make, that merges what waits and lost one
		const part = new Y.Doc();
		part.clientID = hand.doc.clientID;
		const proxy = open('g0', room, part);
		Y.applyUpdate(part, Y.mergeUpdates([updates[0], updates[2], updates[3]]));
		await together(proxy);
		await has(reader, ...stamps);
		return [reader];
	},
	async 'reloads from what was stored, at each step'(room) {
		let hand = open('h0', room, new Y.Doc(), 'n0');
		write(hand, 'setup', setup('h'));
		let last = '';
		for (let page = 1; page <= 4; page++) {
			last = write(hand, 'seat/p1', seat(page), last ? [last] : []);
			if (page % 2) {
				hand.provider.connect();
				await new Promise((resolve) => hand.provider.once('sync', resolve));
			}
			hand.provider.destroy();
			hand = open('h0', room, copy(hand.doc), `n${page}`); // a new client id, the old edits kept
		}
		await together(hand);
		const reader = open('h9', room);
		await together(reader);
		await has(reader, last);
		return [reader];
	},
};

const ended = {};
for (const [n, [name, play]] of Object.entries(cases).entries()) {
	const hands = await play(`tournament/case${n}`);
	for (const { provider } of hands)
		if (!provider.synced) await new Promise((resolve) => provider.once('sync', resolve));
	ended[name] = { room: `tournament/case${n}`, pictures: hands.map(picture) };
}
process.stdout.write(`${JSON.stringify({ ended, codes })}\n`, () => process.exit(0));
