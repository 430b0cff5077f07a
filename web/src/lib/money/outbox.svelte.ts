/**
 * Money commands on this device: stored byte for byte before they are sent, sent in order, and again with the same
 * key until there is an outcome. Only money that comes in may wait for the leaf (an *intent*); money that goes out
 * is not even stored while the leaf can't be reached.
 *
 * An outcome, posted or refused, is final. No answer is no outcome: the same bytes go out again under the same key.
 */

import { newId } from '#lib/facts/ids.ts';
import type { LeafTime } from '#lib/sync/leaf-time.ts';
import type { Store } from '#lib/sync/store.ts';
import { type Api, Problem, Unreachable } from '#lib/venue/api.ts';
import { type Fate, fates } from './intent-fates.ts';
import { whyNoSlip } from './intent-slip.ts';
import { type Checking, meet, newestHead, type Standing, spent } from './ledger-keep.ts';

export type MoneyCommand = { kind: string; [field: string]: unknown };
/** What the Unsent sheet says of a command. */
export type About = { what: string; who: string; amount: string };
export type Posted = { outcome: 'posted'; entry: unknown; hash: string; head: unknown; receipt: unknown };

export type Outcome =
	| ({ state: 'posted'; key: string } & Omit<Posted, 'outcome'>)
	| { state: 'refused'; key: string; code: string; message: string; details: Record<string, unknown> }
	/** not booked yet: kept, and sent until the leaf answers */
	| { state: 'waiting'; key: string }
	| { state: 'needs-leaf' };

export type Command = {
	readonly key: string;
	/** exactly what is sent */
	readonly body: string;
	readonly kind: string;
	readonly about: About;
	readonly recordedMs: number;
	readonly intent: boolean;
	/** who and what it is about: a refused intent holds back later ones of the same */
	readonly subject: string;
	readonly state: 'waiting' | 'sending' | 'posted' | 'refused';
	/** an old intent goes out only when its operator has looked again */
	readonly confirmed: boolean;
	readonly outcome: Outcome | null;
	/** leaf times at which its slip was printed here */
	readonly slips?: readonly number[];
};

const MONEY_IN = new Set([
	'buy_in',
	're_entry',
	'rebuy',
	'add_on',
	'dealer_add_on',
	'cash_buy_in',
	'deposit',
	'repay_marker',
]);
/** how money may come in without the leaf: what only the leaf knows to be there waits for it */
const IN_HAND = new Set<unknown>([undefined, 'cash', 'card']);
const PATIENCE_MS = 5_000;
const AGAIN_MS = 1_000;
const OLD_MS = 15 * 60_000;
const MEET_MS = 60_000;
/** The box was restored, or another took its place. */
const STANDING = new Set(['term_needed', 'fenced']);
/** Answers that say "not now" and store nothing. */
const LATER = new Set([401, 429, 502, 503, 504]);

/** What others see of it. */
export type Till = Pick<Outbox, keyof Outbox>;

export class Outbox {
	#commands = $state.raw<readonly Command[]>([]);
	#waiters = new Map<string, (outcome: Outcome) => void>();
	#running = false;
	#timer: ReturnType<typeof setTimeout> | undefined;
	#closed = false;
	#standing = $state.raw<Exclude<Standing, Checking> | null>(null);
	#turnedAway = $state<string | null>(null);
	#checking = $state<number | null>(null);
	#metMs = Number.NEGATIVE_INFINITY;

	constructor(
		private readonly api: Api,
		private readonly store: Store,
		private readonly time: LeafTime,
		/** whether the leaf answers now */
		private readonly reachable: () => boolean,
	) {}

	/** Newest first. */
	get commands(): readonly Command[] {
		return this.#commands;
	}

