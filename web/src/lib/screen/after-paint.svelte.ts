/**
 * A reading that may come a frame late: it is made anew once the frame that shows a tap is painted, however much
 * there is to read. `watch` reads the runes it depends on; `read` makes it, and is not watched.
 */
import { untrack } from 'svelte';

export class AfterPaint<T> {
	#turn = $state(0);
	#isDue = false;
	#isFirst = true;
	readonly #watch: () => void;
	readonly #read: () => T;

	constructor(watch: () => void, read: () => T) {
		this.#watch = watch;
		this.#read = read;
	}

	/** Always the same value, so that a change makes nobody read at once: it only asks for a turn. */
	#changed = $derived.by(() => {
		this.#watch();
		if (!this.#isFirst) this.#ask();
		this.#isFirst = false;
		return null;
	});

	current: T = $derived.by(() => {
		void this.#changed;
		void this.#turn;
		return untrack(this.#read);
	});

	#ask(): void {
		if (this.#isDue) return;
		this.#isDue = true;
		requestAnimationFrame(() =>
			setTimeout(() => {
				this.#isDue = false;
				this.#turn += 1;
			}),
		);
	}
}
