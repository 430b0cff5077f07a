/** The money commands that this device keeps, as one line in one order, whichever of its tabs wrote them. */
import type { Store } from '#lib/sync/store.ts';
import { type Command, waiting } from './command.ts';

export class Line {
	#commands = $state.raw<readonly Command[]>([]);
	/** counts what this tab wrote: what was read before is read again */
	#turn = 0;

	constructor(private readonly store: Store) {}

	/** Newest first. */
	get commands(): readonly Command[] {
		return this.#commands;
	}

	find(key: string): Command | undefined {
		return this.#commands.find((command) => command.key === key);
	}

	/** What other tabs recorded, sent or removed meanwhile. */
	async readAgain(): Promise<void> {
		let kept: Command[];
		let turn: number;
		do {
			turn = this.#turn;
			kept = await this.store.all<Command>('commands');
		} while (turn !== this.#turn);
		const going = this.#commands.find(({ state }) => state === 'sending')?.key;
		this.#commands = kept
			.map((one) =>
				one.key === going && !one.outcome ? { ...one, state: 'sending' as const } : waiting(one),
			)
			.sort((a, b) => (a.key < b.key ? 1 : -1));
	}

	async add(command: Command): Promise<void> {
		await this.store.keep('commands', command);
		this.#turn += 1;
		this.#commands = [command, ...this.#commands];
	}

	/**
	 * Changes it as it is kept, whatever other tabs did meanwhile, and keeps `more` with it: all or nothing.
	 * Null: it is gone, or `change` would not.
	 */
	async change(
		key: string,
		change: (kept: Command) => Partial<Command> | null,
		more: readonly Command[] = [],
	): Promise<Command | null> {
		const [changed] = await this.store.change<Command>('commands', key, (kept) => {
			const by = kept && change(kept);
			return by ? [{ ...kept, ...by }, ...more] : [];
		});
		if (!changed) return null;
		this.#turn += 1;
		this.show(changed);
		this.#commands = [...more, ...this.#commands];
		return changed;
	}

	async forget(key: string): Promise<void> {
		await this.store.forget('commands', key);
		this.#turn += 1;
		this.#commands = this.#commands.filter((one) => one.key !== key);
	}

	/** How it stands in this tab alone. */
	show(changed: Command): void {
		this.#commands = this.#commands.map((command) => (command.key === changed.key ? changed : command));
	}
}
