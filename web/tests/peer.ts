/**
 * A small server for tests of the web's own provider: speaks the sync protocol over a real WebSocket and can be
 * told to do what the real servers are hard to bring to: fall silent, refuse, fence, change its epoch, forget.
 * It judges nothing; what the servers judge is tested with them (`tests/e2e`, `tests/interop`).
 */
import { once } from 'node:events';
import { createRequire } from 'node:module';
import type { AddressInfo } from 'node:net';
import * as decoding from 'lib0/decoding';
import * as encoding from 'lib0/encoding';
import type { WebSocket, WebSocketServer } from 'ws';
import * as Y from 'yjs';
import { parseStamp } from '#lib/facts/edits.ts';
import { SCHEMA, SCHEMA_MIN } from '#lib/facts/facts.gen.ts';
import type { StoreTrouble } from '#lib/sync/line.ts';
import { type Conversation, channels } from './mux.ts';

// by node's own resolution: tests choose modules as a browser does, and there `ws` is a stub
const ws: typeof import('ws') = createRequire(import.meta.url)('ws');

type Told = { path: string; protocols: string[] };

export class Peer {
	doc = new Y.Doc();
	epoch = 1;
	term = 1;
	handIn = false;
	schema = SCHEMA;
	schemaMin = SCHEMA_MIN;
	/** why nothing becomes durable, as its beats say */
	store: StoreTrouble | undefined;
	silent = false;
	/** nobody is let in; who was, is out */
	#away = false;
	now = () => 1_000_000;
	/** close code for the next frame with content; stamps in `refuse` are refused first */
	fence: number | null = null;
	refuse = new Map<string, string>();
	/** what comes is taken, but every line breaks before a word of it is said */
	loseAnswers = false;
	vector: Record<string, number> = {};
	/** of the core: what it knows of the leaf's */
	leafVector: Record<string, number> = {};
	readonly refused = new Set<string>();
	/** stamps of edits that came before their turn: the gate would take nothing of them */
	readonly holes: string[] = [];
	/** pages handed in */
	readonly pages: { edits: [string, string][]; vector: Record<string, number> }[] = [];
	/** whether it speaks `felt.mux.1` */
	mux = false;
	readonly sockets = new Set<WebSocket>();
	readonly sessions = new Set<Conversation>();
	readonly opened: Told[] = [];
	/** client ids of each update frame that came in */
	readonly frames: { clients: number[]; bytes: number; step: number }[] = [];
	#server: WebSocketServer;

