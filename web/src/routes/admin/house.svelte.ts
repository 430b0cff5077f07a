/** What the admin pages look at beyond documents: health, ledger, staff, devices; asked again every few seconds while open. */

import type { Kind } from '#lib/facts/facts.gen.ts';
import { LedgerTerm } from '#lib/money/ledger-term.svelte.ts';
import type { Replica } from '#lib/sync/replica.svelte.ts';
import type { Heads } from '#lib/tournament/event-heads.ts';
import { type Api, Problem, Unreachable } from '#lib/venue/api.ts';
import type { Venue } from '#lib/venue/venue.svelte.ts';
import { words } from '#lib/words/words.ts';
import type { Rules } from './event-form.ts';
import { type Forks, forksAt } from './forks.ts';

export type Health = { live: boolean; ready: boolean; why: string[]; role: string; version: string };
export type LedgerHead = { term: number; seq: number; hash: string; at_ms: number; key: string };
export type DocumentRow = { document: string; epoch: number; bytes: number; edits: number };
export type Balances = {
	balances: Record<string, number>;
	liability_cents: number;
	cash_cents: number;
	banked_cents: number;
	seq: number;
};
export type PersonRow = {
	person: string;
	name: string;
	role: string;
	active: boolean;
	locked: boolean;
	sign_ins: number;
};
export type DeviceRow = {
	device: string;
	kind: string;
	name: string;
	player: string | null;
	made_ms: number;
	people: string[];
};
export type Profile = {
	name: string;
	cash: boolean;
	cash_games: boolean;
	reverse_limit_cents: number;
	payout_limit_cents: number;
	/** years that somebody has seen before the first sale; 0, or not said: nobody asks */
	age_min?: number;
};
/** When gaming days begin, by the venue's wall clock; a profile adopts it (`ledger/gaming_days.py`). */
export type Calendar = { day_starts_min: number; wall_offsets: readonly (readonly [number, number])[] };
export type LedgerEvent = {
	tournament: string;
	name: string;
	state: string;
	rules: Rules;
	profile: Profile | null;
	due_cents: number;
};
/** Whether devices may hand in what a restored leaf forgot. */
export type HandIn = { term: number; opened_ms: number; why: string; open: boolean; core_asked: boolean };
/** A device since the restore; `came_ms` null: not yet. A phone's name is its player's id. */
export type DeviceCame = {
	device: string;
	kind: string;
	name: string;
	came_ms: number | null;
	brought: readonly { document: string; edits: number }[];
};
/** Whose name was erased, and where nothing of it is left; `core` null: there is none. */
export type Erased = { player: string; asked_ms: number; by: string; leaf: boolean; core: boolean | null };
/** The daily backups: whether any are asked for, when the last whole one was made, what failed since. */
export type Backups = {
	wanted: boolean;
	at_ms: number | null;
	kept: number;
	why: string;
	same_disk: boolean;
};
/** How far the core is behind this leaf; null: this leaf has no core. */
export type CoreLag = { up: boolean; entries: number; rows: number } | null;

const AGAIN_MS = 5_000;
const ON_ITS_WAY = 'On its way to this tablet';

export class House {
	health = $state.raw<Health | null>(null);
	head = $state.raw<LedgerHead | null>(null);
	documents = $state.raw<readonly DocumentRow[]>([]);
	people = $state.raw<readonly PersonRow[] | null>(null);
	devices = $state.raw<readonly DeviceRow[] | null>(null);
	balances = $state.raw<Balances | null>(null);
	ledgerEvents = $state.raw<ReadonlyMap<string, LedgerEvent>>(new Map());
	core = $state.raw<CoreLag>(null);
	handIn = $state.raw<HandIn | null>(null);
	came = $state.raw<readonly DeviceCame[] | null>(null);
	/** null: there is no core, or it does not say */
	forks = $state.raw<Forks | null>(null);
	erased = $state.raw<readonly Erased[] | null>(null);
	backups = $state.raw<Backups | null>(null);
	/** by the page's clock: when the leaf last answered */
	answeredAt = $state<number | null>(null);
	trouble = $state<string | null>(null);
	readonly api: Api;
	/** whether this box takes money at all */
	readonly term: LedgerTerm;
	#timer: ReturnType<typeof setInterval>;

	constructor(readonly venue: Venue) {
		this.api = venue.api;
		this.term = new LedgerTerm(venue, this.manager);
		void this.ask();
		this.#timer = setInterval(() => void this.ask(), AGAIN_MS);
	}

