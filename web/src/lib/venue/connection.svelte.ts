/** How this device stands with the venue, over all its open documents: what pill, banner and Unsent sheet show. */

import { decode } from '#lib/facts/edits.ts';
import type { Act } from '#lib/facts/local-document.ts';
import { slipCode, whyNoSlip } from '#lib/money/intent-slip.ts';
import type { Till } from '#lib/money/outbox.svelte.ts';
import type { LeafTime } from '#lib/sync/leaf-time.ts';
import type { Standing } from '#lib/sync/standing.ts';
import type { KeptRefusal, Store } from '#lib/sync/store.ts';
import type { ConnectionView, Diagnosis, IntentRow, RefusedRow, UnsentRow } from '#lib/ui/connection-view.ts';
import { editWords, type Names } from '#lib/words/edit-words.ts';
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
	tryNow(): void;
};

const TICK_MS = 500;
/** a booking that takes no longer is on its way, not unsent */
const LATE_MS = 2_000;
/** what became of money recorded without the leaf stays in view for an evening */
const FATE_SHOWN_MS = 12 * 3_600_000;

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

	get waiting(): UnsentRow[] {
		void this.#view;
		const { time, names } = this.venue;
		return [...this.venue.replicas].flatMap(({ standing }) =>
			standing.unsent.map((act) => ({
				id: act.id,
				what: actWords(act.edits, names),
				ageMs: Math.max(0, time.now() - act.atMs),
				target: act.atCore ? 'the leaf; the core has it' : 'the leaf',
			})),
		);
	}

	get refused(): RefusedRow[] {
		return this.#refusals.map(({ stamp, text, code, message, name }) => ({
			id: stamp,
			what: text ? words(stamp, text, this.venue.names) : name,
			code,
			message,
		}));
	}

	get intents(): IntentRow[] {
		void this.#view;
		const { outbox, time } = this.venue;
		const { fates } = outbox;
		const shown = outbox.commands.filter(
			({ intent, recordedMs, outcome }) =>
				!outcome || (intent && (outcome.state === 'refused' || time.now() - recordedMs < FATE_SHOWN_MS)),
		);
		return shown.map((command) => {
			const { key, about, recordedMs, slips = [] } = command;
			const fate = fates.get(key) ?? { state: 'waiting' as const };
			const code = whyNoSlip(command) ? null : slipCode(key);
			const ageMs = Math.max(0, time.now() - recordedMs);
			return { id: key, ...about, ageMs, fate, code, slips: slips.length };
		});
	}

	get diagnosis(): Diagnosis {
		void this.#view;
		const { time, addresses } = this.venue;
		const statuses = [...this.venue.replicas].map(({ standing }) => standing.status);
		const at = (server: string) =>
			statuses.some((status) => status.kind === 'synced' && status.at === server);
		return {
			network: navigator.onLine,
			leaf: at('leaf'),
			core: at('leaf') ? null : at('core'),
			lastContactMs: time.sinceContact(),
			address:
				[...this.venue.replicas].map(({ keeper }) => keeper.address).find(Boolean) ?? addresses[0] ?? '',
		};
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
		const { time, outbox } = this.venue;
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
			sinceMs,
			unsent: unsent.length,
			refused: this.#refusals.length,
			intents: outbox.open.filter(({ intent, recordedMs }) => intent || time.now() - recordedMs > LATE_MS)
				.length,
		};
		if (JSON.stringify(view) !== JSON.stringify(this.#view)) this.#view = view;
	}

	close(): void {
		clearInterval(this.#tick);
	}
}

/** A move says where to; that its seat changes need not be said again. */
function actWords(edits: Act['edits'], names: Names): string {
	const all = edits
		.map(([stamp, text]) => decode(stamp, text))
		.flatMap((edit) => ('code' in edit ? [] : [edit]));
	const moves = all.some(({ name }) => name.startsWith('move/'));
	return all
		.filter(({ name }) => !(moves && name.startsWith('seat/')) && name !== 'setup')
		.map(({ name, value }) => editWords(name, value, names))
		.join('; ');
}

function words(stamp: string, text: string, names: Names): string {
	const edit = decode(stamp, text);
	return 'code' in edit ? stamp : editWords(edit.name, edit.value, names);
}
