/** One screen's line to the venue: the last picture (kept over reloads), leaf time, and since when nothing is heard. */

import { Ticker } from '#lib/screen/ticking.svelte.ts';
import { type KeptTime, LeafTime } from '#lib/sync/leaf-time.ts';
import type { DisplayView, Made } from '#lib/tournament/views.ts';
import { Api } from '#lib/venue/api.ts';
import { followView } from '#lib/venue/events.ts';
import { deviceOf, keepNote, noteOf } from '#lib/venue/identity.ts';

type Place = { start_ms: number; time_zone: string };
type Kept = { picture: DisplayView; time: KeptTime; place: Place };

const KEPT = 'picture';
const KEEP_EVERY_MS = 10_000;
const AGAIN_MS = 2_000;

export class Wall {
	picture = $state.raw<DisplayView | null>(null);
	place = $state.raw<Place | null>(null);
	/** by the page's own clock; null while the line is good */
	#lostAt = $state<number | null>(performance.now());
	#time: LeafTime;
	#keptAt = 0;
	#again: ReturnType<typeof setTimeout> | undefined;
	#stop: (() => void) | undefined;
	readonly api = new Api('display');
	readonly ticker: Ticker;

	constructor() {
		const kept = noteOf<Kept>('display', KEPT);
		this.picture = kept?.picture ?? null;
		this.place = kept?.place ?? null;
		this.#time = new LeafTime(kept?.time ?? null, kept?.place.start_ms ?? 0, Date.now());
		this.ticker = new Ticker(
			() => this.#time.now(),
			() => this.#phase(),
		);
		void this.#begin();
	}

	/** How long nothing was heard; null while the line is good. Changes with the ticker. */
	get lostMs(): number | null {
		void this.ticker.now;
		return this.#lostAt === null ? null : performance.now() - this.#lostAt;
	}

	stop(): void {
		clearTimeout(this.#again);
		this.ticker.stop();
		this.#stop?.();
	}

	async #begin(): Promise<void> {
		try {
			const venue = await this.api.get<Place & { now: number }>('/api/v1/venue');
			this.place = { start_ms: venue.start_ms, time_zone: venue.time_zone };
			this.#time.heard(venue.now);
		} catch {
			// the last picture stands; the venue answers later
			this.#again = setTimeout(() => void this.#begin(), AGAIN_MS);
			return;
		}
		const device = deviceOf('display')?.device;
		this.#stop = followView<DisplayView & Made>(this.api, `display/${device}`, {
			picture: (made) => this.#take(made),
			line: (up) => this.#line(up),
			beat: (now) => this.#time.heard(now),
		});
	}

	#take(made: DisplayView & Made): void {
		this.picture = made;
		this.ticker.repaint();
		if (!this.place || performance.now() - this.#keptAt < KEEP_EVERY_MS) return;
		this.#keptAt = performance.now();
		const kept: Kept = { picture: made, time: this.#time.kept(Date.now()), place: this.place };
		keepNote('display', KEPT, kept);
	}

	#line(up: boolean): void {
		if (up) this.#lostAt = null;
		else this.#lostAt ??= performance.now();
	}

	/** The second falls when it falls in the level that is counted down. */
	#phase(): number {
		const clock = this.picture?.views.find((view) => view.view === 'clock')?.clock;
		return clock ? clock.anchor_ms + clock.remaining_ms : 0;
	}
}
