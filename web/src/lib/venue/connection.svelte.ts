/** How this device stands with the venue, over all its open documents: what pill and banner show. */

import type { Till } from '#lib/money/outbox.svelte.ts';
import type { LeafTime } from '#lib/sync/leaf-time.ts';
import type { Standing } from '#lib/sync/standing.ts';
import type { KeptRefusal, Store } from '#lib/sync/store.ts';
import type { ConnectionView } from '#lib/ui/connection-view.ts';
import { words } from '#lib/words/access-words.ts';
import { timeOfDay } from '#lib/words/ages.ts';
import type { Names } from '#lib/words/edit-words.ts';
import { kindOf, SIGNED_OUT } from './connection-kind.ts';

export type Connected = {
	readonly standing: Standing;
	readonly document: string;
	readonly keeper: { readonly address: string | null };
};

export type ConnectionVenue = {
	readonly replicas: Iterable<Connected>;
	readonly store: Store;
	readonly time: LeafTime;
	readonly outbox: Till;
	readonly names: Names;
	readonly addresses: readonly string[];
	readonly at: 'leaf' | 'core';
	readonly timeZone: string;
	/** how far the box's clock is off while nobody knows which is right; null: it is not in doubt */
	readonly clockOffMs: number | null;
	unixMs(leafMs: number): number;
	tryNow(): void;
};

const TICK_MS = 500;
/** a booking that takes no longer is on its way, not unsent */
const LATE_MS = 2_000;

export class Connection {
	#view = $state.raw<ConnectionView>({ kind: 'catching-up', sinceMs: 0, unsent: 0, refused: 0, intents: 0 });
	#refusals = $state.raw<readonly KeptRefusal[]>([]);
	#signedOut = $state(false);
	/** since when the view is of this kind, by the monotonic clock */
	#sinceMs: number;
	readonly #openedMs: number;
	#tick: ReturnType<typeof setInterval>;

	constructor(readonly venue: ConnectionVenue) {
		this.#openedMs = this.#sinceMs = venue.time.monotonic();
		this.#tick = setInterval(() => this.update(), TICK_MS);
	}

	get view(): ConnectionView {
		return this.#view;
	}

	/** The server took this sign-in back: the page goes to sign in. */
	get signedOut(): boolean {
		return this.#signedOut;
	}

	/** The leaf answers now: money may be booked. */
	get leaf(): boolean {
		const { kind, trouble } = this.#view;
		if (kind === 'disk') return trouble === 'slow' && this.venue.at === 'leaf';
		return kind === 'synced' || kind === 'sending' || kind === 'saved-here';
	}

	/** What was not accepted, as this device keeps it. */
	get refusals(): readonly KeptRefusal[] {
		return this.#refusals;
	}

	async load(): Promise<void> {
		this.#refusals = await this.venue.store.all<KeptRefusal>('refusals');
		this.update();
	}

	addRefusal(refusal: KeptRefusal): void {
		this.#refusals = [...this.#refusals.filter(({ stamp }) => stamp !== refusal.stamp), refusal];
		this.update();
	}

	async dismiss(stamp: string): Promise<void> {
		this.#refusals = this.#refusals.filter((refusal) => refusal.stamp !== stamp);
		this.update();
		await this.venue.store.forget('refusals', stamp);
	}

	retry(): void {
		this.venue.tryNow();
	}

	/** Looks again; called at each change and twice a second. */
	update(): void {
		const { time, outbox, clockOffMs } = this.venue;
		const standings = [...this.venue.replicas].map(({ standing }) => standing);
		const unsent = standings.flatMap((standing) => standing.unsent);
		const oldest = Math.max(0, ...unsent.map((act) => time.now() - act.atMs));
		this.#signedOut = standings.some(({ status }) => status.kind === 'ended' && status.code === SIGNED_OUT);
		const sinceStartMs = time.monotonic() - this.#openedMs;
		const state = kindOf(standings, unsent.length, oldest, sinceStartMs);
		const { kind } = state;
		if (kind !== this.#view.kind) {
			const away = (one: string) => one === 'no-leaf' || one === 'at-core';
			if (!(away(kind) && away(this.#view.kind))) this.#sinceMs = time.monotonic();
			if (kind === 'synced') outbox.tryNow();
		}
		const sinceMs = kind === 'synced' ? 0 : Math.round(time.monotonic() - this.#sinceMs);
		const view = {
			...state,
			...(clockOffMs === null ? {} : { clock: this.#clockWords(clockOffMs) }),
			sinceMs,
			unsent: unsent.length,
			refused: this.#refusals.length,
			intents: outbox.open.filter(({ intent, recordedMs }) => intent || time.now() - recordedMs > LATE_MS)
				.length,
		};
		if (JSON.stringify(view) !== JSON.stringify(this.#view)) this.#view = view;
	}

	#clockWords(off_ms: number): string {
		const { time, timeZone } = this.venue;
		return words('clock_in_doubt', { off_ms, now: timeOfDay(this.venue.unixMs(time.now()), timeZone) });
	}

	close(): void {
		clearInterval(this.#tick);
	}
}
