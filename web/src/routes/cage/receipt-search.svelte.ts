/** Receipts found again at the leaf: what was found so far, how far back that goes, and the way further back. */

import { Problem, Unreachable } from '#lib/venue/api.ts';
import { words } from '#lib/words/words.ts';

export type ReceiptRow = {
	seq: number;
	/** Unix ms */
	at_ms: number;
	kind: string;
	person: string;
	player: string | null;
	amount_cents: number;
	/** which way cash went, seen from the drawer; empty: none did */
	direction: 'in' | 'out' | '';
	undoes: number | null;
	reversed_by: number | null;
};
export type ReceiptPage = {
	receipts: ReceiptRow[];
	/** where to go on; null: nothing is further back */
	before: number | null;
	/** when the oldest one that was looked at was booked */
	back_to_ms: number | null;
	/** how far the ledger was */
	seq: number;
	/** the gaming day it is */
	today: string;
};
/** What a receipt has to be; null: any. */
export type Wanted = {
	players: readonly string[] | null;
	kinds: readonly string[] | null;
	cents: number | null;
	day: string | null;
	/** of one drawer, from its shift's first entry on */
	shift: { drawer: string; openedSeq: number } | null;
};

const ROWS = 40;
/** the leaf looks through so many entries at a time; one tap asks for so many times of them */
const ASKS_MAX = 4;

/** The number in what was typed, or scanned off a slip, whose code is a signed head; null: it is none. */
export function numberIn(text: string): number | null {
	const found = /^\s*(\d{1,15})\s*$/.exec(text) ?? /"seq":(\d{1,15})[,}]/.exec(text);
	const seq = found ? Number(found[1]) : 0;
	return seq > 0 ? seq : null;
}

export function queryOf({ players, kinds, cents, day, shift }: Wanted): string {
	const query = new URLSearchParams({ limit: String(ROWS) });
	if (players) query.set('players', players.join(','));
	if (kinds) query.set('kinds', kinds.join(','));
	if (cents !== null) query.set('amount', String(cents));
	if (day) query.set('day', day);
	if (shift) {
		query.set('drawer', shift.drawer);
		query.set('after', String(shift.openedSeq - 1));
	}
	return query.toString();
}

export class ReceiptSearch {
	#rows = $state.raw<readonly ReceiptRow[]>([]);
	#last = $state.raw<ReceiptPage | null>(null);
	#mistake = $state<string | null>(null);
	#busy = $state(false);
	/** what the rows answer */
	#query = '';
	/** what is asked for next; what was asked for before it nobody waits for any more */
	#next: string | null = null;

	constructor(private readonly ask: (query: string) => Promise<ReceiptPage>) {}

	get rows(): readonly ReceiptRow[] {
		return this.#rows;
	}

	get busy(): boolean {
		return this.#busy;
	}

	get mistake(): string | null {
		return this.#mistake;
	}

	/** The gaming day it is; null: not told yet. */
	get today(): string | null {
		return this.#last?.today ?? null;
	}

	/** How far the ledger was when this was looked for; 0: it was not yet. */
	get seq(): number {
		return this.#last?.seq ?? 0;
	}

	/** Whether there is more further back. */
	get more(): boolean {
		return this.#last?.before != null;
	}

	/** How far back was looked, Unix ms; null: there was nothing to look at. */
	get backToMs(): number | null {
		return this.#last?.back_to_ms ?? null;
	}

	/** Looks anew. Asked again meanwhile, it answers the last question only. */
	async look(query: string): Promise<void> {
		this.#next = query;
		if (this.#busy) return;
		this.#busy = true;
		try {
			while (this.#next !== null) {
				this.#query = this.#next;
				this.#next = null;
				await this.#page(this.#query, []);
			}
		} finally {
			this.#busy = false;
		}
	}

	/** Goes on further back. */
	async further(): Promise<void> {
		if (this.#busy || !this.more) return;
		this.#busy = true;
		try {
			await this.#page(this.#query, this.#rows, this.#last?.before);
		} finally {
			this.#busy = false;
		}
		if (this.#next !== null) await this.look(this.#next);
	}

	/** Until a page is full, the beginning is reached, or something else is asked for. */
	async #page(query: string, rows: readonly ReceiptRow[], from: number | null = null): Promise<void> {
		const enough = rows.length + ROWS / 2;
		let before = from;
		try {
			for (let asks = 0; asks < ASKS_MAX && this.#next === null; asks += 1) {
				const page = await this.ask(before ? `${query}&before=${before}` : query);
				if (this.#next !== null) return;
				rows = [...rows, ...page.receipts];
				before = page.before;
				if (before === null || rows.length >= enough) asks = ASKS_MAX;
				this.#rows = rows;
				this.#last = { ...page, seq: from ? this.seq : page.seq };
			}
			this.#mistake = null;
		} catch (error) {
			if (error instanceof Unreachable) this.#mistake = words('unreachable');
			else if (error instanceof Problem) this.#mistake = words(error.code, error.details, error.message);
			else throw error;
		}
	}
}
