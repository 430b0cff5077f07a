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
import { parseStamp } from '#lib/edits.ts';

// by node's own resolution: tests choose modules as a browser does, and there `ws` is a stub
const ws: typeof import('ws') = createRequire(import.meta.url)('ws');

type Told = { path: string; protocols: string[] };

export class Peer {
	doc = new Y.Doc();
	epoch = 1;
	silent = false;
	now = () => 1_000_000;
	/** close code for the next frame with content; stamps in `refuse` are refused first */
	fence: number | null = null;
	refuse = new Map<string, string>();
	vector: Record<string, number> = {};
	readonly sessions = new Set<WebSocket>();
	readonly opened: Told[] = [];
	/** client ids of each update frame that came in */
	readonly frames: { clients: number[]; bytes: number; step: number }[] = [];
	#server: WebSocketServer;

	private constructor(
		readonly at: 'leaf' | 'core',
		port: number,
	) {
		this.#server = new ws.WebSocketServer({ port, host: '127.0.0.1', handleProtocols: () => 'felt.sync.1' });
		this.#server.on('connection', (socket, request) =>
			this.#open(socket, request.url ?? '', request.headers),
		);
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

	/** The same truth under a new epoch, or an empty one. */
	restart(doc = new Y.Doc(), epoch = this.epoch + 1): void {
		this.doc = doc;
		this.epoch = epoch;
		for (const socket of this.sessions) socket.close(4409);
	}

	texts(): Map<string, string> {
		return new Map(this.doc.getMap<string>('f').entries() as Iterable<[string, string]>);
	}

	#open(socket: WebSocket, path: string, headers: Record<string, unknown>): void {
		this.opened.push({ path, protocols: String(headers['sec-websocket-protocol']).split(', ') });
		const asked = /@(\d+)$/.exec(path)?.[1];
		if (asked && Number(asked) !== this.epoch) return socket.close(4409);
		this.sessions.add(socket);
		socket.on('close', () => this.sessions.delete(socket));
		socket.on('message', (data: Buffer) => this.#read(socket, new Uint8Array(data)));
		this.#json(socket, 66, { epoch: this.epoch, term: 1, now: this.now(), servers: [this.doc.clientID] });
		this.#sync(socket, 0, Y.encodeStateVector(this.doc));
		const beat = setInterval(() => this.#json(socket, 67, { now: this.now() }), 50);
		socket.on('close', () => clearInterval(beat));
	}

	#read(socket: WebSocket, frame: Uint8Array): void {
		if (this.silent) return;
		const decoder = decoding.createDecoder(frame);
		const kind = decoding.readVarUint(decoder);
		if (kind === 1) for (const other of this.sessions) if (other !== socket) other.send(frame);
		if (kind !== 0) return;
		const step = decoding.readVarUint(decoder);
		const bytes = decoding.readVarUint8Array(decoder);
		if (step === 0) {
			this.#sync(socket, 1, Y.encodeStateAsUpdate(this.doc, bytes));
			this.#json(socket, 64, { vector: this.vector, at: this.at });
			return;
		}
		const clients = [...Y.parseUpdateMeta(bytes).to.keys()];
		this.frames.push({ clients, bytes: bytes.length, step });
		if (!clients.length) return;
		const { structs } = Y.decodeUpdate(bytes);
		const keys = structs.flatMap((struct) =>
			'parentSub' in struct && struct.parentSub ? [struct.parentSub] : [],
		);
		const bad = keys.find((key) => this.refuse.has(key));
		if (bad)
			this.#json(socket, 65, {
				stamp: bad,
				name: 'x',
				code: this.refuse.get(bad),
				message: 'no',
				now: this.now(),
			});
		if (this.fence !== null || bad) {
			const code = this.fence ?? 4422;
			this.fence = null;
			if (bad) this.refuse.delete(bad);
			return socket.close(code);
		}
		this.take(bytes, keys, socket);
	}

	/** Applies and sends on, and says which counters it has. */
	take(update: Uint8Array, keys: string[], from: WebSocket | null = null): void {
		Y.applyUpdate(this.doc, update);
		for (const key of keys) {
			const { replica, counter } = parseStamp(key)!;
			this.vector[replica] = Math.max(this.vector[replica] ?? 0, counter);
		}
		for (const socket of this.sessions) {
			if (socket !== from) this.#sync(socket, 2, update);
			this.#json(socket, 64, { vector: this.vector, at: this.at });
		}
	}

	#sync(socket: WebSocket, step: number, bytes: Uint8Array): void {
		this.#send(socket, 0, (encoder) => {
			encoding.writeVarUint(encoder, step);
			encoding.writeVarUint8Array(encoder, bytes);
		});
	}

	#json(socket: WebSocket, kind: number, value: object): void {
		this.#send(socket, kind, (encoder) => encoding.writeVarString(encoder, JSON.stringify(value)));
	}

	#send(socket: WebSocket, kind: number, write: (encoder: encoding.Encoder) => void): void {
		if (this.silent) return;
		const encoder = encoding.createEncoder();
		encoding.writeVarUint(encoder, kind);
		write(encoder);
		socket.send(encoding.toUint8Array(encoder));
	}
}
