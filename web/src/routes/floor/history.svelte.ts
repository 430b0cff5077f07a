/** The feed of history: acts that people did, newest first, narrowed by what is asked; and taking them back. */
import { type Kind, writers } from '#lib/facts/facts.gen.ts';
import { planTakeBack } from '#lib/facts/take-back.ts';
import type { Receipt } from '#lib/money/receipts.ts';
import { type Done, type Refusal, takeActsBack } from '#lib/verbs/verb.ts';
import type { FloorDesk } from './desk.svelte.ts';
import { bookedIn, eventOf, MONEY } from './money-rows.ts';
import { type Change, historyTrouble, type Page, wholeAct } from './whole-acts.ts';

/** Edits that stand together, in the order they were written. */
export type ActRow = { key: string; first: Change; changes: readonly Change[] };

export type Filter = {
	document: string;
	/** a player or a table */
	about: string;
	person: string;
	device: string;
	via: string;
	/** only what is younger, in ms; 0: all */
	youngerMs: number;
};

export const EVERYTHING: Filter = { document: '', about: '', person: '', device: '', via: '', youngerMs: 0 };
const LIMIT = 120;
const TILLS: readonly string[] = ['admin', 'manager', 'cashier'];

export class HistoryFeed {
	filter = $state.raw<Filter>(EVERYTHING);
	#changes = $state.raw<readonly Change[]>([]);
	next = $state.raw<number | null>(null);
	trouble = $state<string | null>(null);
	busy = $state(false);
	/** the one that is open */
	receipt = $state.raw<Receipt | null>(null);
	/** counts what was looked up or taken back: reasons are judged again */
	#turn = $state(0);
	#asked = 0;

	constructor(readonly desk: FloorDesk) {}

	rows: readonly ActRow[] = $derived(actsOf(this.#changes.filter((one) => this.#concerns(one))));
	/** first stamp of an act → acts that say they take it back */
	#takingBack: ReadonlyMap<string, readonly ActRow[]> = $derived.by(() => {
		const found = new Map<string, ActRow[]>();
		for (const row of this.rows) {
			const { takes_back: stamp } = row.first;
			if (stamp) found.set(stamp, [...(found.get(stamp) ?? []), row]);
		}
		return found;
	});

	/** From the newest on, by the filter. */
	async load(): Promise<void> {
		await this.#ask(null);
	}

	async more(): Promise<void> {
		if (this.next !== null) await this.#ask(this.next);
	}

