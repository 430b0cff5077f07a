/**
 * Money commands on this device: stored byte for byte before they are sent, sent in order, and again with the same
 * key until there is an outcome. Only money that comes in may wait for the leaf (an *intent*); money that goes out
 * is not even stored while the leaf can't be reached.
 *
 * An outcome, posted or refused, is final. No answer is no outcome: the same bytes go out again under the same key.
 * What never left this device, or was refused, may be removed or recorded anew under another key; a record stays.
 */

import type { LeafTime } from '#lib/sync/leaf-time.ts';
import type { Store } from '#lib/sync/store.ts';
import { type Api, Problem, Unreachable } from '#lib/venue/api.ts';
import { signInOf } from '#lib/venue/identity.ts';
import {
	type About,
	type Command,
	type MoneyCommand,
	mayRemove,
	mayWait,
	type Outcome,
	type Posted,
	recorded,
} from './command.ts';
import { type Fate, fates } from './intent-fates.ts';
import { whyNoSlip } from './intent-slip.ts';
import { type Checking, meet, newestHead, type Standing, spent, TERM } from './ledger-keep.ts';
import { Line } from './line.svelte.ts';

const PATIENCE_MS = 5_000;
const AGAIN_MS = 1_000;
const OLD_MS = 15 * 60_000;
const MEET_MS = 60_000;
const DAY_MS = 24 * 3_600_000;
/** The box was restored, or another took its place. */
const STANDING = new Set(['term_needed', 'fenced']);
/** Answers that say "not now" and store nothing. */
const LATER = new Set([401, 429, 502, 503, 504]);

/** What others see of it. */
export type Till = Pick<Outbox, keyof Outbox>;

