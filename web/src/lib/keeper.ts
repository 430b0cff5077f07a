/**
 * One document on this device: in memory, in the store, between tabs, and in sync. No runes, no words for people.
 *
 * Invariants:
 * 1. An own act is kept until the *leaf's* vector covers it; one the leaf refused is told before it is forgotten.
 * 2. A client id is in the store in the same transaction as the first act written under it.
 * 3. What any server may have seen keeps its stamps, and is marked as sent before it is; only an act no server has
 *    been sent may be restamped.
 * 4. Starting over: a fresh replica is synced first; then the acts it lacks are written into it again, once; then
 *    it takes the place of the old one, in memory and in one transaction of the store. Until then the old one is
 *    read and written. Nothing of the fresh one is sent before that transaction is done.
 * 5. Other tabs hold a copy of the writer's replica (its *lineage*), in which they write for themselves only; an act
 *    of theirs is theirs to tell again, in order to each new writer, until one has said that it is kept.
 */
import * as Y from 'yjs';
import { DocumentStore, TakenOver } from './document-store.ts';
import { newNonce } from './ids.ts';
import { Kept } from './kept.ts';
import {
	type Accepted,
	type Hello,
	Line,
	type Refused,
	type StoreTrouble,
	type Vector,
	type Verdict,
} from './line.ts';
import { type Act, blank, type Change, changesOf, LocalDocument, type WrittenAct } from './local-document.ts';
import { refusedLate, textIn, type What } from './refusals.ts';
import {
	AT_FIRST,
	type KeeperTold,
	type KeeperVenue,
	type Presence,
	type Standing,
	type TabMessage,
	type Where,
} from './standing.ts';
import * as over from './start-over.ts';
import { Sync, type SyncOwner, type SyncStatus } from './sync.ts';
import { Tabs, type TabsOwner } from './tabs.ts';
import { errorOf, misstamped, msOf, timing } from './timing.ts';
import { covers, type KeptAct } from './unsent.ts';

const TAB = Symbol('another tab');
const STORE = Symbol('store');
/** Other tabs hear of the standing at most this often. */
const TELL_MS = 100;
/** Names of people: of an epoch that ended nothing is kept, for somebody may have been erased. */
const WIPED = 'roster';

export class Keeper implements SyncOwner, TabsOwner<TabMessage> {
	local: LocalDocument;
	standing: Standing = AT_FIRST;
	#kept = new Kept();
	#tabs: Tabs<TabMessage>;
	#sync: Sync | null = null;
	#lineage = '';
	#fresh: over.Fresh | null = null;
	/** when the last fresh replica is in the store */
	#settled: Promise<void> = Promise.resolve();
	/** the core refused something on this line: the close that follows is no fence */
	#refusedAtCore = false;
	#closed = false;
	#telling: ReturnType<typeof setTimeout> | undefined;
	#where: Where | null = null;

	constructor(
		readonly document: string,
		readonly venue: KeeperVenue,
		readonly told: KeeperTold,
	) {
		this.local = this.#newLocal();
		this.#tabs = new Tabs(`${venue.store.db.name} ${venue.id} ${venue.device} ${document}`, this);
		this.#tabs.tell({ kind: 'join' });
	}

	/** Client ids this device wrote under. */
	get own(): ReadonlySet<number> {
		return this.#kept.own;
	}

	/** The address this tab talks to now. */
	get address(): string | null {
		return this.#sync?.address ?? null;
	}

