/**
 * Keeps one document in sync with the venue: with the leaf where it answers, else with a core, and back again.
 *
 * Status moves only here: connecting → synced → connecting …, or ended for good. While synced at a core it looks
 * for the leaf every `RETURN_MS` on a second line and changes over when that one is synced, without a gap. A leaf
 * that takes long to open goes on as that second line.
 */
import * as awarenessProtocol from 'y-protocols/awareness';
import type * as Y from 'yjs';
import { type Answer, answer } from '#lib/facts/own-update.ts';
import type { LeafTime } from './leaf-time.ts';
import {
	type Accepted,
	BEHIND,
	type Hello,
	Line,
	type LineOwner,
	type Refused,
	type Server,
	type StoreTrouble,
	type Verdict,
} from './line.ts';
import type { Presence } from './standing.ts';
import { type Dial, socketOf } from './wire.ts';

export type SyncStatus =
	/** `oldBox`: a leaf answers that is behind what this device has seen */
	| { kind: 'connecting'; oldBox?: boolean }
	| { kind: 'synced'; at: Server; oldBox?: boolean }
	/** no such document at any server yet; asked again now and then */
	| { kind: 'absent' }
	/** nothing more until a person acts: not signed in, may not, no such document here */
	| { kind: 'ended'; code: number };

export type SyncOwner = {
	/** Client ids this device wrote under, remembered beside the document. */
	readonly own: ReadonlySet<number>;
	/** Updates of the acts no leaf has accepted, in their order. */
	unsent(): readonly Uint8Array[];
	/** Before anything is sent. It may stop this sync, where the replica has to start over first. */
	hello(hello: Hello, line: Line): Verdict;
	ready(line: Line): Promise<boolean>;
	accepted(accepted: Accepted, line: Line, whole: boolean): void;
	refused(refused: Refused, line: Line): void;
	trouble(trouble: StoreTrouble | null): void;
	/** Colleagues who are here, whenever that changes. */
	others(present: readonly Presence[]): void;
	status(status: SyncStatus): void;
	/** The server would not go on with this replica (4400, 4409, 4422): start over with a new one. */
	startOver(code: number): void;
};

