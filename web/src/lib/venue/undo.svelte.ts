/**
 * What each person did on this device, to be taken back, also after a reload and off line: the last `ACTS_MAX` acts
 * of the last `KEEP_MS`, with what they replaced. An act that was taken back stays in the list and can be done again.
 */

import { compareStamps } from '#lib/facts/edits.ts';
import type { Kind } from '#lib/facts/facts.gen.ts';
import type { Told } from '#lib/facts/take-back.ts';
import type { DoneAct, Replica } from '#lib/sync/replica.svelte.ts';
import type { Store } from '#lib/sync/store.ts';
import type { Refusal } from '#lib/verbs/verb.ts';
import { type Done, takeActsBack } from '#lib/verbs/verb.ts';

export const ACTS_MAX = 50;
export const KEEP_MS = 12 * 3_600_000;
/** Names of people are kept nowhere but in their document: who is erased there is gone. Undo lasts as the page does. */
const NAMES = 'roster';

/** `told` is what stands now: the act, or the one that took it back, or the one that did it again. */
export type KeptUndo = {
	readonly id: string;
	readonly document: string;
	readonly person: string;
	/** leaf time of the act */
	readonly atMs: number;
	/** what was done, for its words */
	readonly did: readonly Told[];
	readonly told: readonly Told[];
	readonly undone: boolean;
};

export type UndoVenue = {
	readonly store: Store;
	readonly person: string;
	now(): number;
	open(document: string): Replica<Kind>;
};

export class UndoList {
	#all = $state.raw<readonly KeptUndo[]>([]);
	#tabs: BroadcastChannel;
	#writing: Promise<unknown> = Promise.resolve();
	#turn = 0;
	#closed = false;

	constructor(readonly venue: UndoVenue) {
		this.#tabs = new BroadcastChannel(`${venue.store.db.name} undo`);
		this.#tabs.onmessage = () => void this.load();
	}

	/** This person's, the newest first. */
	get list(): readonly KeptUndo[] {
		return this.#all.filter(({ person }) => person === this.venue.person);
	}

	/** What Undo takes back next. */
	get last(): KeptUndo | null {
		return this.list.find(({ undone }) => !undone) ?? null;
	}

	/** What the store has; nothing that is on its way there is lost. */
	async load(): Promise<void> {
		for (;;) {
			await this.#writing;
			const turn = this.#turn;
			const kept = await this.venue.store.all<KeptUndo>('undo');
			if (turn !== this.#turn) continue;
			const names = this.#all.filter(({ document }) => document === NAMES);
			return this.#set([...kept, ...names].sort(newestFirst));
		}
	}

	/** An act was done here; if it takes back one of these, or does it again, that one changes sides. */
	add({ document, act, told, takesBack }: DoneAct): void {
		const first = (one: KeptUndo) => one.told[0]!.stamp;
		const turned = this.#all.find((one) => one.document === document && first(one) === takesBack);
		const kept: KeptUndo = turned
			? { ...turned, told, undone: !turned.undone }
			: { id: act.id, document, person: act.person, atMs: act.atMs, did: told, told, undone: false };
		this.#set([kept, ...this.#all.filter(({ id }) => id !== kept.id)].sort(newestFirst));
		if (document !== NAMES) this.#do(this.venue.store.keep('undo', kept));
	}

	/** Takes it back, or does again what was taken back. */
	turn(kept: KeptUndo, allTheSame = false): Done | Refusal {
		return takeActsBack(this.venue.open(kept.document), [kept.told], allTheSame);
	}

	/** Acts no server had seen have new stamps. */
	moved(document: string, stamps: ReadonlyMap<string, string>): void {
		for (const kept of this.#all) {
			if (kept.document !== document || !kept.told.some(({ stamp }) => stamps.has(stamp))) continue;
			const told = kept.told.map((one) => ({ ...one, stamp: stamps.get(one.stamp) ?? one.stamp }));
			const again = { ...kept, told };
			this.#set(this.#all.map((one) => (one.id === kept.id ? again : one)));
			this.#do(this.venue.store.keep('undo', again));
		}
	}

	/** It was not accepted: there is nothing to take back. */
	refused(stamp: string): void {
		const kept = this.#all.find(({ told }) => told.some((one) => one.stamp === stamp));
		if (!kept) return;
		this.#set(this.#all.filter(({ id }) => id !== kept.id));
		this.#do(this.venue.store.forget('undo', kept.id));
	}

	close(): void {
		this.#closed = true;
		this.#tabs.close();
	}

	/** Keeps to the bounds, of each person. */
	#set(all: readonly KeptUndo[]): void {
		const since = this.venue.now() - KEEP_MS;
		const counts = new Map<string, number>();
		const stays = ({ person, atMs }: KeptUndo) => {
			const count = (counts.get(person) ?? 0) + 1;
			counts.set(person, count);
			return count <= ACTS_MAX && atMs >= since;
		};
		const kept = all.filter(stays);
		for (const gone of all) if (!kept.includes(gone)) this.#do(this.venue.store.forget('undo', gone.id));
		this.#all = kept;
	}

	/** A store that can't write is told by the documents it holds; here only the undo list would be shorter. */
	#do(work: Promise<void>): void {
		this.#turn++;
		const told = () => {
			if (!this.#closed) this.#tabs.postMessage('changed');
		};
		this.#writing = Promise.all([this.#writing, work]).then(told, (error) => reportError(error));
	}
}

/** Of one moment: by their stamps, which rise with each act of a document. */
function newestFirst(one: KeptUndo, other: KeptUndo): number {
	return other.atMs - one.atMs || compareStamps(other.did[0]!.stamp, one.did[0]!.stamp);
}
