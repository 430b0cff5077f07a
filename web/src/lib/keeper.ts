/**
 * One document on this device: in memory, in the store, between tabs, and in sync. No runes, no words for people.
 *
 * Invariants:
 * 1. An own act is kept until the *leaf's* vector covers it, or the leaf refused it.
 * 2. A client id is in the store in the same transaction as the first act written under it.
 * 3. What any server may have seen keeps its stamps; only an act no server has been sent may be restamped.
 * 4. Starting over: a fresh replica is synced first; then the acts it lacks are written into it again, once; then
 *    it takes the place of the old one. Until then the old one is read and written.
 */
import * as Y from 'yjs';
import type { LeafTime } from './leaf-time.ts';
import { type Accepted, type Hello, Line, type Refused, type Server } from './line.ts';
import { type Act, blank, type Change, LocalDocument, type WrittenAct } from './local-document.ts';
import type { KeptHead, KeptRefusal, Store } from './store.ts';
import { Sync, type SyncOwner, type SyncStatus } from './sync.ts';
import { Tabs, type TabsOwner } from './tabs.ts';
import { covers, type KeptAct, UnsentActs } from './unsent.ts';

export type KeeperVenue = {
	readonly id: string;
	readonly device: string;
	readonly addresses: readonly string[];
	readonly store: Store;
	readonly time: LeafTime;
	token(renew: boolean): Promise<string | null>;
};

/** How a replica stands; the same in every tab of this device. */
export type Standing = {
	status: SyncStatus;
	/** there is a picture, from the store or from a server */
	loaded: boolean;
	/** own acts the leaf has not accepted */
	unsent: readonly KeptAct[];
	/** why nothing may be written here */
	fault: null | 'store' | 'fenced';
};

/** Where a colleague is: which table is open, whose sheet. What others say of themselves; shown as text only. */
export type Presence = { name: string; table: string; player: string | null };

export type KeeperTold = {
	changed(names: ReadonlySet<string>): void;
	standing(standing: Standing): void;
	refused(refusal: KeptRefusal): void;
	presence(others: readonly Presence[]): void;
};

type TabMessage =
	| { kind: 'join' }
	| { kind: 'state'; state: Uint8Array; fresh: boolean; standing: Standing }
	| { kind: 'update'; update: Uint8Array }
	| { kind: 'act'; client: number; act: WrittenAct }
	| { kind: 'kept'; id: string }
	| { kind: 'refused'; refusal: KeptRefusal }
	| { kind: 'standing'; standing: Standing };

const TAB = Symbol('another tab');
const STORE = Symbol('store');
const ROWS_MAX = 500;
const FENCE_WINDOW_MS = 10 * 60_000;
/** Smaller errors of a device's time are left: stamps need order, not truth. */
const RESTAMP_MS = 5_000;
/** Other tabs hear of the standing at most this often. */
const TELL_MS = 100;

export class Keeper implements SyncOwner, TabsOwner<TabMessage> {
	local: LocalDocument;
	standing: Standing = { status: { kind: 'connecting' }, loaded: false, unsent: [], fault: null };
	readonly own = new Set<number>();
	#tabs: Tabs<TabMessage>;
	#sync: Sync | null = null;
	#acts = new UnsentActs();
	#epoch: number | null = null;
	#rows = 0;
	#fresh: LocalDocument | null = null;
	#fencedMs = Number.NEGATIVE_INFINITY;
	#refusedAtCore = new Set<string>();
	#closed = false;
	#telling: ReturnType<typeof setTimeout> | undefined;
	#presence: Presence | null = null;

	constructor(
		readonly document: string,
		readonly venue: KeeperVenue,
		readonly told: KeeperTold,
	) {
		this.local = this.#newLocal();
		this.#tabs = new Tabs(`${venue.store.db.name} ${venue.id} ${venue.device} ${document}`, this);
		this.#tabs.tell({ kind: 'join' });
	}

	/** One act by a person; in memory at once, in the store when `unsent` says so without a fault. */
	write(changes: readonly Change[], person: string): Act {
		if (!this.standing.loaded || this.standing.fault)
			throw new Error(`${this.document} can't be written now`);
		const act = this.local.write(changes, person);
		if (this.#tabs.leading) this.#keep(act, this.local.doc.clientID);
		else {
			this.#acts.add(act, { shift: this.venue.time.shift, sent: false });
			this.#tabs.tell({ kind: 'act', client: this.local.doc.clientID, act });
			this.#show();
		}
		return act;
	}

	/** Where this tablet's person is, for colleagues; null: nowhere. Never stored. */
	present(where: Presence | null): void {
		this.#presence = where;
		this.#sync?.awareness.setLocalState(where);
	}

	tryNow(): void {
		this.#sync?.tryNow();
	}

	close(): void {
		this.#closed = true;
		clearTimeout(this.#telling);
		this.#sync?.stop();
		this.#tabs.close();
	}

	lead(): void {
		void this.#start();
	}

	hear(message: TabMessage): void {
		if (this.#tabs.leading) {
			if (message.kind === 'join') this.#tellState(false);
			if (message.kind !== 'act') return;
			Y.applyUpdate(this.local.doc, message.act.update, TAB);
			this.#keep(message.act, message.client);
			return;
		}
		switch (message.kind) {
			case 'state':
				if (message.fresh) this.#takePlace(this.#newLocal());
				Y.applyUpdate(this.local.doc, message.state, TAB);
				this.#follow(message.standing);
				return;
			case 'update':
				Y.applyUpdate(this.local.doc, message.update, TAB);
				return;
			case 'refused':
				this.told.refused(message.refusal);
				return;
			case 'standing':
				this.#follow(message.standing);
				return;
			case 'kept':
				this.#acts.forget([message]);
		}
	}

	#follow(standing: Standing): void {
		this.standing = standing;
		this.told.standing(standing);
	}

	#tellState(fresh: boolean): void {
		const state = Y.encodeStateAsUpdate(this.local.doc);
		this.#tabs.tell({ kind: 'state', state, fresh, standing: this.standing });
	}