	close(): void {
		clearInterval(this.#timer);
		this.term.close();
	}

	get manager(): boolean {
		return this.venue.role === 'manager' || this.venue.role === 'admin';
	}

	/** This box is on a branch of its own: what to do stands with the fork. */
	get forked(): boolean {
		return !!this.forks?.stopped && this.term.told?.state === 'fenced';
	}

	/** Why something can't be changed by who is here; null: it can. */
	get whyNot(): string | null {
		return this.manager ? null : 'Only managers change this';
	}

	/** Why something can't be written into these documents now; null: it can. What is not here can't be looked at either. */
	whyNotIn(...documents: readonly Pick<Replica<Kind>, 'writable'>[]): string | null {
		return this.whyNot ?? (documents.every(({ writable }) => writable) ? null : ON_ITS_WAY);
	}

	/** As a manager named it; null: not known. */
	deviceName(device: string): string | null {
		return this.devices?.find((one) => one.device === device)?.name ?? null;
	}

	/** What the house adopted; null: nothing yet, or no event shows it. */
	get profile(): Profile | null {
		return [...this.ledgerEvents.values()].find(({ profile }) => profile)?.profile ?? null;
	}

	async ask(): Promise<void> {
		try {
			this.health = await this.#health();
			this.core = await this.#core();
			this.head = await this.#maybe<LedgerHead>('/api/v1/ledger/head');
			this.documents = (await this.#maybe<DocumentRow[]>('/api/v1/documents')) ?? this.documents;
			this.balances = await this.#maybe<Balances>('/api/v1/ledger/balances');
			if (this.manager) {
				this.people = (await this.#maybe<PersonRow[]>('/api/v1/people')) ?? this.people;
				this.devices = (await this.#maybe<DeviceRow[]>('/api/v1/devices')) ?? this.devices;
				this.backups = (await this.#maybe<Backups>('/api/v1/backups')) ?? this.backups;
				this.erased = (await this.#maybe<Erased[]>('/api/v1/players/erased')) ?? this.erased;
			}
			await this.#askHandIn();
			const { core } = this.venue;
			if (this.manager && core) this.forks = (await forksAt(core, this.api.authorization())) ?? this.forks;
			await this.#askEvents();
			this.answeredAt = performance.now();
			this.trouble = null;
		} catch (error) {
			if (error instanceof Unreachable) this.trouble = words('unreachable');
			else if (error instanceof Problem) this.trouble = words(error.code, error.details, error.message);
			else throw error;
		}
	}

	async #askHandIn(): Promise<void> {
		const path = '/api/v1/documents/hand-in';
		this.handIn = (await this.#maybe<HandIn>(path)) ?? this.handIn;
		const wanted = this.handIn?.open || (this.handIn?.term !== 1 && !this.came);
		if (this.manager && wanted) this.came = (await this.#maybe<DeviceCame[]>(`${path}/devices`)) ?? this.came;
	}

	async #askEvents(): Promise<void> {
		type Listed = { tournaments: { tournament: string; name: string; state: string }[] };
		const listed = await this.#maybe<Listed>('/api/v1/ledger/tournaments');
		const found = new Map<string, LedgerEvent>();
		for (const one of listed?.tournaments ?? []) {
			const more = await this.#maybe<LedgerEvent>(`/api/v1/ledger/tournaments/${one.tournament}`);
			if (more) found.set(one.tournament, { ...more, ...one });
		}
		this.ledgerEvents = found;
	}

	/** A leaf that is not ready answers 503 with the same picture. */
	async #health(): Promise<Health> {
		return (await (await this.#fetched('/health')).json()) as Health;
	}

	async #core(): Promise<CoreLag> {
		const text = await (await this.#fetched('/metrics')).text();
		const figure = (name: string) => {
			const found = new RegExp(`^${name} (\\S+)$`, 'm').exec(text);
			return found ? Number(found[1]) : null;
		};
		const seq = figure('felt_core_ledger_seq');
		if (seq === null) return null;
		const own = this.balances?.seq ?? this.head?.seq ?? seq;
		return {
			up: figure('felt_nats_up') === 1,
			entries: Math.max(0, own - seq),
			rows: figure('felt_core_rows_behind') ?? 0,
		};
	}

	async #fetched(path: string): Promise<Response> {
		try {
			return await fetch(path, { cache: 'no-store', credentials: 'omit' });
		} catch (error) {
			throw new Unreachable(path, { cause: error });
		}
	}

	/** Bounties and seats of an event; null: the leaf does not say. */
	async heads(event: string): Promise<Heads | null> {
		try {
			return await this.#maybe<Heads>(`/api/v1/ledger/tournaments/${event}/heads`);
		} catch (error) {
			if (!(error instanceof Unreachable)) throw error;
			return null;
		}
	}

	/** The venue's own; asked for when a profile is adopted, since it reaches only some years ahead. */
	async calendar(): Promise<Calendar> {
		return (await this.api.get<{ calendar: Calendar }>('/api/v1/ledger/profiles')).calendar;
	}

	/** Null where this server or this role has no such thing. */
	async #maybe<T>(path: string): Promise<T | null> {
		try {
			return await this.api.get<T>(path);
		} catch (error) {
			if (!(error instanceof Problem)) throw error;
			return null;
		}
	}
}
