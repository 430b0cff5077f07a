/**
 * One money act of this page, from the tap to its number. What it shows follows the outbox, so that an answer that
 * comes late, or after the page was somewhere else, is still shown; nothing looks booked before that.
 */
import type { About, MoneyCommand, Outcome } from '#lib/money/command.ts';
import type { Till } from '#lib/money/outbox.svelte.ts';
import type { Receipt } from '#lib/money/receipts.ts';

export type Phase = 'idle' | 'booking' | 'waiting' | 'noted' | 'booked' | 'refused' | 'needs-leaf';
export type Second = { person: string } & ({ pin: string } | { approval: string });

export class Booking {
	#first = $state.raw<Outcome | null>(null);
	#sending = $state(false);
	#command: MoneyCommand | null = null;
	#about: About | null = null;

	constructor(readonly outbox: Till) {}

	/** The last word there is: late ones come through the outbox. Null: there is none, or it was removed. */
	get outcome(): Outcome | null {
		const first = this.#first;
		if (first?.state !== 'waiting') return first;
		const kept = this.outbox.commands.find((command) => command.key === first.key);
		return kept?.removed ? null : (kept?.outcome ?? first);
	}

	get phase(): Phase {
		const { outcome } = this;
		if (this.#sending) return 'booking';
		if (!outcome) return 'idle';
		if (outcome.state === 'posted') return 'booked';
		if (outcome.state !== 'waiting') return outcome.state;
		return this.outbox.commands.find((command) => command.key === outcome.key)?.intent ? 'noted' : 'waiting';
	}

	/** The idempotency key of what is kept until the leaf answers; null: nothing is. */
	get noted(): string | null {
		const { outcome } = this;
		return this.phase === 'noted' && outcome?.state === 'waiting' ? outcome.key : null;
	}

	/** The idempotency key of what is booked; null: nothing is. */
	get key(): string | null {
		const { outcome } = this;
		return outcome?.state === 'posted' ? outcome.key : null;
	}

	/** What was refused, as it would be sent anew; null: nothing was. */
	get command(): MoneyCommand | null {
		const { outcome } = this;
		return outcome?.state === 'refused' && this.#command ? { ...this.#command, names: outcome.key } : null;
	}

	get receipt(): Receipt | null {
		const { outcome } = this;
		return outcome?.state === 'posted' ? (outcome.receipt as Receipt) : null;
	}

	/** Received while the leaf was away, but a rule objects: the code of that rule; null: all is well. */
	get unsettled(): string | null {
		const { outcome } = this;
		if (outcome?.state !== 'posted') return null;
		const { kind, data } = outcome.entry as { kind: string; data?: { refusal?: string } };
		return kind === 'suspense' ? (data?.refusal ?? 'unknown') : null;
	}

	get refusal(): { code: string; message: string; details: Record<string, unknown> } | null {
		const { outcome } = this;
		return outcome?.state === 'refused' ? outcome : null;
	}

	/** A second person has to approve: ask for one, then `approve`. */
	get needsSecond(): boolean {
		const code = this.refusal?.code;
		return code === 'needs_second' || code === 'wrong_second';
	}

	async send(command: MoneyCommand, about: About): Promise<void> {
		if (this.#sending) return;
		this.#command = command;
		this.#about = about;
		this.#sending = true;
		try {
			this.#first = await this.outbox.send(command, about);
		} finally {
			this.#sending = false;
		}
	}

	/** The same act anew, approved: a new command that names the refused one. */
	async approve(second: Second): Promise<void> {
		await this.again({ second });
	}

	/** What changed since the operator looked: name → as seen, as it is; null: nothing was refused for that. */
	get changed(): Record<string, [saw: number, is: number]> | null {
		const { refusal } = this;
		return refusal?.code === 'changed'
			? ((refusal.details.changed as Record<string, [number, number]> | undefined) ?? {})
			: null;
	}

	/** The same act by the figures as they are now: a new command that names the refused one. */
	async withNewFigures(): Promise<void> {
		const { changed } = this;
		if (!changed || !this.#command) return;
		const expects = { ...(this.#command.expects as object) } as Record<string, number>;
		for (const [name, [, is]] of Object.entries(changed)) expects[name] = is;
		await this.again({ expects });
	}

	/** The refused act once more, with something said that was missing. */
	async again(more: Partial<MoneyCommand>): Promise<void> {
		const refused = this.outcome;
		if (refused?.state !== 'refused' || !this.#command || !this.#about) return;
		await this.send({ ...this.#command, ...more, names: refused.key }, this.#about);
	}

	clear(): void {
		this.#first = null;
		this.#command = null;
		this.#about = null;
	}
}
