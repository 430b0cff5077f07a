/**
 * Keeps one document in sync with the venue: with the leaf where it answers, else with the core, and back again.
 *
 * Status moves only here: connecting → synced → connecting …, or ended for good. While synced at the core it looks
 * for the leaf every `RETURN_MS` on a second line and changes over when that one is synced, without a gap.
 */
import * as awarenessProtocol from 'y-protocols/awareness';
import type * as Y from 'yjs';
import { type Accepted, type Hello, Line, type LineOwner, type Refused, type Server } from './line.ts';
import { type Answer, answer } from './own-update.ts';

export type SyncStatus =
	| { kind: 'connecting' }
	| { kind: 'synced'; at: Server }
	/** no such document at any server yet; asked again now and then */
	| { kind: 'absent' }
	/** nothing more until a person acts: not signed in, may not, no such document here */
	| { kind: 'ended'; code: number };

export type SyncOwner = {
	/** Client ids this device wrote under, remembered beside the document. */
	readonly own: ReadonlySet<number>;
	/** Updates of the acts no leaf has accepted, in their order. */
	unsent(): readonly Uint8Array[];
	/** A token good for now; `renew`: the last one was not. Null: signed out. */
	token(renew: boolean): Promise<string | null>;
	/** Before anything is sent. False: this replica has to start over first; the sync is stopped. */
	hello(hello: Hello, at: Server): boolean;
	accepted(accepted: Accepted): void;
	refused(refused: Refused, at: Server): void;
	time(now: number): void;
	status(status: SyncStatus): void;
	/** The server would not go on with this replica (4400, 4409, 4422): start over with a new one. */
	startOver(code: number): void;
};

export type SyncOptions = {
	/** `ws://…` of the leaf, then of the core */
	addresses: readonly string[];
	/** `<venue>/<document>`, with `@<epoch>` where it is known */
	path: string;
	silenceMs?: number;
};

/** What a close code asks of us; anything else (0, 1006, 4408, 4503 …): the next address, after a while. */
const START_OVER = new Set([4400, 4409, 4422]);
const SIGN_IN_AGAIN = 4401;
const FINAL = new Set([4403, 4413, 1009]);
const ABSENT = 4404;
const SLOWLY = new Set([ABSENT, 4429]);

const SILENCE_MS = 2_000;
const RETURN_MS = 2_000;
const SLOW_MS = 10_000;

export class Sync implements LineOwner {
	readonly awareness: awarenessProtocol.Awareness;
	#line: Line | null = null;
	#probe: Line | null = null;
	#at = 0;
	#tries = 0;
	#again: ReturnType<typeof setTimeout> | undefined;
	#return: ReturnType<typeof setInterval> | undefined;
	#stopped = false;
	#refusedToken = false;

	constructor(
		readonly doc: Y.Doc,
		readonly options: SyncOptions,
		readonly keeper: SyncOwner,
	) {
		this.awareness = new awarenessProtocol.Awareness(doc);
		this.awareness.setLocalState(null);
		this.awareness.on('update', (_changes: unknown, origin: unknown) => {
			if (!(origin instanceof Line)) this.#line?.pushPresence();
		});
		keeper.status({ kind: 'connecting' });
		void this.#open();
	}

	/** Which server it talks to now. */
	get at(): Server | null {
		return this.#line?.at ?? null;
	}

	/** An own update: sent now where there is a line, else with the next answer. */
	push(update: Uint8Array): void {
		this.#line?.push(update);
		this.#probe?.push(update);
	}

	/** A person asked, or the browser says it is on line: don't wait for the back-off. */
	tryNow(): void {
		if (this.#stopped) return;
		if (this.#line) return void this.#lookForLeaf();
		this.#tries = 0;
		this.#at = 0;
		clearTimeout(this.#again);
		void this.#open();
	}

	stop(): void {
		this.#stopped = true;
		clearTimeout(this.#again);
		clearInterval(this.#return);
		this.#line?.close();
		this.#probe?.close();
		this.#line = this.#probe = null;
		this.awareness.destroy();
	}

	answer(theirs: Uint8Array): Answer {
		return answer(this.doc, this.keeper.own, theirs, this.keeper.unsent());
	}

	hello(line: Line, hello: Hello): boolean {
		this.keeper.time(hello.now);
		const goOn = this.keeper.hello(hello, line.at);
		return goOn && !this.#stopped;
	}

	accepted(_line: Line, accepted: Accepted): void {
		this.keeper.accepted(accepted);
	}

	refused(line: Line, refused: Refused): void {
		this.keeper.refused(refused, line.at);
	}

	time(now: number): void {
		this.keeper.time(now);
	}

	synced(line: Line): void {
		this.#tries = 0;
		this.#refusedToken = false;
		if (line === this.#probe) {
			this.#line?.close();
			this.#line = line;
			this.#probe = null;
			this.#at = 0;
		}
		clearInterval(this.#return);
		if (line.at === 'core') this.#return = setInterval(() => void this.#lookForLeaf(), RETURN_MS);
		this.keeper.status({ kind: 'synced', at: line.at });
	}

	ended(line: Line, code: number): void {
		if (line === this.#probe) {
			this.#probe = null;
			return;
		}
		if (line !== this.#line) return;
		this.#line = null;
		this.#forgetOthers();
		if (START_OVER.has(code)) return this.keeper.startOver(code);
		if (FINAL.has(code)) return this.#finish(code);
		this.#refusedToken = code === SIGN_IN_AGAIN;
		this.keeper.status({ kind: code === ABSENT ? 'absent' : 'connecting' });
		const others = this.options.addresses.length - 1;
		if (code !== SIGN_IN_AGAIN) this.#at = (this.#at + 1) % this.options.addresses.length;
		const wait = SLOWLY.has(code) ? SLOW_MS : this.#tries < others ? 0 : backOffMs(this.#tries - others);
		this.#tries++;
		this.#again = setTimeout(() => void this.#open(), wait);
	}

	#finish(code: number): void {
		clearInterval(this.#return);
		this.keeper.status({ kind: 'ended', code });
	}

	async #open(): Promise<void> {
		const token = await this.#token();
		if (token === null || this.#stopped || this.#line) return;
		clearInterval(this.#return);
		this.#line = this.#dial(this.#at, token);
	}

	async #lookForLeaf(): Promise<void> {
		const token = await this.#token();
		if (token === null || this.#stopped || this.#probe || this.#line?.at !== 'core') return;
		this.#probe = this.#dial(0, token);
	}

	async #token(): Promise<string | null> {
		const token = await this.keeper.token(this.#refusedToken);
		if (token === null && !this.#stopped) this.#finish(SIGN_IN_AGAIN);
		return token;
	}

	#dial(n: number, token: string): Line {
		const url = `${this.options.addresses[n]}/sync/${this.options.path}`;
		return new Line(n === 0 ? 'leaf' : 'core', url, token, this, this.options.silenceMs ?? SILENCE_MS);
	}

	#forgetOthers(): void {
		const others = [...this.awareness.getStates().keys()].filter((id) => id !== this.doc.clientID);
		awarenessProtocol.removeAwarenessStates(this.awareness, others, this);
	}
}

/** 50–500 ms at first, doubling to at most 8 s: a room full of tablets must not knock at once. */
export function backOffMs(tries: number, random: () => number = Math.random): number {
	return 50 + random() * 450 * Math.min(2 ** tries, 16);
}
