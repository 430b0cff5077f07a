/**
 * What this device keeps of one document beside its facts: unsent acts, the client ids it wrote under, what it has
 * met and was promised, what it has to offer. In memory at once, in the store by the transaction that each method
 * answers. Before `open`, and in a tab that does not write, there is no store, and nothing is stored.
 */
import * as Y from 'yjs';
import { blank, namesSome } from '#lib/facts/local-document.ts';
import { type DocumentStore, type KeptHead, NO_HEAD, type Offer } from './document-store.ts';
import type { HandInPage, Vector } from './line.ts';
import { type Met, offered, raised } from './start-over.ts';
import { covers, type KeptAct, UnsentActs } from './unsent.ts';

const ROWS_MAX = 500;
const FENCE_WINDOW_MS = 10 * 60_000;
const NAMED_MAX = 200;
const NOTHING = new Uint8Array([0, 0]);

export class Kept {
	readonly acts = new UnsentActs();
	readonly own = new Set<number>();
	offer: Offer | null = null;
	#head: KeptHead = NO_HEAD;
	#store: DocumentStore | null = null;
	#rows = 0;
	/** ids of unsent acts that the leaf refused */
	#refused = new Set<string>();

	get head(): KeptHead {
		return this.#head;
	}

	/** This tab writes. */
	get open(): boolean {
		return this.#store !== null;
	}

	/** Claims the document; answers the updates of its replica, and `mine`: acts of this tab it did not have. */
	async claim(store: DocumentStore): Promise<{ updates: Uint8Array[]; mine: KeptAct[] }> {
		const { head, updates, acts, offer } = await store.claim();
		const mine = this.acts.all.filter(
			({ id, edits }) => !acts.some((act) => act.id === id) && !covers(head.promised, { edits }),
		);
		this.#store = store;
		this.#head = head;
		this.offer = offer;
		this.#rows = updates.length;
		for (const id of head.own) this.own.add(id);
		// what an earlier page wrote before any word of a server is as wrong as this page's time
		this.acts.replace(acts.map((act) => ({ ...act, shift: act.timed ? null : 0 })));
		return { updates, mine };
	}

	/** Another tab has claimed it. */
	release(): void {
		this.#store = null;
	}

	/** Raises TakenOver where another tab has claimed it. */
	async check(): Promise<void> {
		await this.#store?.check();
	}

	/** An own act, written under that client id. */
	async keep(act: KeptAct, client: number): Promise<void> {
		this.own.add(client);
		this.#rows++;
		await this.#store?.keepAct(this.#now(), act);
	}

	/** An update of a server, already in `doc`. */
	async take(update: Uint8Array, doc: Y.Doc): Promise<void> {
		if (++this.#rows > ROWS_MAX) await this.#replace(doc);
		else await this.#store?.keepUpdate(update);
	}

	async meet(met: Met): Promise<void> {
		if (this.#head.epoch === met.epoch && this.#head.term === met.term) return;
		await this.#store?.keepHead(this.#now(met));
	}

	async mark(which: (act: KeptAct) => boolean, marks: Partial<KeptAct>): Promise<void> {
		const marked = this.acts.mark(which, marks);
		if (marked.length) await this.#store?.markActs(marked);
	}

	/** The leaf has decided so far: what it covers is forgotten. */
	async decide(vector: Vector): Promise<void> {
		const covered = this.acts.forget(this.acts.all.filter((act) => covers(vector, act)));
		const promised = raised(this.#head.promised, vector);
		const head = this.#now({ promised, named: this.#named(covered) });
		if (covered.length) await this.#store?.forgetActs(head, covered);
	}

	/** The leaf refused this act, or has it in its list of refusals. */
	refused({ id }: KeptAct): void {
		this.#refused.add(id);
	}

	/** What a restored leaf can learn from nobody else once these are decided: what the refused ones named. */
	#named(decided: readonly KeptAct[]): HandInPage['edits'] {
		const refused = decided.filter((act) => this.#refused.delete(act.id) || act.blank);
		const blanks = refused.flatMap((act) => blank(act).edits);
		return [...this.#head.named, ...blanks.filter(namesSome)].slice(-NAMED_MAX);
	}

	/** Whether the last fence was less than ten minutes ago. */
	fencedBefore(leafMs: number): boolean {
		const { fencedMs } = this.#head;
		return fencedMs !== null && Math.abs(leafMs - fencedMs) < FENCE_WINDOW_MS;
	}

	async fence(leafMs: number): Promise<void> {
		await this.#store?.keepHead(this.#now({ fencedMs: leafMs }));
	}

	async handedIn(): Promise<void> {
		this.offer = null;
		await this.#store?.forgetOffer();
	}

	/** The replica is gone; what is unsent stays. */
	async wipe(): Promise<void> {
		this.own.clear();
		this.#rows = 1;
		await this.#store?.replace(this.#now({ epoch: null }), NOTHING, this.acts.all);
	}

	/** `doc` is the replica now, with these acts. `lost`: edits of its predecessor that a restored leaf may lack. */
	async startOver(
		doc: Y.Doc,
		acts: readonly KeptAct[],
		met: Met,
		decided: Vector,
		lost: Offer['edits'],
	): Promise<void> {
		const present = Y.decodeStateVector(Y.encodeStateVector(doc));
		for (const id of this.own) if (!present.has(id)) this.own.delete(id);
		this.own.add(doc.clientID);
		const named = this.#named(this.acts.all.filter((act) => covers(decided, act)));
		this.acts.replace(acts);
		const restored = this.restored(met);
		if (restored) this.offer = offered(this.offer, lost, this.#head.promised);
		this.#now({ ...met, named, promised: raised(restored ? {} : this.#head.promised, decided) });
		await this.#replace(doc);
	}

	/** Whether the leaf has begun a new term since this replica met it. */
	restored(met: Met): boolean {
		return this.#head.term !== 0 && met.term > this.#head.term;
	}

	async #replace(doc: Y.Doc): Promise<void> {
		this.#rows = 1;
		await this.#store?.replace(this.#now(), Y.encodeStateAsUpdate(doc), this.acts.all, this.offer);
	}

	#now(change: Partial<KeptHead> = {}): KeptHead {
		this.#head = { ...this.#head, ...change, own: [...this.own] };
		return this.#head;
	}
}
