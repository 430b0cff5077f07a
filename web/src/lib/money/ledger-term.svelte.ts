/** Whether the box takes money, asked again while a page is open; and what a manager does about a restored one. */

import { type Api, Problem, Unreachable } from '#lib/venue/api.ts';
import type { Venue } from '#lib/venue/venue.svelte.ts';
import { dayText, timeOfDay } from '#lib/words/ages.ts';
import { money } from '#lib/words/amounts.ts';
import { words } from '#lib/words/words.ts';
import { type Checking, type Standing, TERM } from './ledger-keep.ts';
import { kindName } from './money-kinds.ts';
import type { Till } from './outbox.svelte.ts';
import { receiptNumber } from './receipts.ts';

/** `lost`: numbers that heads were seen for and that nobody has brought; they stand behind `seq`. */
export type TermTold = Exclude<Standing, Checking> & {
	seq: number;
	highest_seq: number;
	lost: number;
	core: { asked: boolean; seq: number | null; trouble: string };
	contradictions: readonly string[];
	tills: readonly { device: string; seq: number }[];
	may_open: boolean;
};
/**
 * An entry of a branch that was left behind, not dealt with yet; `proved`: these bytes are what the old box signed;
 * `command`: what books it again, null where a person does it by hand.
 */
export type Proposal = {
	device: string;
	entry: {
		seq: number;
		kind: string;
		at_ms: number;
		person: string;
		data: { player?: string; reason?: string };
		postings: readonly { account: string; amount: number }[];
	};
	hash: string;
	proved: boolean;
	command: { kind: string; [field: string]: unknown } | null;
};

const AGAIN_MS = 5_000;
const SOON_MS = 1_000;

export class LedgerTerm {
	#said = $state.raw<TermTold | Checking | null>(null);
	/** for managers */
	proposals = $state.raw<readonly Proposal[]>([]);
	asking = $state(false);
	#timer: ReturnType<typeof setInterval>;
	#soonTimer: ReturnType<typeof setTimeout> | undefined;
	#closed = false;

	constructor(
		private readonly venue: { api: Api; outbox: Till; at: 'leaf' | 'core' },
		readonly manager: boolean,
	) {
		void this.ask();
		this.#timer = setInterval(() => void this.ask(), AGAIN_MS);
	}

	close(): void {
		this.#closed = true;
		clearInterval(this.#timer);
		clearTimeout(this.#soonTimer);
	}

	/** As the box says it; null: it has not said. A box that our own heads turn away knows less than this till. */
	get told(): TermTold | null {
		const said = this.#said;
		if (said?.state === 'checking') return null;
		if (said?.state !== 'open' || this.venue.outbox.turnedAway !== 'fenced') return said;
		const why = 'This till has receipts that a later box of this house signed; this one does not know of it.';
		return { ...said, state: 'fenced', why };
	}

	/** How far the box is with reading its books, in percent; null: it has read them, as far as is known. */
	get checking(): number | null {
		return this.venue.outbox.checking;
	}

	/** Why no money is taken here, in short; null: it is, as far as is known. */
	get closed(): string | null {
		if (this.checking !== null) return `The books are being checked, ${this.checking} %`;
		const state = this.told?.state ?? 'open';
		if (state === 'open') return null;
		return state === 'fenced' ? 'This box takes no money any more' : 'No money before the term is opened';
	}

	/** Asks how it stands. What this till keeps goes to a restored box by itself. */
	async ask(): Promise<void> {
		if (this.venue.at === 'core') return;
		const before = this.told?.state;
		await this.#ask();
		if (this.told?.state !== 'new_term' || before === 'new_term') return;
		await this.venue.outbox.handIn();
		await this.#ask();
	}

	/** A person wants it done now: hands in, and asks. */
	async askAgain(): Promise<void> {
		this.asking = true;
		try {
			await this.venue.outbox.handIn();
			await this.#ask();
		} finally {
			this.asking = false;
		}
	}

	/** Books are read within seconds. */
	#soon(): void {
		clearTimeout(this.#soonTimer);
		if (!this.#closed) this.#soonTimer = setTimeout(() => void this.ask(), SOON_MS);
	}

	/** Null: it is open; else why not, in words. Without anybody having been asked, `text` says why it can't wait. */
	async open(text: string): Promise<string | null> {
		const said = this.told?.may_open ? { why: text } : { why: 'Opened without waiting.', override: text };
		try {
			await this.venue.api.post(TERM, said);
		} catch (error) {
			if (error instanceof Problem) return words(error.code, error.details, error.message);
			if (error instanceof Unreachable) return words('unreachable');
			throw error;
		}
		await this.#ask();
		this.venue.outbox.tryNow();
		return null;
	}

	async #ask(): Promise<void> {
		try {
			this.#said = await this.venue.api.get<TermTold | Checking>(TERM);
			this.venue.outbox.isChecking(this.#said.state === 'checking' ? this.#said.percent : null);
			if (this.#said.state === 'checking') return this.#soon();
			if (!this.manager) return;
			this.proposals = (await this.venue.api.get<{ proposals: Proposal[] }>(`${TERM}/proposals`)).proposals;
		} catch (error) {
			// what was told stands
			if (!(error instanceof Problem || error instanceof Unreachable)) throw error;
		}
	}
}

/** "00005" or "00005 to 00007": numbers nobody has brought; empty: none is known to be missing. */
export function lostNumbers({ seq, lost }: TermTold): string {
	if (!lost) return '';
	const first = receiptNumber(seq + 1);
	return lost === 1 ? first : `${first} to ${receiptNumber(seq + lost)}`;
}

/** What the core and the tills answered so far, a sentence each. `nameOf`: a device in words. */
export function answers(told: TermTold, nameOf: (device: string) => string): string[] {
	const { core, tills } = told;
	const ofCore = core.trouble
		? `The core was asked, and does not fit: ${core.trouble}`
		: core.asked
			? `The core was asked: it holds up to number ${receiptNumber(core.seq ?? 0)}.`
			: 'The core has not answered yet.';
	const ofTills = tills.map(
		({ device, seq }) => `${nameOf(device)} has handed in what it keeps, up to number ${receiptNumber(seq)}.`,
	);
	return [ofCore, ...(ofTills.length ? ofTills : ['No till has handed in anything yet.'])];
}

/** How much was moved: each entry's postings sum to zero. */
export function movedCents({ entry }: Proposal): number {
	return entry.postings.reduce((sum, { amount }) => sum + Math.max(0, amount), 0);
}

/** "Buy-in, Ana Silva: €55.00" */
export function proposalText(one: Proposal, venue: Venue): string {
	const { kind, data } = one.entry;
	const who = data.player ? `, ${venue.playerName(data.player)}` : '';
	const cents = movedCents(one);
	return `${kindName(kind)}${who}${cents ? `: ${money(cents, venue.currency)}` : ''}`;
}

/** Which receipt it was, when, and how sure its words are. */
export function proposalDetail({ entry, proved }: Proposal, venue: Venue): string {
	const when = `${dayText(entry.at_ms, venue.timeZone)} ${timeOfDay(entry.at_ms, venue.timeZone)}`;
	const sure = proved ? 'as the old box signed it' : 'nobody can prove these words: look at the paper';
	return `Old receipt ${receiptNumber(entry.seq)} · ${when} · ${sure}`;
}
