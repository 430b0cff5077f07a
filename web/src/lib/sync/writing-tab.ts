/**
 * The one tab of this device that writes a document: it holds the store and the line to the servers.
 *
 * Invariants:
 * 1. An own act is kept until the *leaf's* vector covers it; one the leaf refused is told before it is forgotten.
 * 2. A client id is in the store in the same transaction as the first act written under it.
 * 3. What any server may have seen keeps its stamps, and is marked as sent before it is; only an act no server has
 *    been sent may be restamped.
 * 4. Starting over: a fresh replica is synced first; then the acts it lacks are written into it again, once; then
 *    it takes the place of the old one, in memory and in one transaction of the store. Until then the old one is
 *    read and written. Nothing of the fresh one is sent before that transaction is done.
 */
import * as Y from 'yjs';
import { newNonce } from '#lib/facts/ids.ts';
import { changesOf, type LocalDocument, type WrittenAct } from '#lib/facts/local-document.ts';
import { DocumentStore, TakenOver } from './document-store.ts';
import { Fresh } from './fresh.ts';
import type { Accepted, Hello, Refused, StoreTrouble, Vector, Verdict } from './line.ts';
import { Line } from './line.ts';
import { refusedLate, textIn, type What } from './refusals.ts';
import { AT_FIRST, type Presence, type TabMessage } from './standing.ts';
import * as over from './start-over.ts';
import { Sync, type SyncOwner, type SyncStatus } from './sync.ts';
import type { Tab } from './tab.ts';
import { misstamped, msOf, timing } from './timing.ts';
import { covers, type KeptAct } from './unsent.ts';

const STORE = Symbol('store');
/** Names of people: of an epoch that ended nothing is kept, for somebody may have been erased. */
const WIPED = 'roster';

export class WritingTab implements SyncOwner {
	#sync: Sync | null = null;
	#fresh: Fresh | null = null;
	/** when the last fresh replica is in the store */
	#settled: Promise<void> = Promise.resolve();
	/** the core refused something on this line: the close that follows is no fence */
	#refusedAtCore = false;
	#stopped = false;
	/** client ids that are no device's, as the last hello said */
	#servers: ReadonlySet<number> = new Set();

	constructor(
		readonly tab: Tab,
		/** another tab owns the store */
		readonly stepDown: () => void,
	) {}

