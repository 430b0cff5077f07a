/**
 * One conversation with one server about one document: y-websocket messages and Felt's own (hello, accepted,
 * refused, beat, hand in). Knows the protocol and nothing of stores, tabs or other addresses.
 *
 * Invariants:
 * 1. Nothing is sent before the hello was judged.
 * 2. A frame carries only what this device wrote.
 * 3. Own edits go out live from the answer to the server's step 1 on; earlier ones are in that answer. It waits
 *    until the owner is `ready`, which is after the server has said what the leaf has decided.
 * 4. Nothing heard for `silenceMs` means the line is dead, whatever the socket says: half-open sockets stay open.
 */
import * as decoding from 'lib0/decoding';
import * as encoding from 'lib0/encoding';
import * as awarenessProtocol from 'y-protocols/awareness';
import * as Y from 'yjs';
import type { Answer } from '#lib/facts/own-update.ts';
import type { Dial, Where, Wire } from './wire.ts';

export type Server = 'leaf' | 'core';
/** Why a server can make nothing durable now. */
export type StoreTrouble = 'slow' | 'full' | 'failing';
export type Hello = {
	epoch: number;
	term: number;
	now: number;
	servers?: number[];
	at?: Server;
	/** edits of all writers are taken by stamp now (after a restore) */
	hand_in?: boolean;
	schema?: number;
	schema_min?: number;
};
export type Vector = Record<string, number>;
export type Accepted = {
	vector: Vector;
	at: Server;
	/** edits of the page handed in that this answers */
	taken?: number;
	/** own edits the leaf once refused, in the note that names the whole vector */
	refused?: string[];
};
export type Refused = { stamp: string; name: string; code: string; message: string; now: number };
/** One note of a hand-in: edits of any writer, and how far the leaf had decided this device's own replicas. */
export type HandInPage = { edits: readonly (readonly [stamp: string, text: string])[]; vector: Vector };

/** What to do after a hello: talk; only listen, as this build may not write; hang up and try the next address. */
export type Verdict = 'talk' | 'listen' | 'hang-up';

/** Who the line talks for. Each call happens in the order the messages came. */
export type LineOwner = {
	readonly doc: Y.Doc;
	readonly awareness: awarenessProtocol.Awareness;
	/** What this device wrote beyond that state vector. */
	answer(theirs: Uint8Array): Answer;
	hello(line: Line, hello: Hello): Verdict;
	/** Before the first answer; false: there will be none on this line. */
	ready(line: Line): Promise<boolean>;
	accepted(line: Line, accepted: Accepted, whole: boolean): void;
	refused(line: Line, refused: Refused): void;
	time(now: number): void;
	/** What keeps this server from making anything durable now; null: nothing. */
	trouble(line: Line, trouble: StoreTrouble | null): void;
	synced(line: Line): void;
	/** The last call. 0: silence or a broken message; `BEHIND`; else the close code. */
	ended(line: Line, code: number): void;
};

/** The hello was judged: not this server. */
export const BEHIND = 1;

const SYNC = 0;
const AWARENESS = 1;
const QUERY_AWARENESS = 3;
const ACCEPTED = 64;
const REFUSED = 65;
const HELLO = 66;
const BEAT = 67;
const HAND_IN = 68;
const STEP_1 = 0;
const STEP_2 = 1;
const UPDATE = 2;

export class Line {
	readonly address: string;
	readonly #wire: Wire;
	#watch: ReturnType<typeof setTimeout> | undefined;
	#heardMs = 0;
	#verdict: Verdict = 'hang-up';
	#answered = false;
	/** state vector from which the rest of a cut answer follows */
	#rest: Uint8Array | null = null;
	#page: (() => void) | null = null;
	#heardWhole: (vector: Vector) => void = () => {};
	#closed = false;
	synced = false;
	hello: Hello | null = null;
	/** All the leaf has decided of this device's replicas, when the server has said it. */
	readonly whole = new Promise<Vector>((resolve) => {
		this.#heardWhole = resolve;
	});
	#isWhole = false;