	private constructor(
		readonly at: 'leaf' | 'core',
		port: number,
	) {
		this.#server = new ws.WebSocketServer({
			port,
			host: '127.0.0.1',
			handleProtocols: (offered) => (this.mux && offered.has('felt.mux.1') ? 'felt.mux.1' : 'felt.sync.1'),
		});
		this.#server.on('connection', (socket, request) => {
			const path = request.url ?? '';
			if (socket.protocol !== 'felt.mux.1') return this.#open(socket, path, request.headers);
			this.sockets.add(socket);
			socket.on('close', () => this.sockets.delete(socket));
			channels(socket, (channel, document) => this.#open(channel, `${path}/${document}`, request.headers));
		});
	}

	static async start(at: 'leaf' | 'core' = 'leaf', port = 0): Promise<Peer> {
		const peer = new Peer(at, port);
		await once(peer.#server, 'listening');
		return peer;
	}

	get port(): number {
		return (this.#server.address() as AddressInfo).port;
	}

	get address(): string {
		return `ws://127.0.0.1:${this.port}`;
	}

	/** Ends all sessions and stops listening. */
	async stop(): Promise<void> {
		for (const socket of this.sessions) socket.terminate();
		await new Promise((resolve) => this.#server.close(resolve));
	}

	/** Not to be reached, or again. */
	set away(away: boolean) {
		this.#away = away;
		if (away) for (const socket of this.sessions) socket.terminate();
	}

	/** The same truth under a new epoch, or an empty one. */
	restart(doc = new Y.Doc(), epoch = this.epoch + 1): void {
		this.doc = doc;
		this.epoch = epoch;
		for (const socket of this.sessions) socket.close(4409);
	}

	/** A new epoch, as the leaf begins one: what is live, by the server's own client id; who is here starts over. */
	switchEpoch(): void {
		const doc = new Y.Doc();
		for (const [stamp, text] of this.texts()) doc.getMap('f').set(stamp, text);
		this.restart(doc);
	}

	texts(): Map<string, string> {
		return new Map(this.doc.getMap<string>('f').entries() as Iterable<[string, string]>);
	}

	#open(socket: Conversation, path: string, headers: Record<string, unknown>): void {
		if (this.#away) return socket.terminate();
		this.opened.push({ path, protocols: String(headers['sec-websocket-protocol']).split(', ') });
		const asked = /@(\d+)$/.exec(path)?.[1];
		if (asked && Number(asked) !== this.epoch) return socket.close(4409);
		this.sessions.add(socket);
		socket.on('close', () => this.sessions.delete(socket));
		socket.on('message', (data: Buffer) => this.#read(socket, new Uint8Array(data)));
		this.#json(socket, 66, {
			epoch: this.epoch,
			term: this.term,
			now: this.now(),
			servers: [this.doc.clientID],
			hand_in: this.handIn,
			schema: this.schema,
			schema_min: this.schemaMin,
		});
		this.#sync(socket, 0, Y.encodeStateVector(this.doc));
		const beat = setInterval(() => this.#json(socket, 67, { now: this.now(), store: this.store }), 50);
		socket.on('close', () => clearInterval(beat));
	}

	#read(socket: Conversation, frame: Uint8Array): void {
		if (this.silent) return;
		const decoder = decoding.createDecoder(frame);
		const kind = decoding.readVarUint(decoder);
		if (kind === 1) for (const other of this.sessions) if (other !== socket) other.send(frame);
		if (kind === 68) return this.#takePage(socket, JSON.parse(decoding.readVarString(decoder)));
		if (kind !== 0) return;
		const step = decoding.readVarUint(decoder);
		const bytes = decoding.readVarUint8Array(decoder);
		if (step === 0) {
			this.#sync(socket, 1, Y.encodeStateAsUpdate(this.doc, bytes));
			this.#accepted(socket, true);
			return;
		}
		const clients = [...Y.parseUpdateMeta(bytes).to.keys()];
		this.frames.push({ clients, bytes: bytes.length, step });
		if (!clients.length) return;
		const { structs } = Y.decodeUpdate(bytes);
		const keys = structs.flatMap((struct) =>
			'parentSub' in struct && struct.parentSub ? [struct.parentSub] : [],
		);
		if (this.store) return; // it waits for the disk
		if (this.#outOfTurn(keys)) return this.#sync(socket, 0, Y.encodeStateVector(this.doc));
		const bad = keys.filter((key) => this.refuse.has(key));
		if (this.fence !== null) {
			const code = this.fence;
			this.fence = null;
			return socket.close(code);
		}
		if (bad.length && this.at === 'core') {
			for (const stamp of bad) {
				this.#tellRefused(socket, stamp);
				this.refuse.delete(stamp); // the blank that comes in its place is taken
			}
			return socket.close(4422);
		}
		this.take(bytes, keys, socket, bad);
	}

	/** Applies and sends on, and says which counters it has; `bad` become tombstones. */
	take(update: Uint8Array, keys: string[], from: Conversation | null = null, bad: string[] = []): void {
		const before = Y.encodeStateVector(this.doc);
		Y.applyUpdate(this.doc, update);
		this.doc.transact(() => {
			for (const key of bad) this.doc.getMap('f').delete(key);
		});
		for (const key of bad) this.refused.add(key);
		this.#decide(keys);
		if (this.loseAnswers) for (const socket of this.sessions) socket.terminate();
		for (const socket of this.sessions) {
			if (socket !== from || bad.length) this.#sync(socket, 2, Y.encodeStateAsUpdate(this.doc, before));
			if (socket === from) for (const stamp of bad) this.#tellRefused(socket, stamp);
			this.#accepted(socket);
		}
	}

	/** Writes as the server's own replica does, past all judging. */
	write(edits: readonly (readonly [stamp: string, text: string])[]): void {
		const before = Y.encodeStateVector(this.doc);
		this.doc.transact(() => {
			for (const [stamp, text] of edits) this.doc.getMap('f').set(stamp, text);
		});
		for (const socket of this.sessions) this.#sync(socket, 2, Y.encodeStateAsUpdate(this.doc, before));
	}

	/** By stamp, what was not decided before. */
	#takePage(socket: Conversation, page: Peer['pages'][number]): void {
		if (!this.handIn) return socket.close(4503);
		this.pages.push(page);
		const fresh = page.edits.filter(([stamp]) => {
			const { replica, counter } = parseStamp(stamp)!;
			return counter > (this.vector[replica] ?? 0) && !this.doc.getMap('f').has(stamp);
		});
		this.write(fresh);
		for (const [replica, counter] of Object.entries(page.vector))
			this.vector[replica] = Math.max(this.vector[replica] ?? 0, counter);
		this.#json(socket, 64, { vector: this.vector, at: this.at, taken: page.edits.length });
	}

	/** The counters of a replica come without a hole, as the gate wants it. */
	#outOfTurn(keys: readonly string[]): boolean {
		const vector = { ...this.vector };
		for (const key of keys) {
			const { replica, counter } = parseStamp(key)!;
			const decided = vector[replica] ?? 0;
			if (counter > decided + 1) this.holes.push(key);
			vector[replica] = Math.max(decided, counter);
		}
		return keys.some((key) => this.holes.includes(key));
	}

	#decide(keys: string[]): void {
		for (const key of keys) {
			const { replica, counter } = parseStamp(key)!;
			this.vector[replica] = Math.max(this.vector[replica] ?? 0, counter);
		}
	}

	#accepted(socket: Conversation, whole = false): void {
		const refused = whole && this.refused.size ? [...this.refused] : undefined;
		this.#json(socket, 64, { vector: this.vector, at: this.at, refused });
		if (this.at === 'core') this.#json(socket, 64, { vector: this.leafVector, at: 'leaf' });
	}

	#tellRefused(socket: Conversation, stamp: string): void {
		const code = this.refuse.get(stamp);
		this.#json(socket, 65, { stamp, name: 'x', code, message: 'no', now: this.now() });
	}

	#sync(socket: Conversation, step: number, bytes: Uint8Array): void {
		this.#send(socket, 0, (encoder) => {
			encoding.writeVarUint(encoder, step);
			encoding.writeVarUint8Array(encoder, bytes);
		});
	}

	#json(socket: Conversation, kind: number, value: object): void {
		this.#send(socket, kind, (encoder) => encoding.writeVarString(encoder, JSON.stringify(value)));
	}

	#send(socket: Conversation, kind: number, write: (encoder: encoding.Encoder) => void): void {
		if (this.silent) return;
		const encoder = encoding.createEncoder();
		encoding.writeVarUint(encoder, kind);
		write(encoder);
		socket.send(encoding.toUint8Array(encoder));
	}
}