	/** One act by a person; in memory at once, in the store when `unsent` says so without a fault. `id`: of the act. */
	write(changes: readonly Change[], person: string, id?: string): Act {
		if (!this.standing.loaded || this.standing.fault)
			throw new Error(`${this.document} can't be written now`);
		const act = this.local.write(changes, person, id);
		if (this.#kept.open) this.#keep(act);
		else {
			this.#tellAct(this.#kept.acts.add(act, timing(act, this.venue.time)));
			this.#show();
		}
		return act;
	}

	/** Where this tablet's person is, for colleagues; null: nowhere. Never stored; of several tabs the last counts. */
	present(where: Where | null): void {
		this.#where = where;
		if (this.#tabs.leading) this.#sync?.awareness.setLocalState(where);
		else this.#tabs.tell({ kind: 'where', where });
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
		if (this.#kept.open) this.#hearAsWriter(message);
		else if (!this.#tabs.leading) this.#hearAsReader(message);
	}

	#hearAsWriter(message: TabMessage): void {
		if (message.kind === 'join') return this.#tellState();
		// two tabs lead: the store says to one of them that it does not
		if (message.kind === 'state') return this.#do(this.#kept.check().then(() => this.#tellState()));
		if (message.kind === 'where') return this.present(message.where);
		if (message.kind !== 'act' || message.lineage !== this.#lineage) return;
		const { act, now, aheadMs } = message;
		if (!covers(this.#kept.head.promised, act) && !this.local.knows(act))
			return this.#keep(this.local.put(act), aheadMs + now - this.venue.time.now());
		// told before; the store takes transactions in order
		const moved = !this.local.holds(act);
		this.#do(this.#kept.check().then(() => this.#tabs.tell({ kind: 'kept', id: act.id, moved })));
	}

	#hearAsReader(message: TabMessage): void {
		switch (message.kind) {
			case 'state':
				if (message.lineage === this.#lineage) Y.applyUpdate(this.local.doc, message.state, TAB);
				else this.#join(message.lineage, message.state);
				return this.#follow(message.standing);
			case 'update':
				return Y.applyUpdate(this.local.doc, message.update, TAB);
			case 'refused':
				return this.told.refused(message.refusal);
			case 'standing':
				if (message.now !== null) this.venue.time.heard(message.now);
				return this.#follow(message.standing);
			case 'present':
				return this.told.presence(message.present);
			case 'kept':
				for (const act of this.#kept.acts.forget([message])) if (message.moved) this.local.forget(act);
		}
	}

	/** Another replica is the writer's now: a copy of it, and what it was not told yet. */
	#join(lineage: string, state: Uint8Array): void {
		const local = this.#newLocal();
		Y.applyUpdate(local.doc, state, TAB);
		local.writeAside();
		this.#lineage = lineage;
		this.#takePlace(local);
		for (const act of this.#kept.acts.all) {
			if (!local.knows(act)) local.put(act);
			this.#tellAct(act);
		}
	}

	/** Its stamps and texts: the writer writes it under its own client id, in the order it is told. */
	#tellAct(kept: KeptAct): void {
		const { id, person, atMs, edits } = kept;
		const { time } = this.venue;
		const timed = { now: time.now(), aheadMs: errorOf(kept, time) };
		const act = { id, person, atMs, edits };
		this.#tabs.tell({ kind: 'act', lineage: this.#lineage, act, ...timed });
	}

	#follow(standing: Standing): void {
		this.standing = standing;
		this.told.standing(standing);
	}

	#tellState(): void {
		const state = Y.encodeStateAsUpdate(this.local.doc);
		this.#tabs.tell({ kind: 'state', state, lineage: this.#lineage, standing: this.standing });
		this.#tabs.tell({ kind: 'present', present: this.#sync?.others ?? [] });
	}

	/** Another tab owns the store: what is unsent here is told to it as soon as it says what it has. */
	#stepDown(): void {
		this.#sync?.stop();
		this.#sync = this.#fresh = null;
		this.#kept.release();
		this.#lineage = '';
		this.#tabs.follow();
		this.#tabs.tell({ kind: 'join' });
	}

	/** This tab has become the writer: what the store has comes in, what was in the air here is kept. */
	async #start(): Promise<void> {
		let whole = true;
		try {
			const { updates, mine } = await this.#kept.claim(new DocumentStore(this.venue.store, this.document));
			if (this.#closed) return;
			const local = this.#newLocal();
			for (const update of updates) Y.applyUpdate(local.doc, update, STORE);
			whole = this.#kept.acts.all.every((act) => local.holds(act));
			this.#takePlace(local);
			this.#show({ loaded: this.standing.loaded || updates.length > 0 });
			for (const act of mine) if (!local.knows(act)) this.#keep(local.put(act));
		} catch (error) {
			this.#fault(error);
		}
		if (this.#closed) return;
		this.#lineage = newNonce(8);
		if (whole) this.#connect(this.local);
		else this.#startFresh();
		this.#tellState();
	}

	/** `aheadMs`: by how much its stamps are, as far as is known. */
	#keep(act: WrittenAct, aheadMs?: number): void {
		const kept = this.#kept.acts.add(act, timing(act, this.venue.time, aheadMs));
		const talking = !this.#fresh && (this.#sync?.talking ?? false);
		const late = misstamped(kept, this.venue.time);
		const [marked] = talking && !late ? this.#kept.acts.mark((one) => one === kept, { sent: true }) : [kept];
		this.#do(
			this.#kept
				.keep(marked!, this.local.doc.clientID)
				.then(() => this.#tabs.tell({ kind: 'kept', id: act.id, moved: false })),
		);
		if (!this.#fresh && !late) this.#sync?.push(act.update);
		this.#tabs.tell({ kind: 'update', update: act.update });
		if (talking && late) this.#startFresh();
		this.#show();
	}

	/** The store said no: nothing may be written here until the page is opened again. Or another tab writes. */
	#fault(error: unknown): void {
		if (error instanceof TakenOver) {
			if (this.#kept.open && !this.#closed) this.#stepDown();
			return;
		}
		this.#show({ fault: 'store' });
		reportError(error);
	}

	#do(work: Promise<void>): void {
		work.catch((error) => this.#fault(error));
	}

	#connect(local: LocalDocument): void {
		const epoch = this.#fresh ? null : this.#kept.head.epoch;
		this.#refusedAtCore = false;
		this.#sync = new Sync(local.doc, this.venue, this.document + (epoch === null ? '' : `@${epoch}`), this);
		this.#sync.awareness.setLocalState(this.#where);
	}

	/** Colleagues, as the line tells them. */
	others(present: readonly Presence[]): void {
		this.told.presence(present);
		this.#tabs.tell({ kind: 'present', present });
	}

	trouble(trouble: StoreTrouble | null): void {
		if (trouble !== this.standing.trouble) this.#show({ trouble });
	}

	hello(hello: Hello): Verdict {
		const { head, acts } = this.#kept;
		const replica = this.#fresh ? this.#fresh.met : head;
		if (over.behind(hello, head) || (replica && over.behind(hello, replica))) return 'hang-up';
		const late = !this.#fresh && acts.all.some((act) => misstamped(act, this.venue.time));
		if (late || (replica && over.other(hello, replica))) {
			this.#startFresh();
			return 'hang-up';
		}
		const met = { term: hello.term, epoch: hello.epoch };
		if (this.#fresh) this.#greetFresh(this.#fresh, met);
		else this.#do(this.#kept.meet(met));
		const fault = over.schemaFault(hello);
		if (this.standing.fault !== 'store' && this.standing.fault !== 'fenced') this.#show({ fault });
		return fault === 'old-box' ? 'listen' : 'talk';
	}

	/** An epoch that ended in the same term: of a wiped document nothing stays but what is unsent. */
	#greetFresh(fresh: over.Fresh, met: over.Met): void {
		fresh.met = met;
		const { epoch, term } = this.#kept.head;
		if (this.document !== WIPED || epoch === null || met.term !== term || met.epoch === epoch) return;
		this.#takePlace(this.#newLocal());
		this.#lineage = newNonce(8);
		this.#do(this.#kept.wipe());
		this.#tellState();
	}

	unsent(): readonly Uint8Array[] {
		return this.#kept.acts.all.filter((act) => !act.leafOnly).map((act) => act.update);
	}

	/** Before anything of ours goes out on a line: all of it is in the store, marked as sent, without a gap. */
	async ready(line: Line): Promise<boolean> {
		const decided = await line.whole;
		await this.#settled;
		if (!line.talking || !this.#kept.open) return false;
		if (line.at === 'leaf' && !(await this.#mended(line, decided))) return false;
		await this.#kept.mark((act) => !act.sent, { sent: true }).catch((error) => this.#fault(error));
		return line.talking;
	}

	/** Hands in what a restored leaf lacks. False: this line ended, or our acts need a replica made for it. */
	async #mended(line: Line, decided: Vector): Promise<boolean> {
		const { offer, head, acts } = this.#kept;
		const open = line.hello?.hand_in;
		if (acts.all.some((act) => act.leafOnly) || (!open && this.#gaps(this.local, decided).size)) {
			this.#startFresh();
			return false;
		}
		const promised = over.raised(head.promised, offer?.vector ?? {});
		if (!open || (!offer && !over.lower(decided, promised))) return true;
		for (const page of over.pages(offer?.edits ?? [], promised)) await line.handIn(page);
		this.#do(this.#kept.handedIn());
		return line.talking;
	}

	/** What the leaf has not decided before our first unsent act, and a replica can't give it either. */
	#gaps(local: LocalDocument, decided: Vector): Map<string, number[]> {
		const unsent = this.#kept.acts.all.filter((act) => !covers(decided, act));
		return over.gaps(unsent, decided, (replica) => local.counters(replica));
	}

	accepted({ vector, at, refused = [] }: Accepted, line: Line, whole: boolean): void {
		if (at === 'leaf')
			for (const [act, whats] of refusedLate(this.#kept.acts.all, vector, refused))
				if (msOf(act) > this.venue.time.now()) this.#rewrite(act);
				else for (const what of whats) this.#tellRefused(what);
		if (this.#fresh) {
			if (at === 'core') this.#fresh.atCore = vector;
			else if (whole) this.#refill(this.#fresh, vector, line);
			return;
		}
		if (at === 'leaf') this.#do(this.#kept.decide(vector));
		else this.#do(this.#kept.mark((act) => !act.atCore && covers(vector, act), { atCore: true }));
		this.#show();
	}

	refused({ stamp, name, code, message }: Refused, line: Line): void {
		if (code === 'act') return; // the one that is to blame is told
		const act = this.#kept.acts.withStamp(stamp);
		if (!act || act.blank) return; // told before, or another page's of this device
		if (code === 'ahead' && line.at === 'leaf') return this.#rewrite(act);
		if (line.at === 'core') {
			this.#refusedAtCore = true;
			this.#do(this.#kept.mark((one) => one === act, { blank: true }));
		}
		this.#tellRefused({
			stamp,
			name,
			text: textIn(act, stamp),
			code,
			message,
		});
	}

	/** Refused for its time alone, which we know now: the same once more. */
	#rewrite(act: KeptAct): void {
		this.#do(this.#kept.mark((one) => one === act, { blank: true }));
		const again = this.local.write(changesOf(act), act.person);
		this.#keep(again);
		this.told.moved?.(new Map(act.edits.map(([stamp], n) => [stamp, again.edits[n]![0]])));
	}

	#tellRefused(what: What): void {
		const text = what.code === 'erased' ? '' : what.text; // it may be a name
		const refusal = { ...what, text, document: this.document, atMs: this.venue.time.now() };
		this.#do(this.venue.store.keep('refusals', refusal));
		this.#tabs.tell({ kind: 'refused', refusal });
		this.told.refused(refusal);
	}

	status(status: SyncStatus): void {
		const synced = status.kind === 'synced';
		if (this.#fresh && synced) return;
		this.#show(synced ? { status, loaded: true } : { status, trouble: null });
	}

	startOver(code: number): void {
		if (code === 4409 || this.#refusedAtCore) return this.#startFresh();
		const now = this.venue.time.now();
		const again = this.#kept.fencedBefore(now);
		this.#do(this.#kept.fence(now));
		if (!again) return this.#startFresh();
		// this replica is broken, and a person has to look
		this.#sync?.stop();
		this.#show({ fault: 'fenced', status: { kind: 'ended', code } });
	}

	#startFresh(): void {
		this.#sync?.stop();
		const fresh = over.freshOf(this.#newLocal());
		this.#settled = fresh.settled;
		this.#fresh = fresh;
		this.#show({ status: AT_FIRST.status, trouble: null });
		// the line that told us is still on the stack
		queueMicrotask(() => {
			if (this.#fresh === fresh && !this.#closed) this.#connect(fresh.local);
		});
	}

	/**
	 * The fresh replica has all the server has; `decided`: what the leaf has decided of ours. What the core holds of a
	 * replica that was dropped stays ours to hand to the leaf, under its old client id.
	 */
	#refill(fresh: over.Fresh, decided: Vector, line: Line): void {
		const { local, settle } = fresh;
		const met = fresh.met!;
		const { acts, offer } = this.#kept;
		const lost = this.#kept.restored(met) ? over.missing(this.local, local, acts.all) : [];
		const closes = line.at === 'leaf' && !line.hello?.hand_in;
		const gaps = closes ? this.#gaps(local, decided) : new Map<string, number[]>();
		const written = over
			.filling(gaps, [...(offer?.edits ?? []), ...lost])
			.map((act) => acts.made({ ...local.put(act), blank: act.blank }));
		const moved = new Map<string, string>();
		for (const act of acts.all)
			if (!covers(decided, act)) written.push(this.#again(act, fresh, line.at === 'core', moved));
		this.#fresh = null;
		const stored = this.#kept.startOver(local.doc, written, met, decided, lost);
		this.#takePlace(local);
		this.#lineage = newNonce(8);
		stored.then(settle, (error) => {
			this.#fault(error);
			if (!moved.size) settle(); // without new stamps it may go out all the same
		});
		this.#tellState();
		if (moved.size) this.told.moved?.(moved);
		this.status({ kind: 'synced', at: line.at, oldBox: false });
	}

	/** The act in a fresh replica, where it lacks it; seen only here, where the core would make it a tombstone. */
	#again(act: KeptAct, { local, atCore }: over.Fresh, core: boolean, moved: Map<string, string>): KeptAct {
		if (local.holds(act)) return act;
		if (core && covers(atCore, act)) return { ...act, ...local.show(act), leafOnly: true };
		const moves = misstamped(act, this.venue.time) || over.follows(act, moved);
		const behind = act.order > this.#kept.acts.lastSent; // what a server may have has no hole before it
		const late = moves && behind ? local.restamp(act, errorOf(act, this.venue.time), moved) : act;
		return { ...act, ...local.put(act.blank ? blank(act) : late), sent: true, leafOnly: false };
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
			if (local === this.local && this.#kept.open && origin instanceof Line) this.#taken(update);
		});
		return local;
	}

	/** From a server: to the other tabs, and into the store without hurry. */
	#taken(update: Uint8Array): void {
		this.#tabs.tell({ kind: 'update', update });
		this.#do(this.#kept.take(update, this.local.doc));
	}

	#show(change: Partial<Standing> = {}): void {
		this.standing = { ...this.standing, ...change, unsent: this.#kept.acts.shown };
		this.told.standing(this.standing);
		if (this.#kept.open && this.#telling === undefined)
			this.#telling = setTimeout(() => {
				this.#telling = undefined;
				const { time } = this.venue;
				const now = time.sinceContact() === null ? null : time.now();
				this.#tabs.tell({ kind: 'standing', standing: this.standing, now });
			}, TELL_MS);
	}
}