	constructor(
		/** by its address, until its hello says so */
		public at: Server,
		where: Where,
		readonly owner: LineOwner,
		readonly silenceMs: number,
		openWithinMs: number,
		dial: Dial,
	) {
		this.address = where.address;
		// the hello is part of opening: a server that says all but that is none
		this.#watch = setTimeout(() => this.#silent(), openWithinMs);
		this.#wire = dial(where, {
			alive: () => this.#heard(),
			frame: (bytes) => this.#read(bytes),
			closed: (code) => this.#end(code),
		});
	}

	/** Past the hello, and may send. */
	get talking(): boolean {
		return this.#verdict === 'talk' && !this.#closed;
	}

	/** An own update, live; before the answer it is left to the answer. */
	push(update: Uint8Array): void {
		if (this.#answered) this.#sync(UPDATE, update);
	}

	/** Kept when the leaf has taken the page; never, if the line ends before. */
	handIn(page: HandInPage): Promise<void> {
		return new Promise((resolve) => {
			this.#page = resolve;
			this.#send(HAND_IN, (encoder) => encoding.writeVarString(encoder, JSON.stringify(page)));
		});
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
		this.#closed = true;
		clearTimeout(this.#watch);
		this.#wire?.close();
	}

	#end(code: number): void {
		if (this.#closed) return;
		this.close();
		this.owner.ended(this, code);
	}

	#heard(): void {
		this.#heardMs = performance.now();
	}

	/** Looks whether it was heard since; timers are not set anew for each frame. */
	#listen(): void {
		clearTimeout(this.#watch);
		const leftMs = this.#heardMs + this.silenceMs - performance.now();
		if (leftMs > 0) this.#watch = setTimeout(() => this.#listen(), leftMs);
		else this.#silent();
	}

	#silent(): void {
		if (this.#closed) return;
		this.#wire.drop();
		this.#end(0);
	}

	#read(frame: Uint8Array): void {
		if (this.#closed) return;
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
			case HELLO:
				return this.#greet(json<Hello>());
			case ACCEPTED:
				return this.#takeAccepted(json<Accepted>());
			case REFUSED: {
				const refused = json<Refused>();
				this.owner.time(refused.now);
				return this.owner.refused(this, refused);
			}
			case BEAT: {
				const { now, store } = json<{ now: number; store?: StoreTrouble }>();
				this.owner.time(now);
				return this.owner.trouble(this, store ?? null);
			}
		}
	}

	#greet(hello: Hello): void {
		this.hello = hello;
		this.at = hello.at ?? this.at;
		this.#listen();
		this.#verdict = this.owner.hello(this, hello);
		if (this.#closed) return;
		if (this.#verdict === 'hang-up') return this.#end(BEHIND);
		this.#sync(STEP_1, Y.encodeStateVector(this.owner.doc));
	}

	#takeSync(step: number, bytes: Uint8Array): void {
		if (step === STEP_1) return void this.#asked(bytes);
		Y.applyUpdate(this.owner.doc, bytes, this);
		if (step === STEP_2 && !this.synced) {
			this.synced = true;
			if (this.owner.awareness.getLocalState()) this.pushPresence();
			this.owner.synced(this);
		}
	}

	/** After step 2 comes the whole vector, of the core and then of the leaf; all later ones are what changed. */
	#takeAccepted(accepted: Accepted): void {
		const whole = this.synced && !this.#isWhole && accepted.at === 'leaf';
		if (whole) this.#isWhole = true;
		this.owner.accepted(this, accepted, whole);
		if (whole) this.#heardWhole(accepted.vector);
		if (accepted.taken !== undefined) this.#page?.();
		if (this.#rest) this.#answer(this.#rest);
	}

	async #asked(theirs: Uint8Array): Promise<void> {
		if (!this.talking) return;
		if (!this.#answered && !(await this.owner.ready(this))) return;
		if (this.talking) this.#answer(theirs);
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
		const encoder = encoding.createEncoder();
		encoding.writeVarUint(encoder, kind);
		write(encoder);
		this.#wire.send(encoding.toUint8Array(encoder));
	}
}
