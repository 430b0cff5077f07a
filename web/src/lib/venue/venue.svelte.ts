/** The venue as a page sees it: who is here, leaf time, the open documents, the line, the money. Opened once a page. */

import type { Kind } from '#lib/facts/facts.gen.ts';
import type { Outbox, Till } from '#lib/money/outbox.svelte.ts';
import { Ticker } from '#lib/screen/ticking.svelte.ts';
import { type KeptTime, LeafTime } from '#lib/sync/leaf-time.ts';
import { type DocumentName, Replica } from '#lib/sync/replica.svelte.ts';
import type { KeeperVenue } from '#lib/sync/standing.ts';
import { Store } from '#lib/sync/store.ts';
import { alternating, type Dial, socketOf } from '#lib/sync/wire.ts';
import type { Names } from '#lib/words/edit-words.ts';
import { Api, Problem, Unreachable } from './api.ts';
import { Connection } from './connection.svelte.ts';
import { type App, keepNote, noteOf, type SignIn, signInOf } from './identity.ts';
import type { UndoList } from './undo.svelte.ts';

/** Nobody is signed in on this device for this app. */
export class SignedOut extends Error {}

/** This browser keeps nothing for us (storage full or blocked): nothing may be edited here. */
export class CantSave extends Error {}

/** `GET /api/v1/venue` */
export type VenueFacts = {
	id: string;
	name: string;
	currency: string;
	time_zone: string;
	start_ms: number;
	now: number;
	/** of a leaf: its box's clock is ahead by so much, or behind; null: it is not in doubt */
	clock_off_ms?: number | null;
	term: number;
	sync: string[];
	/** the core's HTTP address, as the leaf knows it */
	core?: string | null;
	at: 'leaf' | 'core';
};

/** What only some apps have: a way of their own to reach servers, and money. A phone is small without. */
export type Means = {
	dial?: Dial;
	till?: (...made: ConstructorParameters<typeof Outbox>) => Till;
};

const NO_TILL: Till = {
	commands: [],
	open: [],
	standing: null,
	turnedAway: null,
	checking: null,
	isChecking: () => {},
	load: async () => {},
	send: async () => ({ state: 'needs-leaf' }),
	fates: new Map(),
	retry: async () => {},
	retryAll: async () => {},
	remove: async () => false,
	replace: async () => false,
	removalSeen: async () => {},
	old: () => false,
	tryNow: () => {},
	handIn: async () => {},
	slipPrinted: async () => null,
	close: () => {},
};

const KEEP_MS = 10_000;

/** Works without any server from what this device kept. Raises SignedOut; CantSave; Unreachable at the very first time. */
export async function openVenue(app: App, means: Means = {}): Promise<Venue> {
	const signIn = signInOf(app);
	if (!signIn) throw new SignedOut(app);
	const api = new Api(app);
	const kept = noteOf<VenueFacts>(app, 'venue');
	const usable = kept?.id === signIn.venue ? kept : null;
	const facts = usable ?? (await api.get<VenueFacts>('/api/v1/venue'));
	// the admin page shares a tablet with its floor, whose person may write less: it keeps and sends for itself
	const apart = app === 'admin' ? ' admin' : '';
	const store = await Store.open(`felt ${facts.id} ${signIn.device}${apart}`).catch((error: unknown) => {
		throw new CantSave(facts.id, { cause: error });
	});
	const venue = new Venue(app, signIn, api, facts, store, means);
	await venue.load(usable === null);
	return venue;
}

export class Venue implements KeeperVenue {
	readonly id: string;
	readonly name: string;
	readonly currency: string;
	readonly timeZone: string;
	readonly startMs: number;
	readonly at: 'leaf' | 'core';
	/** may change: cores come and go */
	addresses: readonly string[];
	core: string | null;
	clockOffMs: number | null = null;
	readonly dial: Dial;
	readonly device: string;
	readonly person: string;
	readonly personName: string;
	readonly role: string;
	readonly time: LeafTime;
	/** `clock.now`: leaf time as a rune, each second */
	readonly clock: Ticker;
	readonly connection: Connection;
	readonly outbox: Till;
	readonly names: Names;
	/** what was done on this device, to be taken back; an app that offers it puts it here */
	undo: UndoList | null = null;
	/** ids of the tournaments there are, oldest first */
	#tournaments = $state.raw<readonly string[]>([]);
	#learnt = new Set<string>();
	#open = new Map<string, Replica<Kind>>();
	#timer: ReturnType<typeof setInterval>;