	/** This tab has become the writer: what the store has comes in, what other tabs left in the air is kept. */
	async #start(): Promise<void> {
		try {
			const inAir = this.#acts.all;
			const kept = await this.venue.store.load(this.document);
			if (this.#closed) return;
			this.#epoch = kept.head.epoch;
			this.#rows = kept.updates.length;
			for (const id of kept.head.own) this.own.add(id);
			this.#acts.replace(kept.acts.map((act) => ({ ...act, shift: 0 })));
			this.local.doc.transact(() => {
				for (const update of kept.updates) Y.applyUpdate(this.local.doc, update, STORE);
			}, STORE);
			for (const act of inAir) if (!this.#acts.has(act.id)) this.#keep(act, this.local.doc.clientID);
			if (this.#rows > ROWS_MAX) await this.#compact();
			this.#show({ loaded: this.standing.loaded || kept.updates.length > 0 });
		} catch (error) {
			this.#fault(error);
		}
		if (this.#closed) return;
		this.#connect(this.local);
		this.#tellState(false);
	}

	#keep(act: WrittenAct, client: number): void {
		const sent = this.standing.status.kind === 'synced';
		const kept = this.#acts.add(act, { shift: this.venue.time.shift, sent });
		this.own.add(client);
		this.#rows++;
		this.venue.store.keepAct(this.#head(), kept).then(
			() => this.#tabs.tell({ kind: 'kept', id: act.id }),
			(error) => this.#fault(error),
		);
		if (!this.#fresh) this.#sync?.push(act.update);
		this.#tabs.tell({ kind: 'update', update: act.update });
		this.#show();
	}

	async #compact(): Promise<void> {
		this.#rows = 1;
		await this.venue.store.replace(this.#head(), Y.encodeStateAsUpdate(this.local.doc), this.#acts.all);
	}

	#head(): KeptHead {
		return { document: this.document, own: [...this.own], epoch: this.#epoch };
	}

	/** The store said no: nothing may be written here until the page is opened again. */
	#fault(error: unknown): void {
		this.#show({ fault: 'store' });
		reportError(error);
	}

	#do(work: Promise<void>): void {
		work.catch((error) => this.#fault(error));
	}

	#connect(local: LocalDocument): void {
		const { id, addresses } = this.venue;
		const epoch = this.#epoch === null ? '' : `@${this.#epoch}`;
		this.#sync = new Sync(local.doc, { addresses, path: `${id}/${this.document}${epoch}` }, this);
		const { awareness } = this.#sync;
		awareness.setLocalState(this.#presence);
		awareness.on('change', () => {
			const others = [...awareness.getStates()].filter(([client]) => client !== local.doc.clientID);
			this.told.presence(others.map(([, where]) => where as Presence));
		});
	}

	token(renew: boolean): Promise<string | null> {
		return this.venue.token(renew);
	}

	time(now: number): void {
		this.venue.time.heard(now);
	}

	unsent(): readonly Uint8Array[] {
		if (this.#fresh) return [];
		const marked = this.#acts.mark((act) => !act.sent, { sent: true });
		if (marked.length) this.#do(this.venue.store.markActs(this.document, marked));
		return this.#acts.all.map((act) => act.update);
	}

	hello(hello: Hello): boolean {
		const known = this.#fresh ? null : this.#epoch;
		if (known !== null && known !== hello.epoch) {
			this.startOver(4409);
			return false;
		}
		if (!this.#fresh && this.#acts.all.some((act) => this.#misstamped(act))) {
			this.#startFresh();
			return false;
		}
		if (this.#epoch !== hello.epoch) {
			this.#epoch = hello.epoch;
			if (!this.#fresh) this.#do(this.venue.store.keepHead(this.#head()));
		}
		return true;
	}

	#misstamped(act: KeptAct): boolean {
		return !act.sent && Math.abs(this.#errorOf(act)) > RESTAMP_MS;
	}

	#errorOf(act: KeptAct): number {
		return this.venue.time.shift - act.shift;
	}

	accepted({ vector, at }: Accepted): void {
		if (this.#fresh) this.#refill(this.#fresh, at === 'leaf' ? vector : {});
		const { store } = this.venue;
		if (at === 'leaf') {
			const covered = this.#acts.all.filter((act) => covers(vector, act));
			this.#acts.forget(covered);
			if (covered.length) this.#do(store.forgetActs(this.document, covered));
		} else {
			const marked = this.#acts.mark((act) => !act.atCore && covers(vector, act), { atCore: true });
			if (marked.length) this.#do(store.markActs(this.document, marked));
		}
		this.#show();
	}

	refused({ stamp, name, code, message }: Refused, at: Server): void {
		const act = this.#acts.withStamp(stamp);
		if (act?.blank) return;
		if (at === 'core' && act) this.#refusedAtCore.add(act.id);
		const text = act?.edits.find((edit) => edit[0] === stamp)?.[1] ?? textOf(this.local, stamp);
		const atMs = this.venue.time.now();
		const refusal = { stamp, document: this.document, name, text, code, message, atMs };
		this.#do(this.venue.store.keep('refusals', refusal));
		this.#tabs.tell({ kind: 'refused', refusal });
		this.told.refused(refusal);
	}

	status(status: SyncStatus): void {
		if (this.#fresh && status.kind === 'synced') return;
		this.#show(status.kind === 'synced' ? { status, loaded: true } : { status });
	}

	startOver(code: number): void {
		const fenced = code !== 4409 && !this.#refusedAtCore.size;
		if (fenced) {
			const again = this.venue.time.monotonic() - this.#fencedMs < FENCE_WINDOW_MS;
			this.#fencedMs = this.venue.time.monotonic();
			if (again) {
				this.#sync?.stop();
				return this.#show({ fault: 'fenced', status: { kind: 'ended', code } });
			}
		}
		this.#startFresh();
	}

	#startFresh(): void {
		this.#sync?.stop();
		this.#epoch = null;
		this.#fresh = this.#newLocal();
		this.#show({ status: { kind: 'connecting' } });
		// the line that told us is still on the stack
		queueMicrotask(() => {
			if (this.#fresh && !this.#closed) this.#connect(this.#fresh);
		});
	}

	/**
	 * The fresh replica has all the server has; `decided` says which of our acts the leaf has decided. What the core
	 * holds of a replica that was dropped stays ours to hand to the leaf, under its old client id.
	 */
	#refill(fresh: LocalDocument, decided: Accepted['vector']): void {
		const moved = new Map<string, string>();
		const acts: KeptAct[] = [];
		const again: Uint8Array[] = [];
		for (const act of this.#acts.all) {
			if (covers(decided, act)) continue;
			if (act.edits.some(([stamp]) => fresh.held(stamp))) {
				acts.push(act);
				continue;
			}
			const empty = act.blank || this.#refusedAtCore.has(act.id);
			const late = this.#misstamped(act) ? fresh.restamp(act, this.#errorOf(act), moved) : act;
			const written = fresh.put(empty ? blank(act) : late);
			again.push(written.update);
			acts.push({ ...act, ...written, sent: true, blank: empty });
		}
		this.#acts.replace(acts);
		this.#refusedAtCore.clear();
		this.own.add(fresh.doc.clientID);
		this.#fresh = null;
		this.#takePlace(fresh);
		for (const update of again) this.#sync?.push(update);
		this.#do(this.#compact());
		this.#tellState(true);
		this.status({ kind: 'synced', at: this.#sync?.at ?? 'leaf' });
	}

	#takePlace(fresh: LocalDocument): void {
		const names = new Set<string>();
		for (const { index } of [this.local, fresh])
			for (const edit of index.edits.values()) names.add(edit.name);
		this.local.doc.destroy();
		this.local = fresh;
		this.told.changed(names);
	}

	#newLocal(): LocalDocument {
		const { device, time } = this.venue;
		const local = new LocalDocument(
			this.document,
			device,
			() => time.now(),
			(names) => {
				if (local === this.local) this.told.changed(names);
			},
		);
		local.doc.on('update', (update: Uint8Array, origin: unknown) => {
			if (local === this.local && this.#tabs?.leading && origin instanceof Line) this.#taken(update);
		});
		return local;
	}

	/** From a server: to the other tabs, and into the store without hurry. */
	#taken(update: Uint8Array): void {
		this.#tabs.tell({ kind: 'update', update });
		this.#rows++;
		this.#do(this.#rows > ROWS_MAX ? this.#compact() : this.venue.store.keepUpdate(this.document, update));
	}

	#show(change: Partial<Standing> = {}): void {
		this.standing = { ...this.standing, ...change, unsent: this.#acts.shown };
		this.told.standing(this.standing);
		if (this.#tabs?.leading && this.#telling === undefined)
			this.#telling = setTimeout(() => {
				this.#telling = undefined;
				this.#tabs.tell({ kind: 'standing', standing: this.standing });
			}, TELL_MS);
	}
}

function textOf(local: LocalDocument, stamp: string): string {
	return local.doc.getMap<string>('f').get(stamp) ?? '';
}