	/**
	 * What took it back, as far as it is shown here, unless that was taken back in turn. An act may say what it likes:
	 * it counts where it wrote a fact of the other.
	 */
	takenBackBy({ first, changes }: ActRow): Change | null {
		const names = new Set(changes.map(({ name }) => name));
		const by = changes
			.flatMap(({ stamp }) => this.#takingBack.get(stamp) ?? [])
			.find(
				(row) => row.first.document === first.document && row.changes.some(({ name }) => names.has(name)),
			);
		return by && by.first.n > first.n && !this.takenBackBy(by) ? by.first : null;
	}

	/** Receipts are for who may stand at a till. */
	get seesReceipts(): boolean {
		return TILLS.includes(this.desk.venue.role) && this.desk.venue.at === 'leaf';
	}

	async showReceipt(seq: number): Promise<void> {
		const { api } = this.desk.venue;
		this.receipt = await this.#guarded(() => api.get<Receipt>(`/api/v1/receipts/${seq}`));
	}

	/** Whether this person may write the document at all. */
	mayTakeBack({ first }: ActRow): boolean {
		const may: readonly string[] = writers[kindOf(first.document)] ?? [];
		return may.includes(this.desk.venue.role);
	}

	/** Why it stays, as far as this tablet sees; null: it can be tried. */
	whyNot(row: ActRow): string | null {
		void this.#turn;
		if (row.changes.every(({ before, after }) => before === null && after === null))
			return 'What it said was erased.';
		const replica = this.desk.replicaOf(row.first.document);
		if (!replica) return null;
		const { index } = replica.keeper.local;
		const { stays } = planTakeBack(kindOf(row.first.document), index, [row.changes]);
		const [why] = stays;
		if (!why || why.code === 'changed') return null;
		const stamp = why.fact ? index.stamp(why.fact) : '';
		const edit = index.edits.get(stamp);
		const at_ms = stamp ? Number.parseInt(stamp.split('.', 1)[0]!, 36) : null;
		return this.desk.hindered({ ...why, person: edit?.person ?? '', at_ms });
	}

	/** The whole act, also where the filter shows a part of it, taken back here or by the leaf. */
	async takeBack(row: ActRow): Promise<void> {
		const text = `Taken back: ${this.desk.did(row.changes)}.`;
		const replica = this.desk.replicaOf(row.first.document);
		const told = await this.#guarded(() => wholeAct(this.desk.venue.api, row.first));
		if (!told) return;
		if (replica) {
			const how = (all: boolean): Done | Refusal => takeActsBack(replica, [told], all);
			this.desk.takeBack(how, text, () => void this.#soon());
		} else await this.#guarded(() => this.#byServer(row.first, text));
	}

	async #byServer({ document, stamp }: Change, text: string): Promise<void> {
		await this.desk.venue.api.post(`/api/v1/documents/${document}/take-back`, { stamps: [stamp] });
		this.desk.note(text);
		await this.load();
	}

	/** The leaf has it in a moment, and tells it then. */
	async #soon(): Promise<void> {
		await new Promise((resolve) => setTimeout(resolve, 300));
		await this.load();
	}

	async #ask(before: number | null): Promise<void> {
		const { document, youngerMs, ...texts } = this.filter;
		const query = new URLSearchParams({ limit: String(LIMIT) });
		if (!document || document.startsWith('tournament/')) query.set('money', '1');
		for (const [name, text] of Object.entries({ document, ...texts })) if (text) query.set(name, text);
		if (youngerMs) query.set('since', String(Math.max(0, this.desk.venue.now() - youngerMs)));
		if (before !== null) query.set('before', String(before));
		const asked = ++this.#asked;
		this.busy = true;
		const page = await this.#guarded(() => this.desk.venue.api.get<Page>(`/api/v1/history?${query}`));
		if (asked !== this.#asked) return;
		this.busy = false;
		if (!page) return;
		this.#changes = before === null ? page.changes : [...this.#changes, ...page.changes];
		this.next = page.next;
		this.desk.learn(page.changes.map(({ device }) => device));
		this.#turn++;
	}

	/** Of money: what was booked, of the event that is asked for. */
	#concerns(change: Change): boolean {
		if (change.document !== MONEY) return true;
		const { document } = this.filter;
		return (!document || document === `tournament/${eventOf(change)}`) && !!bookedIn(change, this.desk);
	}

	async #guarded<T>(work: () => Promise<T>): Promise<T | null> {
		try {
			const done = await work();
			this.trouble = null;
			return done;
		} catch (error) {
			this.trouble = historyTrouble(error);
			return null;
		}
	}
}

function actsOf(changes: readonly Change[]): ActRow[] {
	const rows: { key: string; changes: Change[] }[] = [];
	for (const change of changes) {
		const together = change.document === MONEY ? '' : change.act; // each movement of money is told by itself
		const key = `${change.document} ${change.replica} ${together || change.stamp}`;
		const last = rows.at(-1);
		if (last?.key === key) last.changes.unshift(change);
		else rows.push({ key, changes: [change] });
	}
	// what only the leaf keeps for itself is no news for people
	const told = rows.filter(({ changes: [one] }) => !one!.name.startsWith('arrived/'));
	return told.map((row) => ({ ...row, key: `${row.key} ${row.changes[0]!.n}`, first: row.changes[0]! }));
}

function kindOf(document: string): Kind {
	return document.split('/', 1)[0] as Kind;
}
