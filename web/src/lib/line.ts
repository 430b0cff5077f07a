/**
 * One conversation with one server over one WebSocket: y-websocket messages and Felt's own (hello, accepted,
 * refused, beat). Knows the protocol and nothing of stores, tabs or other addresses.
 *
 * Invariants:
 * 1. A frame carries only what this device wrote.
 * 2. Own edits go out live from the answer to the server's step 1 on; earlier ones are in that answer.
 * 3. Nothing heard for `silenceMs` means the line is dead, whatever the socket says: half-open sockets stay open.
 */
import * as decoding from 'lib0/decoding';
import * as encoding from 'lib0/encoding';
import * as awarenessProtocol from 'y-protocols/awareness';
import * as Y from 'yjs';
import type { Answer } from './own-update.ts';

export type Server = 'leaf' | 'core';
export type Hello = { epoch: number; term: number; now: number; servers?: number[] };
export type Accepted = { vector: Record<string, number>; at: Server };
export type Refused = { stamp: string; name: string; code: string; message: string; now: number };

/** Who the line talks for. Each call happens in the order the messages came. */
export type LineOwner = {
	readonly doc: Y.Doc;
	readonly awareness: awarenessProtocol.Awareness;
	/** What this device wrote beyond that state vector. */
	answer(theirs: Uint8Array): Answer;
	/** False: hang up; the replica has to start over first. */
	hello(line: Line, hello: Hello): boolean;
	accepted(line: Line, accepted: Accepted): void;
	refused(line: Line, refused: Refused): void;
	time(now: number): void;
	synced(line: Line): void;
	/** The last call. 0: silence or a broken message; else the close code. */
	ended(line: Line, code: number): void;
};

const SYNC = 0;
const AWARENESS = 1;
const QUERY_AWARENESS = 3;
const ACCEPTED = 64;
const REFUSED = 65;
const HELLO = 66;
const BEAT = 67;
const STEP_1 = 0;
const STEP_2 = 1;
const UPDATE = 2;
const OPEN_WITHIN_MS = 4_000;

export class Line {
	readonly #socket: WebSocket;
	#watch: ReturnType<typeof setTimeout> | undefined;
	#answered = false;
	/** state vector from which the rest of a cut answer follows */
	#rest: Uint8Array | null = null;
	synced = false;

	constructor(
		readonly at: Server,
		url: string,
		token: string,
		readonly owner: LineOwner,
		readonly silenceMs: number,
	) {
		const protocols = token ? ['felt.sync.1', `felt.token.${token}`] : ['felt.sync.1'];
		this.#socket = new WebSocket(url, protocols);
		this.#socket.binaryType = 'arraybuffer';
		this.#socket.onopen = () => {
			this.#heard();
			this.#sync(STEP_1, Y.encodeStateVector(owner.doc));
		};
		this.#socket.onmessage = (message) => this.#read(new Uint8Array(message.data as ArrayBuffer));
		this.#socket.onclose = (closed) => this.#end(closed.code);
		this.#watch = setTimeout(() => this.#end(0), Math.max(OPEN_WITHIN_MS, silenceMs));
	}

	/** An own update, live; before the answer it is left to the answer. */
	push(update: Uint8Array): void {
		if (this.#answered) this.#sync(UPDATE, update);
	}

	/** This device's presence, or its end. */
	pushPresence(): void {
		if (!this.synced) return;
		const { awareness, doc } = this.owner;
		const update = awarenessProtocol.encodeAwarenessUpdate(awareness, [doc.clientID]);
		this.#send(AWARENESS, (encoder) => encoding.writeVarUint8Array(encoder, update));
	}

	/** Hangs up without another word to the owner. */
	close(): void {
		clearTimeout(this.#watch);
		this.#socket.onopen = this.#socket.onmessage = this.#socket.onclose = null;
		this.#socket.close();
	}

	#end(code: number): void {
		this.close();
		this.owner.ended(this, code);
	}

	#heard(): void {
		clearTimeout(this.#watch);
		this.#watch = setTimeout(() => this.#end(0), this.silenceMs);
	}

	#read(frame: Uint8Array): void {
		this.#heard();
		try {
			this.#take(decoding.createDecoder(frame));
		} catch (error) {
			this.#end(0);
			throw error;
		}
	}

	#take(decoder: decoding.Decoder): void {
		const json = <T>() => JSON.parse(decoding.readVarString(decoder)) as T;
		switch (decoding.readVarUint(decoder)) {
			case SYNC:
				return this.#takeSync(decoding.readVarUint(decoder), decoding.readVarUint8Array(decoder));
			case AWARENESS: {
				const update = decoding.readVarUint8Array(decoder);
				return awarenessProtocol.applyAwarenessUpdate(this.owner.awareness, update, this);
			}
			case QUERY_AWARENESS:
				return this.pushPresence();
			case HELLO: {
				const hello = json<Hello>();
				if (!this.owner.hello(this, hello)) this.close();
				return;
			}
			case ACCEPTED:
				this.owner.accepted(this, json<Accepted>());
				if (this.#rest) this.#answer(this.#rest);
				return;
			case REFUSED: {
				const refused = json<Refused>();
				this.owner.time(refused.now);
				return this.owner.refused(this, refused);
			}
			case BEAT:
				return this.owner.time(json<{ now: number }>().now);
		}
	}

	#takeSync(step: number, bytes: Uint8Array): void {
		if (step === STEP_1) return this.#answer(bytes);
		Y.applyUpdate(this.owner.doc, bytes, this);
		if (step === STEP_2 && !this.synced) {
			this.synced = true;
			if (this.owner.awareness.getLocalState()) this.pushPresence();
			this.owner.synced(this);
		}
	}

	/** A long answer goes in parts: the next one when the server has taken the last (`accepted`). */
	#answer(theirs: Uint8Array): void {
		const { update, next } = this.owner.answer(theirs);
		this.#sync(STEP_2, update);
		this.#rest = next;
		this.#answered = next === null;
	}

	#sync(step: number, bytes: Uint8Array): void {
		this.#send(SYNC, (encoder) => {
			encoding.writeVarUint(encoder, step);
			encoding.writeVarUint8Array(encoder, bytes);
		});
	}

	#send(kind: number, write: (encoder: encoding.Encoder) => void): void {
		if (this.#socket.readyState !== WebSocket.OPEN) return;
		const encoder = encoding.createEncoder();
		encoding.writeVarUint(encoder, kind);
		write(encoder);
		this.#socket.send(encoding.toUint8Array(encoder) as Uint8Array<ArrayBuffer>);
	}
}
