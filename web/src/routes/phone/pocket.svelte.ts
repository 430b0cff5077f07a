/** A player's phone: the view the room sends, and this player's own document, each by whatever line there is. */

import type { PhoneRequest } from '#lib/facts/facts.gen.ts';
import type { Replica } from '#lib/sync/replica.svelte.ts';
import type { KeptAct } from '#lib/sync/unsent.ts';
import type { Made, PhoneView } from '#lib/tournament/views.ts';
import { type Asking, askingOf, NOT_ASKED } from '#lib/ui/phone/asking.ts';
import { Api } from '#lib/venue/api.ts';
import { followView } from '#lib/venue/events.ts';
import { keepNote, noteOf } from '#lib/venue/identity.ts';
import type { Venue } from '#lib/venue/venue.svelte.ts';
import { ask, takeBack } from '#lib/verbs/phone.ts';
import type { Refusal, Written } from '#lib/verbs/written.ts';
import { words } from '#lib/words/access-words.ts';

type Kind = PhoneRequest['kind'];
type Kept = { view: PhoneView; heardMs: number };

const KEPT = 'view';
const PROMISED = 'promised';
const PROMISED_MAX = 40;
const GOOD_FOR_MS: Record<Kind, number> = {
	join_list: 4 * 3_600_000,
	stack: 600_000,
	leave_list: 4 * 3_600_000,
	register: 4 * 3_600_000,
	seat_change: 3_600_000,
	call_floor: 900_000,
};

export class Pocket {
	readonly #replica: Replica<'phone'>;
	#kept = $state.raw<Kept | null>(noteOf('phone', KEPT));
	/** hashes of seeds as this phone saw them first, by event and series: what is told later is held against them */
	promised = $state.raw<Readonly<Record<string, string>>>(noteOf('phone', PROMISED) ?? {});
	/** why the last tap did nothing; null: it did */
	trouble = $state<string | null>(null);
	#up = $state<readonly boolean[]>([]);
	#stops: (() => void)[];

	constructor(readonly venue: Venue) {
		this.#replica = venue.open<'phone'>(`phone/${venue.person}`);
		if (this.#kept?.view.player !== venue.person) this.#kept = null;
		this.#stops = this.origins.map((origin, index) => this.#follow(origin, index));
	}

	close(): void {
		for (const stop of this.#stops) stop();
	}

	get view(): PhoneView | null {
		return this.#kept?.view ?? null;
	}

	/** Requests can be written: this phone has seen its own document once. */
	get ready(): boolean {
		return this.#replica.loaded;
	}

	/** Leaf time of the picture while there is no line for it; null while it is live. */
	get asOfMs(): number | null {
		return this.#up.some(Boolean) ? null : (this.#kept?.heardMs ?? null);
	}

	/** Requests that no server has yet. */
	get unsent(): number {
		return this.#here.length;
	}

	get line(): 'live' | 'off' {
		const { kind } = this.venue.connection.view;
		const inTouch = ['synced', 'sending', 'at-core', 'disk'].includes(kind);
		return inTouch || this.#up.some(Boolean) ? 'live' : 'off';
	}

	/** How far the last request of a kind (about a list) got. */
	asking(kind: Kind, list: string | null = null): Asking {
		const newest = [...this.#replica.group('request/')]
			.filter(([, request]) => request.kind === kind && (request.list ?? null) === list)
			.sort(([, one], [, other]) => one.until_ms - other.until_ms)
			.at(-1);
		if (!newest) return NOT_ASKED;
		const [request, { until_ms: until }] = newest;
		const answer = this.view?.answers.find((one) => one.request === request);
		if (!answer && until < this.venue.clock.now) return NOT_ASKED;
		const name = `request/${request}`;
		const at = named(this.#here).has(name)
			? 'here'
			: named(this.#replica.standing.unsent).has(name)
				? 'core'
				: 'leaf';
		return askingOf(request, at, answer);
	}

	ask(kind: Kind, list: string | null = null): void {
		const until_ms = this.venue.now() + GOOD_FOR_MS[kind];
		this.#told(ask(this.#replica, list ? { kind, list, until_ms } : { kind, until_ms }));
	}

	/** What the player counted, for the floor to accept. */
	handIn(chips: number): void {
		const until_ms = this.venue.now() + GOOD_FOR_MS.stack;
		this.#told(ask(this.#replica, { kind: 'stack', chips, until_ms }));
	}

	back(request: string): void {
		this.#told(takeBack(this.#replica, request));
	}

	#told(done: Written | Refusal): void {
		this.trouble = done.ok ? null : words(done.code, done.details, done.message);
	}

	/** Acts that are on this phone only. */
	get #here(): KeptAct[] {
		return this.#replica.standing.unsent.filter((act) => !act.atCore);
	}

	/** The first hash of a series that this phone is told stays, whatever is told later. */
	#promise({ tournament, commitment }: PhoneView): void {
		const key = `${tournament} ${commitment?.series}`;
		if (!commitment || this.promised[key]) return;
		const kept = Object.entries(this.promised).slice(1 - PROMISED_MAX);
		this.promised = Object.fromEntries([...kept, [key, commitment.commitment]]);
		keepNote('phone', PROMISED, this.promised);
	}

	/** The page's own server, and the core where the page came from the leaf; of HTTP, for sync has its own ports. */
	get origins(): string[] {
		const { core } = this.venue;
		return core && new URL(core).origin !== location.origin ? ['', core.replace(/\/+$/, '')] : [''];
	}

	#follow(origin: string, index: number): () => void {
		const api = new Api('phone', origin);
		return followView<PhoneView & Made>(api, `phone/${this.venue.person}`, {
			beat: (now) => this.venue.time.heard(now),
			picture: (view) => {
				// of two lines the fresher picture counts
				if (((this.#kept?.view as Partial<Made> | undefined)?.made_ms ?? 0) > view.made_ms) return;
				this.#kept = { view, heardMs: view.now };
				keepNote('phone', KEPT, this.#kept);
				this.#promise(view);
			},
			line: (up) => {
				this.#up = Object.assign([...this.#up], { [index]: up });
			},
		});
	}
}

/** Names of the facts that acts write. */
function named(acts: readonly KeptAct[]): ReadonlySet<string> {
	return new Set(acts.flatMap((act) => act.edits.map(([, text]) => (JSON.parse(text) as [string])[0])));
}