	constructor(
		readonly app: App,
		signIn: SignIn,
		readonly api: Api,
		facts: VenueFacts,
		readonly store: Store,
		means: Means,
	) {
		const dial = means.dial ?? socketOf;
		// the port of the page speaks sync too
		const page = location.origin.replace(/^http/, 'ws');
		const [leaf] = facts.sync;
		this.dial = facts.at === 'leaf' && leaf && leaf !== page ? alternating(dial, leaf, page) : dial;
		this.id = facts.id;
		this.name = facts.name;
		this.currency = facts.currency;
		this.timeZone = facts.time_zone;
		this.startMs = facts.start_ms;
		this.at = facts.at;
		this.addresses = facts.sync;
		this.core = facts.core ?? null;
		this.device = signIn.device;
		this.person = signIn.person;
		this.personName = signIn.name;
		this.role = signIn.role;
		this.time = new LeafTime(noteOf<KeptTime>(app, 'time'), facts.start_ms, Date.now());
		this.clock = new Ticker(() => this.time.now());
		const reachable = () => this.at === 'leaf' && this.connection.leaf;
		this.outbox = means.till?.(api, store, this.time, reachable) ?? NO_TILL;
		this.names = { player: (id) => this.playerName(id), table: (id) => this.tableName(id) };
		this.connection = new Connection(this);
		this.#timer = setInterval(() => {
			this.#keepTime();
			if (this.connection.leaf) void this.#ask();
		}, KEEP_MS);
		addEventListener('online', this.tryNow);
		addEventListener('pagehide', this.#keepTime);
	}

	get replicas(): Iterable<Replica<Kind>> {
		return this.#open.values();
	}

	async load(fresh: boolean): Promise<void> {
		this.#tournaments = noteOf<string[]>(this.app, 'tournaments') ?? [];
		await Promise.all([this.connection.load(), this.outbox.load()]);
		const asked = this.#ask();
		if (fresh) await asked;
	}

	/** The same replica each time; stays open as long as the page. */
	open<K extends Kind>(document: DocumentName<K>): Replica<K> {
		let replica = this.#open.get(document);
		if (!replica) {
			replica = new Replica<Kind>(document, this, () => this.person, {
				standing: () => this.connection.update(),
				refused: (refusal) => {
					this.connection.addRefusal(refusal);
					this.undo?.refused(refusal.stamp);
				},
				did: (act) => this.undo?.add(act),
				moved: (stamps) => this.undo?.moved(document, stamps),
			});
			this.#open.set(document, replica);
			// later: a document may be opened while something is derived, where no rune may change
			queueMicrotask(() => this.connection.update());
		}
		return replica as unknown as Replica<K>;
	}

	get tournaments(): readonly string[] {
		return this.#tournaments;
	}

	/** Events that somebody else speaks of: where the list lacks one it is asked for anew, for each of them once. */
	learn(events: Iterable<string>): void {
		const news = [...events].filter((id) => !this.#tournaments.includes(id) && !this.#learnt.has(id));
		for (const id of news) this.#learnt.add(id);
		if (news.length) void this.#ask();
	}

	token(renew: boolean): Promise<string | null> {
		return this.api.token(renew);
	}

	/** Leaf time now; not a rune (that is `clock.now`). */
	now(): number {
		return this.time.now();
	}

	unixMs(leafMs: number): number {
		return this.startMs + leafMs;
	}

	/** A player's display name; the end of the id where the roster has none. */
	playerName(player: string): string {
		const known = this.open<'roster'>('roster').fact(`player/${player}`);
		return known?.name ?? `Player ${player.slice(-4)}`;
	}

	/** "T12" */
	tableName(table: string): string {
		const known = this.open<'config'>('config').fact(`table/${table}`);
		return known ? `T${known.number}` : table;
	}

	readonly tryNow = (): void => {
		for (const { keeper } of this.#open.values()) keeper.tryNow();
		this.outbox.tryNow();
		void this.#ask();
	};

	close(): void {
		clearInterval(this.#timer);
		removeEventListener('online', this.tryNow);
		removeEventListener('pagehide', this.#keepTime);
		this.#keepTime();
		this.connection.close();
		this.outbox.close();
		this.undo?.close();
		this.clock.stop();
		for (const replica of this.#open.values()) replica.close();
		this.store.close();
	}

	/** What may have changed since it was kept; without a server the kept is as good as any. */
	async #ask(): Promise<void> {
		try {
			const facts = await this.api.get<VenueFacts>('/api/v1/venue');
			this.time.heard(facts.now);
			keepNote(this.app, 'venue', facts);
			this.addresses = facts.sync;
			this.core = facts.core ?? null;
			this.clockOffMs = facts.clock_off_ms ?? null;
			if (this.role === 'player') return;
			const documents = await this.api.get<{ document: string }[]>('/api/v1/documents');
			const names = documents.map(({ document }) => document);
			this.#tournaments = names
				.filter((name) => name.startsWith('tournament/'))
				.map((name) => name.slice(11))
				.sort();
			keepNote(this.app, 'tournaments', this.#tournaments);
		} catch (error) {
			// signed out or not ready: the line says so
			if (!(error instanceof Unreachable || error instanceof Problem)) throw error;
		}
	}

	readonly #keepTime = (): void => {
		if (this.time.sinceContact() !== null) keepNote(this.app, 'time', this.time.kept(Date.now()));
	};
}
