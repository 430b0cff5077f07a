/**
 * One socket to a server for all documents of a page (`felt.mux.1`): a varUint channel before each message. Where a
 * server does not speak it, a socket for each document.
 *
 * What is heard on one channel shows that the server lives, for all; a beat is for all. What ends one document ends
 * its channel; what concerns the sign-in ends the socket, and all of them.
 */
import * as decoding from 'lib0/decoding';
import * as encoding from 'lib0/encoding';
import {
	type Dial,
	hangUp,
	offers,
	sendOn,
	socketOf,
	type Where,
	type Wire,
	type WireOwner,
} from './wire.ts';

const MUX = 'felt.mux.1';
const CHANNELS_MAX = 64;
const OPEN = 70;
const CLOSED = 71;
const BEAT = 67;
const LEFT = 1000;
/** A line that was closed for another comes back at once. */
const IDLE_MS = 1_000;
/** A server that lives says something each second. */
const QUIET_MS = 1_900;
/** One document's broken bytes: with a socket for each it is seen which. */
const BROKEN = new Set([4400, 4413, 1009]);

/** A way to dial that keeps one socket to each server. */
export function trunks(): Dial {
	const open = new Map<string, Trunk>();
	/** servers that would not have it, until a socket of a single document fails there too */
	const single = new Set<string>();
	return (where, owner) => {
		const key = `${where.address}/sync/${where.venue}`;
		if (single.has(key)) return alone(where, owner, () => single.delete(key));
		let trunk = open.get(key);
		if (!trunk || trunk.ended) {
			trunk = new Trunk(key, where.token, () => single.add(key));
			open.set(key, trunk);
		}
		return trunk.join(where, owner);
	};
}

/** `failed`: it ended before a word was said. */
function alone(where: Where, owner: WireOwner, failed: () => void): Wire {
	let heard = false;
	return socketOf(where, {
		...owner,
		frame: (bytes) => {
			heard = true;
			owner.frame(bytes);
		},
		closed: (code) => {
			if (!heard) failed();
			owner.closed(code);
		},
	});
}

type Channel = { readonly where: Where; owner: WireOwner; wire: Wire | null };

class Trunk {
	ended = false;
	readonly #socket: WebSocket;
	/** null: closed by us, and not yet by the server */
	readonly #channels = new Map<number, Channel | null>();
	/** it was; else the server may not know the subprotocol */
	#open = false;
	#heardMs = Number.NEGATIVE_INFINITY;
	#idle: ReturnType<typeof setTimeout> | undefined;

	constructor(
		url: string,
		token: string,
		readonly unfit: () => void,
	) {
		this.#socket = new WebSocket(url, offers(MUX, token));
		this.#socket.binaryType = 'arraybuffer';
		this.#socket.onopen = () => this.#opened();
		this.#socket.onmessage = ({ data }) => this.#read(new Uint8Array(data as ArrayBuffer));
		this.#socket.onclose = ({ code }) => this.#end(code);
	}

	join(where: Where, owner: WireOwner): Wire {
		clearTimeout(this.#idle);
		let n = 1;
		while (this.#channels.has(n)) n++;
		if (n > CHANNELS_MAX) return socketOf(where, owner);
		const channel: Channel = { where, owner, wire: null };
		this.#channels.set(n, channel);
		this.#say(n, OPEN, { document: where.document });
		return {
			send: (frame) => (channel.wire ? channel.wire.send(frame) : this.#send(n, frame)),
			close: () => (channel.wire ? channel.wire.close() : this.#leave(n, channel)),
			drop: () => {
				if (performance.now() - this.#heardMs > QUIET_MS) this.#end(1006, channel);
				if (channel.wire) channel.wire.close();
				else this.#leave(n, channel);
			},
		};
	}

	#opened(): void {
		this.#open = true;
		if (this.#socket.protocol !== MUX) return this.#single();
		for (const [n, channel] of this.#channels)
			if (channel) this.#say(n, OPEN, { document: channel.where.document });
			else this.#channels.delete(n);
	}

	/** The server does not speak it: a socket for each of those who wait. */
	#single(): void {
		this.ended = true;
		hangUp(this.#socket);
		this.unfit();
		for (const channel of this.#channels.values())
			if (channel) channel.wire = socketOf(channel.where, channel.owner);
		this.#channels.clear();
	}

	#read(frame: Uint8Array): void {
		this.#heardMs = performance.now();
		const decoder = decoding.createDecoder(frame);
		const n = decoding.readVarUint(decoder);
		const message = frame.subarray(decoder.pos);
		const kind = message[0];
		if (kind === CLOSED) return this.#closedThere(n, message);
		for (const [other, channel] of [...this.#channels])
			if (other === n || kind === BEAT) channel?.owner.frame(message);
			else channel?.owner.alive();
	}

	#closedThere(n: number, message: Uint8Array): void {
		const decoder = decoding.createDecoder(message);
		decoding.readVarUint(decoder);
		const { code } = JSON.parse(decoding.readVarString(decoder)) as { code: number };
		const channel = this.#channels.get(n);
		this.#channels.delete(n);
		this.#whenIdle();
		channel?.owner.closed(code);
	}

	#leave(n: number, channel: Channel): void {
		if (this.ended || this.#channels.get(n) !== channel) return;
		if (this.#say(n, CLOSED, { code: LEFT })) this.#channels.set(n, null);
		else this.#channels.delete(n);
		this.#whenIdle();
	}

	#whenIdle(): void {
		if ([...this.#channels.values()].some(Boolean)) return;
		clearTimeout(this.#idle);
		this.#idle = setTimeout(() => this.#end(LEFT), IDLE_MS);
	}

	/** All documents of it, but the one that said so. */
	#end(code: number, but?: Channel): void {
		if (this.ended) return;
		this.ended = true;
		clearTimeout(this.#idle);
		hangUp(this.#socket);
		if (BROKEN.has(code) || !this.#open) this.unfit();
		const channels = [...this.#channels.values()];
		this.#channels.clear();
		for (const channel of channels)
			if (channel && channel !== but) channel.owner.closed(BROKEN.has(code) ? 1006 : code);
	}

	#say(n: number, kind: number, content: object): boolean {
		const encoder = encoding.createEncoder();
		encoding.writeVarUint(encoder, kind);
		encoding.writeVarString(encoder, JSON.stringify(content));
		return this.#send(n, encoding.toUint8Array(encoder));
	}

	#send(n: number, message: Uint8Array): boolean {
		if (this.ended) return false;
		const encoder = encoding.createEncoder();
		encoding.writeVarUint(encoder, n);
		encoding.writeUint8Array(encoder, message);
		return sendOn(this.#socket, encoding.toUint8Array(encoder));
	}
}
