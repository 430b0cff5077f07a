/** Commands of tills that wait for a second person, as who may be that person sees them on their own tablet. */

import { Problem, Unreachable } from '#lib/venue/api.ts';
import type { Venue } from '#lib/venue/venue.svelte.ts';
import { money } from '#lib/words/amounts.ts';
import { drawerName } from '#lib/words/drawer-words.ts';
import { words } from '#lib/words/words.ts';
import { kindName } from './money-kinds.ts';
import { receiptNumber } from './receipts.ts';

/** `command` as the till sent it; times are Unix milliseconds of the leaf. */
export type Asking = {
	id: string;
	name: string;
	command: { kind: string; [field: string]: unknown };
	amount_cents: number;
	asked_ms: number;
	until_ms: number;
};

const TICK_MS = 1_000;
/** nothing waits: asked every other tick */
const CALM = 2;
const MAY = new Set(['cashier', 'manager', 'admin']);
const PATH = '/api/v1/approvals';

export class Approvals {
	#waiting = $state.raw<readonly Asking[]>([]);
	/** by the page's clock: when each is over */
	#ends = $state.raw<ReadonlyMap<string, number>>(new Map());
	#now = $state(performance.now());
	#timer: ReturnType<typeof setInterval> | undefined;

	constructor(readonly venue: Venue) {
		if (!MAY.has(venue.role)) return;
		let tick = 0;
		this.#timer = setInterval(() => {
			tick += 1;
			this.#now = performance.now();
			if (this.#waiting.length || tick % CALM === 0) void this.look();
		}, TICK_MS);
		void this.look();
	}

	close(): void {
		clearInterval(this.#timer);
	}

	/** Oldest first. */
	get waiting(): readonly Asking[] {
		return this.#waiting.filter(({ id }) => this.secondsLeft(id) > 0);
	}

	secondsLeft(id: string): number {
		return Math.max(0, Math.ceil(((this.#ends.get(id) ?? 0) - this.#now) / 1_000));
	}

	async look(): Promise<void> {
		if (document.hidden || this.venue.at !== 'leaf' || !this.venue.connection.leaf) return;
		try {
			type Told = { approvals: Asking[]; now_ms: number };
			const { approvals, now_ms } = await this.venue.api.get<Told>(PATH);
			this.#now = performance.now();
			this.#ends = new Map(approvals.map(({ id, until_ms }) => [id, this.#now + until_ms - now_ms]));
			this.#waiting = approvals;
		} catch (error) {
			// the line has its own banner; what was shown ends by itself
			if (!(error instanceof Problem || error instanceof Unreachable)) throw error;
		}
	}

	/** Null: it was taken; else why not, in words. */
	async answer(asking: Asking, said: { yes: true; pin: string } | { yes: false }): Promise<string | null> {
		try {
			await this.venue.api.post(`${PATH}/${asking.id}/answer`, said);
		} catch (error) {
			if (error instanceof Problem) return words(error.code, error.details, error.message);
			if (error instanceof Unreachable) return words('unreachable');
			throw error;
		}
		await this.look();
		return null;
	}
}

/** "Chips cashed: €500.01, Bob Hill" */
export function askingText({ command, amount_cents }: Asking, venue: Venue): string {
	const player = typeof command.player === 'string' ? `, ${venue.playerName(command.player)}` : '';
	const amount = amount_cents ? `: ${money(amount_cents, venue.currency)}` : '';
	return `${kindName(command.kind)}${amount}${player}`;
}

const SHOWN: [field: string, word: string][] = [
	['tournament', 'Event'],
	['table', 'Table'],
	['drawer', 'Drawer'],
	['to', 'To'],
	['method', 'Paid by'],
	['reference', 'Number of the paper'],
	['seq', 'Of receipt'],
	['marker', 'Of marker'],
	['of', 'Of sending'],
	['place', 'Place'],
	['box', 'Box'],
	['jackpot', 'Jackpot'],
	['set_off', 'Marker that is due'],
	['reason', 'Reason'],
];

/** What else the command says, that whoever approves it wants to know. */
export function askingFacts({ command }: Asking, venue: Venue): [word: string, value: string][] {
	return SHOWN.flatMap(([field, word]) => {
		const value = command[field];
		return value === undefined || value === null
			? []
			: [[word, shown(field, value, venue)] as [string, string]];
	});
}

function shown(field: string, value: unknown, venue: Venue): string {
	const text = String(value);
	if (field === 'tournament')
		return venue.open<'tournament'>(`tournament/${text}`).fact('setup')?.name ?? text;
	if (field === 'drawer' || field === 'to') return drawerName(text);
	if (field === 'table') return venue.tableName(text);
	if (field === 'seq' || field === 'marker' || field === 'of') return receiptNumber(Number(value));
	return text;
}