	/**
	 * Also those under which another tab wrote what is unsent here: of two copies yjs deletes one, and a server that got
	 * that one alone would take it for gone.
	 */
	get own(): ReadonlySet<number> {
		const { kept, local } = this.tab;
		const writers = local.writersOf(kept.acts.all.filter((act) => !act.leafOnly));
		return new Set([...kept.own, ...writers.filter((id) => !this.#servers.has(id))]);
	}

	get address(): string | null {
		return this.#sync?.address ?? null;
	}

	/** What the store has comes in, what was in the air here is kept. */
	async start(): Promise<void> {
		const { tab } = this;
		const { kept, venue, document } = tab;
		let whole = true;
		try {
			const { updates, mine } = await kept.claim(new DocumentStore(venue.store, document));
			if (this.#stopped) return;
			const local = tab.newLocal();
			for (const update of updates) Y.applyUpdate(local.doc, update, STORE);
			whole = kept.acts.all.every((act) => local.holds(act));
			tab.takePlace(local);
			tab.show({ loaded: tab.standing.loaded || updates.length > 0 });
			for (const act of mine) if (!local.knows(act)) this.keep(local.put(act));
		} catch (error) {
			this.#fault(error);
		}
		if (this.#stopped) return;
		tab.lineage = newNonce(8);
		if (whole) this.#connect(tab.local);
		else this.#startFresh();
		this.tellState();
	}

	stop(): void {
		this.#stopped = true;
		this.#sync?.stop();
	}

	tryNow(): void {
		this.#sync?.tryNow();
	}

	/** Where this device's person is goes out. */
	present(): void {
		this.#sync?.awareness.setLocalState(this.tab.where);
	}

	tellState(): void {
		const { lineage, local, standing, tell } = this.tab;
		tell({ kind: 'state', state: Y.encodeStateAsUpdate(local.doc), lineage, standing });
		tell({ kind: 'present', present: this.#sync?.others ?? [] });
	}

	/** What another tab says: joins, places and acts. */
	hear(message: TabMessage): void {
		const { tab } = this;
		const { kept, local, venue } = tab;
		if (message.kind === 'join') return this.tellState();
		// two tabs lead: the store says to one of them that it does not
		if (message.kind === 'state') return this.#do(kept.check().then(() => this.tellState()));
		if (message.kind === 'where') {
			tab.where = message.where;
			return this.present();
		}
		if (message.kind !== 'act' || message.lineage !== tab.lineage) return;
		const { act, now, aheadMs } = message;
		if (!covers(kept.head.promised, act) && !local.knows(act))
			return this.keep(local.put(act), aheadMs + now - venue.time.now());
		// told before; the store takes transactions in order
		const moved = !local.holds(act);
		this.#do(kept.check().then(() => tab.tell({ kind: 'kept', id: act.id, moved })));
	}

	/** An own act. `aheadMs`: by how much its stamps are, as far as is known. */
	keep(act: WrittenAct, aheadMs?: number): void {
		const { tab } = this;
		const { kept, venue, tell } = tab;
		const added = kept.acts.add(act, timing(act, venue.time, aheadMs));
		const talking = !this.#fresh && (this.#sync?.talking ?? false);
		const late = misstamped(added, venue.time);
		const [marked] = talking && !late ? kept.acts.mark((one) => one === added, { sent: true }) : [added];
		this.#do(
			kept.keep(marked!, tab.local.doc.clientID).then(() => tell({ kind: 'kept', id: act.id, moved: false })),
		);
		if (!this.#fresh && !late) this.#sync?.push(act.update);
		tell({ kind: 'update', update: act.update });
		if (talking && late) this.#startFresh();
		tab.show();
	}

	/** The store said no: nothing may be written here until the page is opened again. Or another tab writes. */
	#fault(error: unknown): void {
		if (error instanceof TakenOver) {
			if (!this.#stopped) this.stepDown();
			return;
		}
		this.tab.show({ fault: 'store' });
		reportError(error);
	}

	#do(work: Promise<void>): void {
		work.catch((error) => this.#fault(error));
	}

	#connect(local: LocalDocument): void {
		const { document, kept, venue } = this.tab;
		const epoch = this.#fresh ? null : kept.head.epoch;
		this.#refusedAtCore = false;
		local.doc.on('update', (update: Uint8Array, origin: unknown) => {
			if (local === this.tab.local && kept.open && origin instanceof Line) this.#taken(update);
		});
		this.#sync = new Sync(local.doc, venue, document + (epoch === null ? '' : `@${epoch}`), this);
		this.present();
	}

	/** From a server: to the other tabs, and into the store without hurry. */
	#taken(update: Uint8Array): void {
		const { kept, local, tell } = this.tab;
		tell({ kind: 'update', update });
		this.#do(kept.take(update, local.doc));
	}

	others(present: readonly Presence[]): void {
		this.tab.told.presence(present);
		this.tab.tell({ kind: 'present', present });
	}

	trouble(trouble: StoreTrouble | null): void {
		if (trouble !== this.tab.standing.trouble) this.tab.show({ trouble });
	}

	status(status: SyncStatus): void {
		const synced = status.kind === 'synced';
		if (this.#fresh && synced) return;
		this.tab.show(synced ? { status, loaded: true } : { status, trouble: null });
	}

	hello(hello: Hello): Verdict {
		const { kept, standing, venue } = this.tab;
		const { head, acts } = kept;
		this.#servers = new Set(hello.servers);
		const replica = this.#fresh ? this.#fresh.met : head;
		if (over.behind(hello, head) || (replica && over.behind(hello, replica))) return 'hang-up';
		const late = !this.#fresh && acts.all.some((act) => misstamped(act, venue.time));
		if (late || (replica && over.other(hello, replica))) {
			this.#startFresh();
			return 'hang-up';
		}
		const met = { term: hello.term, epoch: hello.epoch };
		if (this.#fresh) this.#greetFresh(this.#fresh, met);
		else this.#do(kept.meet(met));
		const fault = over.schemaFault(hello);
		if (standing.fault !== 'store' && standing.fault !== 'fenced') this.tab.show({ fault });
		return fault === 'old-box' ? 'listen' : 'talk';
	}

	/** An epoch that ended in the same term: of a wiped document nothing stays but what is unsent. */
	#greetFresh(fresh: Fresh, met: over.Met): void {
		fresh.met = met;
		const { tab } = this;
		const { epoch, term } = tab.kept.head;
		if (tab.document !== WIPED || epoch === null || met.term !== term || met.epoch === epoch) return;
		tab.takePlace(tab.newLocal());
		tab.lineage = newNonce(8);
		this.#do(tab.kept.wipe());
		this.tellState();
	}

	unsent(): readonly Uint8Array[] {
		return this.tab.kept.acts.all.filter((act) => !act.leafOnly).map((act) => act.update);
	}

	/** Before anything of ours goes out on a line: all of it is in the store, marked as sent, without a gap. */
	async ready(line: Line): Promise<boolean> {
		const { kept } = this.tab;
		const decided = await line.whole;
		await this.#settled;
		if (!line.talking || !kept.open) return false;
		if (line.at === 'leaf' && !(await this.#mended(line, decided))) return false;
		await kept.mark((act) => !act.sent, { sent: true }).catch((error) => this.#fault(error));
		return line.talking;
	}

	/** Hands in what a restored leaf lacks. False: this line ended, or our acts need a replica made for it. */
	async #mended(line: Line, decided: Vector): Promise<boolean> {
		const { kept, local } = this.tab;
		const { offer, head, acts } = kept;
		const open = line.hello?.hand_in;
		if (acts.all.some((act) => act.leafOnly) || (!open && this.#gaps(local, decided).size)) {
			this.#startFresh();
			return false;
		}
		const promised = over.raised(head.promised, offer?.vector ?? {});
		if (!open || (!offer && !over.lower(decided, promised))) return true;
		const edits = [...(offer?.edits ?? []), ...head.named];
		for (const page of over.pages(edits, promised)) await line.handIn(page);
		this.#do(kept.handedIn());
		return line.talking;
	}

	/** What the leaf has not decided before our first unsent act, and a replica can't give it either. */
	#gaps(local: LocalDocument, decided: Vector): Map<string, number[]> {
		const unsent = this.tab.kept.acts.all.filter((act) => !covers(decided, act));
		return over.gaps(unsent, decided, (replica) => local.counters(replica));
	}

	accepted({ vector, at, refused = [] }: Accepted, line: Line, whole: boolean): void {
		const { kept, venue } = this.tab;
		if (at === 'leaf')
			for (const [act, whats] of refusedLate(kept.acts.all, vector, refused)) {
				kept.refused(act);
				if (msOf(act) > venue.time.now()) this.#rewrite(act);
				else for (const what of whats) this.#tellRefused(what);
			}
		if (this.#fresh) {
			if (at === 'core') this.#fresh.atCore = vector;
			else if (whole) this.#refill(this.#fresh, vector, line);
			return;
		}
		if (at === 'leaf') this.#do(kept.decide(vector));
		else this.#do(kept.mark((act) => !act.atCore && covers(vector, act), { atCore: true }));
		this.tab.show();
	}

	refused({ stamp, name, code, message }: Refused, line: Line): void {
		if (code === 'act') return; // the one that is to blame is told
		const { kept } = this.tab;
		const act = kept.acts.withStamp(stamp);
		if (!act || act.blank) return; // told before, or another page's of this device
		if (code === 'ahead' && line.at === 'leaf') return this.#rewrite(act);
		if (line.at === 'core') {
			this.#refusedAtCore = true;
			this.#do(kept.mark((one) => one === act, { blank: true }));
		} else kept.refused(act);
		this.#tellRefused({ stamp, name, text: textIn(act, stamp), code, message });
	}

	/** Refused for its time alone, which we know now: the same once more. */
	#rewrite(act: KeptAct): void {
		const { kept, local, told } = this.tab;
		this.#do(kept.mark((one) => one === act, { blank: true }));
		const again = local.write(changesOf(act), act.person);
		this.keep(again);
		told.moved?.(new Map(act.edits.map(([stamp], n) => [stamp, again.edits[n]![0]])));
	}

	#tellRefused(what: What): void {
		const { document, told, tell, venue } = this.tab;
		const text = what.code === 'erased' ? '' : what.text; // it may be a name
		const refusal = { ...what, text, document, atMs: venue.time.now() };
		this.#do(venue.store.keep('refusals', refusal));
		tell({ kind: 'refused', refusal });
		told.refused(refusal);
	}

	startOver(code: number): void {
		const { kept, venue } = this.tab;
		if (code === 4409 || this.#refusedAtCore) return this.#startFresh();
		const now = venue.time.now();
		const again = kept.fencedBefore(now);
		this.#do(kept.fence(now));
		if (!again) return this.#startFresh();
		// this replica is broken, and a person has to look
		this.#sync?.stop();
		this.tab.show({ fault: 'fenced', status: { kind: 'ended', code } });
	}

	#startFresh(): void {
		this.#sync?.stop();
		const fresh = new Fresh(this.tab.newLocal());
		this.#settled = fresh.settled;
		this.#fresh = fresh;
		this.tab.show({ status: AT_FIRST.status, trouble: null });
		// the line that told us is still on the stack
		queueMicrotask(() => {
			if (this.#fresh === fresh && !this.#stopped) this.#connect(fresh.local);
		});
	}

	/**
	 * The fresh replica has all the server has; `decided`: what the leaf has decided of ours. What the core holds of a
	 * replica that was dropped stays ours to hand to the leaf, under its old client id.
	 */
	#refill(fresh: Fresh, decided: Vector, line: Line): void {
		const { tab } = this;
		const { kept, told, venue } = tab;
		const { acts, offer } = kept;
		const { local, moved, settle } = fresh;
		const met = fresh.met!;
		const lost = kept.restored(met) ? over.missing(tab.local, local, acts.all) : [];
		const closes = line.at === 'leaf' && !line.hello?.hand_in;
		const known = [...(offer?.edits ?? []), ...lost, ...kept.head.named];
		const fillers = closes ? over.filling(this.#gaps(local, decided), known) : [];
		const written = fresh.fill(fillers, acts, decided, line.at === 'core', venue.time);
		this.#fresh = null;
		const stored = kept.startOver(local.doc, written, met, decided, lost);
		tab.takePlace(local);
		tab.lineage = newNonce(8);
		stored.then(settle, (error) => {
			this.#fault(error);
			if (!moved.size) settle(); // without new stamps it may go out all the same
		});
		this.tellState();
		if (moved.size) told.moved?.(moved);
		this.status({ kind: 'synced', at: line.at, oldBox: false });
	}
}