/** Where to sync: read again at each attempt. */
export type SyncVenue = {
	readonly id: string;
	/** `ws://…` of the leaf, then of the cores */
	readonly addresses: readonly string[];
	/** how servers are reached; a socket for each document where it is not given */
	readonly dial?: Dial;
	readonly time: LeafTime;
	/** A token good for now; `renew`: the last one was not. Null: signed out. */
	token(renew: boolean): Promise<string | null>;
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
const OPEN_WITHIN_MS = 4_000;
/** A leaf that is not open by then is waited for beside a core. */
const HURRY_MS = 1_000;
/** What was lost sooner is not asked again at once. */
const STEADY_MS = 2_000;

export class Sync implements LineOwner {
	readonly awareness: awarenessProtocol.Awareness;
	#line: Line | null = null;
	#probe: Line | null = null;
	/** places in `addresses`, in the order to try them; how often one was tried; how many of these without a wait */
	#tour: number[] = [];
	#tries = 0;
	#atOnce = 0;
	#signIns = 0;
	#syncedMs = 0;
	#again: ReturnType<typeof setTimeout> | undefined;
	#hurry: ReturnType<typeof setTimeout> | undefined;
	#return: ReturnType<typeof setInterval> | undefined;
	#stopped = false;
	#oldBox = false;

	constructor(
		readonly doc: Y.Doc,
		readonly venue: SyncVenue,
		/** its name, with `@<epoch>` where it is known */
		readonly document: string,
		readonly keeper: SyncOwner,
	) {
		this.awareness = new awarenessProtocol.Awareness(doc);
		this.awareness.setLocalState(null);
		this.awareness.on('change', () => keeper.others(this.others));
		this.awareness.on('update', (_changes: unknown, origin: unknown) => {
			if (!(origin instanceof Line)) this.#line?.pushPresence();
		});
		this.#plan(null);
		this.#connecting();
		void this.#open();
	}

	/** Where it talks to now. */
	get address(): string | null {
		return this.#line?.address ?? null;
	}

	/** A server has said hello and is sent what is written now. */
	get talking(): boolean {
		return Boolean(this.#line?.talking || this.#probe?.talking);
	}

	/** What colleagues say of where they are; not checked. */
	get others(): readonly Presence[] {
		const states = [...this.awareness.getStates()].filter(([client]) => client !== this.doc.clientID);
		return states.map(([, state]) => state as Presence);
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
		this.#plan(null);
		clearTimeout(this.#again);
		void this.#open();
	}

	stop(): void {
		this.#stopped = true;
		clearTimeout(this.#again);
		clearTimeout(this.#hurry);
		clearInterval(this.#return);
		this.#line?.close();
		this.#probe?.close();
		this.#line = this.#probe = null;
		this.awareness.destroy();
	}

	answer(theirs: Uint8Array): Answer {
		return answer(this.doc, this.keeper.own, theirs, this.keeper.unsent());
	}

	hello(line: Line, hello: Hello): Verdict {
		this.venue.time.heard(hello.now);
		return this.keeper.hello(hello, line);
	}

	async ready(line: Line): Promise<boolean> {
		return (await this.keeper.ready(line)) && !this.#stopped;
	}

	accepted(line: Line, accepted: Accepted, whole: boolean): void {
		this.keeper.accepted(accepted, line, whole);
	}

	refused(line: Line, refused: Refused): void {
		this.keeper.refused(refused, line);
	}

	time(now: number): void {
		this.venue.time.heard(now);
	}

	trouble(line: Line, trouble: StoreTrouble | null): void {
		if (line === this.#line) this.keeper.trouble(trouble);
	}

	synced(line: Line): void {
		this.#signIns = 0;
		this.#syncedMs = performance.now();
		if (line === this.#probe) {
			this.#line?.close();
			this.#line = line;
			this.#probe = null;
		}
		if (line.at === 'leaf') this.#oldBox = false;
		clearInterval(this.#return);
		if (line.address !== this.venue.addresses[0])
			this.#return = setInterval(() => void this.#lookForLeaf(), RETURN_MS);
		this.#tellSynced(line);
	}

	ended(line: Line, code: number): void {
		if (line.at === 'leaf') this.#oldBox = code === BEHIND;
		if (code === SIGN_IN_AGAIN) this.#signIns++;
		if (line === this.#probe) return this.#endedProbe(code);
		if (line !== this.#line) return;
		clearTimeout(this.#hurry);
		this.#line = null;
		this.#forgetOthers();
		if (START_OVER.has(code)) return this.keeper.startOver(code);
		if (FINAL.has(code)) return this.#finish(code);
		if (code === ABSENT) this.keeper.status({ kind: 'absent' });
		else this.#connecting();
		if (line.synced && performance.now() - this.#syncedMs > STEADY_MS) this.#plan(line.address);
		else if (code !== SIGN_IN_AGAIN) this.#tries++;
		this.#again = setTimeout(() => void this.#open(), this.#waitMs(code));
	}

	#endedProbe(code: number): void {
		this.#probe = null;
		if (START_OVER.has(code)) return this.keeper.startOver(code);
		if (this.#line?.synced) this.#tellSynced(this.#line);
	}

	#waitMs(code: number): number {
		if (SLOWLY.has(code)) return SLOW_MS;
		if (code === SIGN_IN_AGAIN) return backOffMs(this.#signIns - 1);
		if (this.#tries < this.#atOnce) return 0;
		return backOffMs(Math.floor((this.#tries - this.#atOnce) / this.#tour.length));
	}

	/**
	 * The order in which addresses are tried, each once without a wait but the one that was lost. At first the leaf,
	 * then the cores from any of them on; after a core the other cores, then the leaf (a second line has looked for
	 * it meanwhile).
	 */
	#plan(lost: string | null): void {
		const { addresses } = this.venue;
		const at = lost === null ? -1 : addresses.indexOf(lost);
		const cores = addresses.map((_, n) => n).slice(1);
		const from = at > 0 ? at : Math.floor(Math.random() * cores.length);
		const turned = [...cores.slice(from), ...cores.slice(0, from)];
		const others = at < 0 ? [0, ...turned] : at === 0 ? turned : [...turned.slice(0, -1), 0];
		this.#tries = 0;
		this.#atOnce = others.length;
		this.#tour = at < 0 ? others : [...others, at];
	}

	#tellSynced(line: Line): void {
		this.keeper.status({ kind: 'synced', at: line.at, oldBox: this.#oldBox });
	}

	#connecting(): void {
		this.keeper.status({ kind: 'connecting', oldBox: this.#oldBox });
	}

	#finish(code: number): void {
		clearInterval(this.#return);
		this.keeper.status({ kind: 'ended', code });
	}

	async #open(): Promise<void> {
		const token = await this.#token();
		if (token === null || this.#stopped || this.#line) return;
		clearInterval(this.#return);
		if (this.#tour.length !== this.venue.addresses.length) this.#plan(null);
		const n = this.#tour[this.#tries % this.#tour.length]!;
		const line = this.#dial(n, token);
		this.#line = line;
		if (n === 0 && this.#tour.length > 1) this.#hurry = setTimeout(() => this.#dontWaitFor(line), HURRY_MS);
	}

	/** The leaf takes long: it is the second line from now on, and a core is tried. */
	#dontWaitFor(line: Line): void {
		if (line !== this.#line || line.hello) return;
		this.#probe?.close();
		this.#probe = line;
		this.#line = null;
		this.#tries++;
		void this.#open();
	}

	async #lookForLeaf(): Promise<void> {
		const token = await this.#token();
		if (token === null || this.#stopped || this.#probe) return;
		if (!this.#line || this.#line.address === this.venue.addresses[0]) return;
		this.#probe = this.#dial(0, token);
	}

	async #token(): Promise<string | null> {
		const token = await this.venue.token(this.#signIns > 0);
		if (token === null && !this.#stopped) this.#finish(SIGN_IN_AGAIN);
		return token;
	}

	#dial(n: number, token: string): Line {
		const { id: venue, addresses, dial = socketOf } = this.venue;
		const where = { address: addresses[n]!, venue, document: this.document, token };
		return new Line(n === 0 ? 'leaf' : 'core', where, this, SILENCE_MS, OPEN_WITHIN_MS, dial);
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
