/**
 * Leaf time on this device: whole milliseconds since the venue's start, counted by the device's monotonic clock
 * from the last word of a server, so that a changed wall clock does not matter while a page is open.
 * Before any word it goes by what was kept, and by the wall clock since then.
 */
export type KeptTime = { leafMs: number; unixMs: number };

/**
 * Words travel, and each comes late by a little: of those heard lately the one that came fastest is the nearest.
 * "Lately" is this window and the one before, so that a device whose clock runs fast or slow is set right again.
 */
const WINDOW_MS = 60_000;
/** Further off than any delay: the device was wrong. */
const JITTER_MS = 1_500;

export class LeafTime {
	/** leaf time less the monotonic clock: as it counts, and the greatest heard in this window and in the one before */
	#offset: number;
	#heard: number | null = null;
	#before: number | null = null;
	#windowMs = 0;
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
		this.#offset = (kept ? kept.leafMs + away : Math.max(0, unixMs - startMs)) - monotonic();
	}

	/** Goes back only when a server says that this device was far ahead. */
	now(): number {
		const ms = Math.floor(this.#offset + this.monotonic());
		this.#greatest = Math.max(this.#greatest, ms);
		return this.#greatest;
	}

	/** A server said its leaf time. Answers by how much this device was wrong: positive where it was ahead. */
	heard(leafMs: number): number {
		const at = this.monotonic();
		const offset = leafMs - at;
		const ahead = Math.round(this.#offset - offset);
		const anew = this.#heard === null || ahead > JITTER_MS;
		this.#contactMs = at;
		if (anew) {
			this.#before = null;
			this.#heard = offset;
			this.#windowMs = at;
			this.#greatest = 0;
		} else if (at - this.#windowMs > WINDOW_MS) {
			this.#before = this.#heard;
			this.#heard = offset;
			this.#windowMs = at;
		} else this.#heard = Math.max(this.#heard!, offset);
		const nearest = Math.max(this.#heard!, this.#before ?? this.#heard!);
		this.shift += Math.round(this.#offset - nearest);
		this.#offset = nearest;
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
