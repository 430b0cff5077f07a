/**
 * What the keyboard can do now: each part of a page offers its commands while it is on screen. One place hears the keys
 * (`+page.svelte`), so that a key is one command and never two; `Ctrl K` lists them by their words.
 */

import { noteOf } from '#lib/venue/identity.ts';

/** `key` as `keyOf` has it; "" where a command has none. */
export type Command = { key: string; word: string; run: () => void };
type Offer = () => readonly Command[];

export class Commands {
	readonly #offers: Offer[] = [];
	/** single keys are off where somebody speaks to the tablet, or types with a stick */
	single = noteOf<boolean>('floor', 'keys') ?? true;

	/** For `onMount`: answers what ends it. What is offered last is asked first. */
	offer(what: Offer): () => void {
		this.#offers.unshift(what);
		return () => void this.#offers.splice(this.#offers.indexOf(what), 1);
	}

	get all(): Command[] {
		return this.#offers.flatMap((offer) => offer());
	}

	/** Does what the key says, if anything. */
	press(key: string): boolean {
		const found = this.all.find((one) => one.key === key);
		found?.run();
		return !!found;
	}
}

export const commands = new Commands();