	/** Commands without an outcome, and refused intents nobody has dealt with. */
	get open(): readonly Command[] {
		return this.#commands.filter(
			({ state, intent }) => state === 'waiting' || state === 'sending' || (intent && state === 'refused'),
		);
	}

	/** How the box last said it stands; null: it has not said. */
	get standing(): Exclude<Standing, Checking> | null {
		return this.#standing;
	}

	/** Code of the last answer that this box may not take our money (any more); null: it took it, or never said. */
	get turnedAway(): string | null {
		return this.#turnedAway;
	}

	/** How far the box is with reading its books, in percent; null: it has, or does not say. Till then money waits. */
	get checking(): number | null {
		return this.#checking;
	}

	/** The box was asked and said so. */
	isChecking(percent: number | null): void {
		const done = this.#checking !== null && percent === null;
		this.#checking = percent;
		if (done) void this.#run();
	}

	async load(): Promise<void> {
		const kept = await this.store.all<Command>('commands');
		this.#commands = kept.map(waiting).sort((a, b) => (a.key < b.key ? 1 : -1));
		void this.#run();
	}

	/** Answers when there is an outcome, or after a few seconds without one. Rejects where it can't be stored. */
	async send(command: MoneyCommand, about: About): Promise<Outcome> {
		const intent = !this.reachable() || this.#checking !== null;
		if (intent && !(MONEY_IN.has(command.kind) && IN_HAND.has(command.method)))
			return { state: 'needs-leaf' };
		const recordedMs = this.time.now();
		const content = intent ? { ...command, intent: { recorded_ms: recordedMs } } : command;
		const entry: Command = {
			key: newId(),
			body: JSON.stringify(content),
			kind: command.kind,
			about,
			recordedMs,
			intent,
			subject: `${command.tournament ?? ''}/${command.player ?? command.entry ?? ''}`,
			state: 'waiting',
			confirmed: false,
			outcome: null,
		};
		await this.store.keep('commands', entry);
		this.#commands = [entry, ...this.#commands];
		const outcome = new Promise<Outcome>((resolve) => this.#waiters.set(entry.key, resolve));
		void this.#run();
		if (intent) return { state: 'waiting', key: entry.key };
		return Promise.race([outcome, patience({ state: 'waiting', key: entry.key })]);
	}

	/** What became of each, and what it waits for. */
	get fates(): ReadonlyMap<string, Fate> {
		return fates(this.#commands, (command) => this.old(command));
	}

	/** A person looked at all old intents at once. */
	async retryAll(): Promise<void> {
		for (const command of this.#commands)
			if (command.state === 'waiting' && this.old(command)) await this.#change(command, { confirmed: true });
		void this.#run();
	}

	/** A person looked at an old intent, or at a refused one that held others back. */
	async retry(key: string): Promise<void> {
		const command = this.#find(key);
		if (command?.state === 'waiting') await this.#change(command, { confirmed: true });
		void this.#run();
	}

	/** Its slip goes to paper now; answers how often it did before, in any tab. Null: it has none (any more). */
	async slipPrinted(key: string): Promise<number | null> {
		await this.#readAgain();
		const command = this.#find(key);
		if (!command || whyNoSlip(command)) return null;
		const slips = command.slips ?? [];
		await this.#change(command, { slips: [...slips, this.time.now()] });
		return slips.length;
	}

	/** Takes a command away that was never sent, or that has its outcome. */
	async remove(key: string): Promise<boolean> {
		const command = this.#find(key);
		if (!command || command.state === 'sending' || (command.state === 'waiting' && !command.intent))
			return false;
		await this.#forget(key);
		void this.#run();
		return true;
	}

	/** The leaf may answer again. */
	tryNow(): void {
		void this.#run();
		if (this.time.now() - this.#metMs > MEET_MS) void this.#meet();
	}

	/** A person, or a page that shows how the box stands, wants it asked now. */
	async handIn(): Promise<void> {
		await this.#meet();
	}

	/** Brings a restored box what we keep, and forgets what the core has for long. */
	async #meet(): Promise<void> {
		if (this.#closed || !newestHead(this.#commands)) return;
		this.#metMs = this.time.now();
		const standing = await meet(this.api, this.#commands);
		if (!standing || this.#closed) return;
		if (standing.state === 'checking') {
			this.#checking = standing.percent;
			return;
		}
		this.#standing = standing;
		if (standing.state !== 'open') return;
		for (const { key } of spent(this.#commands, standing.core.seq ?? 0, this.time.now()))
			await this.#forget(key);
	}

	async #forget(key: string): Promise<void> {
		await this.store.forget('commands', key);
		this.#commands = this.#commands.filter((one) => one.key !== key);
	}

	close(): void {
		this.#closed = true;
		clearTimeout(this.#timer);
	}

	async #run(): Promise<void> {
		if (this.#running || this.#closed) return;
		this.#running = true;
		clearTimeout(this.#timer);
		try {
			await this.#readAgain();
			for (let next = this.#next(); next && !this.#closed; next = this.#next())
				if (!(await this.#post(next))) {
					this.#timer = setTimeout(() => void this.#run(), AGAIN_MS);
					return;
				}
		} finally {
			this.#running = false;
		}
	}

	/** What other tabs of this device recorded, sent or removed meanwhile: all tabs see one line, in one order. */
	async #readAgain(): Promise<void> {
		const kept = new Map((await this.store.all<Command>('commands')).map((one) => [one.key, one]));
		const ours = this.#commands.flatMap((command) => {
			const now = kept.get(command.key);
			kept.delete(command.key);
			if (!now) return command.state === 'sending' ? [command] : [];
			return [
				command.outcome || !now.outcome ? { ...command, confirmed: now.confirmed, slips: now.slips } : now,
			];
		});
		const theirs = [...kept.values()].map(waiting);
		this.#commands = [...ours, ...theirs].sort((a, b) => (a.key < b.key ? 1 : -1));
		for (const { key, outcome } of this.#commands) if (outcome) this.#answer(key, outcome);
	}

	/** The oldest command that may go now. */
	#next(): Command | undefined {
		const { fates } = this;
		return this.#commands.findLast((command) => fates.get(command.key)?.state === 'waiting');
	}

	/** An intent that waits for a look before it is sent. */
	old(command: Command): boolean {
		return command.intent && !command.confirmed && this.time.now() - command.recordedMs > OLD_MS;
	}

	/** False: no outcome; again later. */
	async #post(command: Command): Promise<boolean> {
		const { key, body } = command;
		this.#show({ ...command, state: 'sending' });
		const head = newestHead(this.#commands);
		try {
			const { outcome: _, ...posted } = await this.api.postText<Posted>('/api/v1/ledger/commands', body, {
				'Idempotency-Key': key,
				...(head ? { 'Ledger-Head': JSON.stringify(head) } : {}),
			});
			this.#turnedAway = this.#checking = null;
			await this.#settle(command, { state: 'posted', key, ...posted });
			return true;
		} catch (error) {
			if (error instanceof Unreachable || (error instanceof Problem && LATER.has(error.status))) {
				this.#show({ ...command, state: 'waiting' });
				this.#checking = percentOf(error);
				if (error instanceof Problem && STANDING.has(error.code)) {
					this.#turnedAway = error.code;
					void this.#meet();
				}
				return false;
			}
			if (!(error instanceof Problem)) throw error;
			const { code, message, details } = error;
			await this.#settle(command, { state: 'refused', key, code, message, details });
			return true;
		}
	}

	async #settle(command: Command, outcome: Outcome & { state: 'posted' | 'refused' }): Promise<void> {
		await this.#change(command, { state: outcome.state, outcome });
		this.#answer(command.key, outcome);
	}

	#answer(key: string, outcome: Outcome): void {
		this.#waiters.get(key)?.(outcome);
		this.#waiters.delete(key);
	}

	async #change(command: Command, change: Partial<Command>): Promise<void> {
		const changed = { ...command, ...change };
		await this.store.keep('commands', changed);
		this.#show(changed);
	}

	#find(key: string): Command | undefined {
		return this.#commands.find((command) => command.key === key);
	}

	#show(changed: Command): void {
		this.#commands = this.#commands.map((command) => (command.key === changed.key ? changed : command));
	}
}

/** Of an answer that says the books are being checked: how far it is; null: it says something else. */
function percentOf(error: Problem | Unreachable): number | null {
	const percent = error instanceof Problem ? error.details.checked_percent : null;
	return typeof percent === 'number' ? percent : null;
}

/** What was on its way when a page ended is sent again. */
function waiting(command: Command): Command {
	return command.state === 'sending' ? { ...command, state: 'waiting' } : command;
}

function patience(outcome: Outcome): Promise<Outcome> {
	return new Promise((resolve) => setTimeout(() => resolve(outcome), PATIENCE_MS));
}
