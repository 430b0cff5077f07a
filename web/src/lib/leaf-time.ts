/**
 * Leaf time on this device: whole milliseconds since the venue's start, counted by the device's monotonic clock
 * from the last word of a server, so that a changed wall clock does not matter while a page is open.
 * Before any word it goes by what was kept, and by the wall clock since then.
 */
export type KeptTime = { leafMs: number; unixMs: number };

export class LeafTime {
	#leafMs: number;
	#atMs: number;
	#contactMs: number | null = null;
	#greatest = 0;
	/** Sum of the corrections made by servers' words: how wrong what was stamped before them is (positive: ahead). */
	shift = 0;

	/** `monotonic` counts milliseconds and never goes back; `unixMs` is the wall clock now. */
	constructor(
		kept: KeptTime | null,
		startMs: number,
		unixMs: number,
		readonly monotonic: () => number = () => performance.now(),
	) {
		const away = kept ? Math.max(0, unixMs - kept.unixMs) : 0;
		this.#leafMs = kept ? kept.leafMs + away : Math.max(0, unixMs - startMs);
		this.#atMs = monotonic();
	}

	/** Goes back only when a server says that this device was far ahead. */
	now(): number {
		const ms = Math.floor(this.#leafMs + this.monotonic() - this.#atMs);
		this.#greatest = Math.max(this.#greatest, ms);
		return this.#greatest;
	}

	/**
	 * A server said its leaf time. Answers by how much this device was wrong: positive where it was ahead.
	 * Words travel: of a small difference the later one is right, as a message can only be late.
	 */
	heard(leafMs: number): number {
		const mine = this.#leafMs + this.monotonic() - this.#atMs;
		const ahead = Math.round(mine - leafMs);
		const first = this.#contactMs === null;
		this.#contactMs = this.monotonic();
		if (first || ahead < 0 || ahead > JITTER_MS) {
			this.shift += ahead;
			this.#leafMs = leafMs;
			this.#atMs = this.monotonic();
			if (ahead > JITTER_MS) this.#greatest = 0;
		}
		return ahead;
	}

	/** Milliseconds since a server last said its time; null: never since this page was opened. */
	sinceContact(): number | null {
		return this.#contactMs === null ? null : this.monotonic() - this.#contactMs;
	}

	kept(unixMs: number): KeptTime {
		return { leafMs: this.now(), unixMs };
	}
}

const JITTER_MS = 1_500;