export class Outbox {
	readonly #line: Line;
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
		store: Store,
		private readonly time: LeafTime,
		/** whether the leaf answers now */
		private readonly reachable: () => boolean,
	) {
		this.#line = new Line(store);
	}

	/** Newest first. */
	get commands(): readonly Command[] {
		return this.#line.commands;
	}

	/** Commands without an outcome, and refused intents nobody has dealt with. */
	get open(): readonly Command[] {
		return this.commands.filter(
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
		await this.#readAgain();
		const over = ({ removed }: Command) => removed?.seenBy && this.time.now() - removed.atMs > DAY_MS;
		for (const { key } of this.commands.filter(over)) await this.#line.forget(key);
		void this.#run();
	}

	/** Answers when there is an outcome, or after a few seconds without one. Rejects where it can't be stored. */
	async send(command: MoneyCommand, about: About): Promise<Outcome> {
		const intent = !this.reachable() || this.#checking !== null;
		if (intent && !mayWait(command)) return { state: 'needs-leaf' };
		const entry = recorded(command, about, intent, { by: this.#person, atMs: this.time.now() });
		await this.#line.add(entry);
		const outcome = new Promise<Outcome>((resolve) => this.#waiters.set(entry.key, resolve));
		void this.#run();
		if (intent) return { state: 'waiting', key: entry.key };
		return Promise.race([outcome, patience({ state: 'waiting', key: entry.key })]);
	}

	get #person(): string {
		return signInOf(this.api.app)?.name ?? '';
	}

	/** What became of each, and what it waits for. */
	get fates(): ReadonlyMap<string, Fate> {
		return fates(this.commands, (command) => this.old(command));
	}

	/** A person looked at all old intents at once. */
	async retryAll(): Promise<void> {
		for (const command of this.commands)
			if (command.state === 'waiting' && this.old(command))
				await this.#line.change(command.key, () => ({ confirmed: true }));
		void this.#run();
	}

	/** A person looked at an old intent, or at a refused one that held others back. */
	async retry(key: string): Promise<void> {
		await this.#line.change(key, ({ state }) => (state === 'waiting' ? { confirmed: true } : null));
		void this.#run();
	}

	/** Its slip goes to paper now; answers how often it did before, in any tab. Null: it has none (any more). */
	async slipPrinted(key: string): Promise<number | null> {
		const now = this.time.now();
		const printed = await this.#line.change(key, (kept) =>
			whyNoSlip(kept) ? null : { slips: [...(kept.slips ?? []), now] },
		);
		return printed ? printed.slips!.length - 1 : null;
	}

	/** Takes an intent out of the line that is surely not booked; false: it is, or may be. The record stays. */
	async remove(key: string, reason: string): Promise<boolean> {
		return await this.#takeOut(key, reason, []);
	}

	/** Records it anew, with other content and so another key, and takes the old one out; false: it is too late. */
	async replace(key: string, command: MoneyCommand, about: About, reason: string): Promise<boolean> {
		const old = this.#line.find(key);
		if (!old || !mayWait(command)) return false;
		const anew = recorded(command, about, true, { by: this.#person, atMs: old.recordedMs });
		return await this.#takeOut(key, reason, [{ ...anew, confirmed: true }]);
	}

	/** A manager has seen that it was removed. */
	async removalSeen(key: string): Promise<void> {
		await this.#line.change(key, ({ removed }) =>
			removed ? { removed: { ...removed, seenBy: this.#person } } : null,
		);
	}

	async #takeOut(key: string, reason: string, anew: readonly Command[]): Promise<boolean> {
		const removed = {
			reason,
			by: this.#person,
			atMs: this.time.now(),
			instead: anew[0]?.key ?? null,
			seenBy: null,
		};
		const out = await this.#line.change(
			key,
			(kept) => (mayRemove(kept) ? { state: 'removed', removed } : null),
			anew,
		);
		void this.#run();
		return out !== null;
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
		if (this.#closed || !newestHead(this.commands)) return;
		this.#metMs = this.time.now();
		const standing = await meet(this.api, this.commands);
		if (!standing || this.#closed) return;
		if (standing.state === 'checking') {
			this.#checking = standing.percent;
			return;
		}
		this.#standing = standing;
		if (standing.state !== 'open') return;
		for (const { key } of spent(this.commands, standing.core.seq ?? 0, this.time.now()))
			await this.#line.forget(key);
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
			let reached = false;
			for (let next = this.#next(); next && !this.#closed; next = this.#next()) {
				// an intent stays one that never left, as long as nobody answers
				reached ||= next.sent !== false || (await this.#answers());
				if (reached && (await this.#post(next))) continue;
				this.#timer = setTimeout(() => void this.#run(), AGAIN_MS);
				return;
			}
		} finally {
			this.#running = false;
		}
	}

	/** Whether the box is there, and has read its books. */
	async #answers(): Promise<boolean> {
		try {
			const standing = await this.api.get<Standing>(TERM);
			this.#checking = standing.state === 'checking' ? standing.percent : null;
			return this.#checking === null;
		} catch (error) {
			this.#checking = null;
			if (error instanceof Unreachable) return false;
			if (error instanceof Problem) return !LATER.has(error.status);
			throw error;
		}
	}

	async #readAgain(): Promise<void> {
		await this.#line.readAgain();
		for (const { key, outcome } of this.commands) if (outcome) this.#answer(key, outcome);
	}

	/** The oldest command that may go now. */
	#next(): Command | undefined {
		const { fates } = this;
		return this.commands.findLast((command) => fates.get(command.key)?.state === 'waiting');
	}

	/** An intent that waits for a look before it is sent. */
	old(command: Command): boolean {
		return command.intent && !command.confirmed && this.time.now() - command.recordedMs > OLD_MS;
	}

	/** False: no outcome; again later. */
	async #post(command: Command): Promise<boolean> {
		const { key, body } = command;
		if (command.sent === false) {
			const going = await this.#line.change(key, ({ state }) =>
				state === 'removed' ? null : { sent: true },
			);
			if (!going) {
				await this.#readAgain();
				return true;
			}
			command = going;
		}
		this.#line.show({ ...command, state: 'sending' });
		const head = newestHead(this.commands);
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
				this.#line.show({ ...command, state: 'waiting' });
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
		const settled = await this.#line.change(command.key, () => ({ state: outcome.state, outcome }));
		if (!settled) this.#line.show({ ...command, state: outcome.state, outcome });
		this.#answer(command.key, outcome);
	}

	#answer(key: string, outcome: Outcome): void {
		this.#waiters.get(key)?.(outcome);
		this.#waiters.delete(key);
	}
}

/** Of an answer that says the books are being checked: how far it is; null: it says something else. */
function percentOf(error: Problem | Unreachable): number | null {
	const percent = error instanceof Problem ? error.details.checked_percent : null;
	return typeof percent === 'number' ? percent : null;
}

function patience(outcome: Outcome): Promise<Outcome> {
	return new Promise((resolve) => setTimeout(() => resolve(outcome), PATIENCE_MS));
}
