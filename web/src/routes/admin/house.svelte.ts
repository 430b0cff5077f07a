/** What the admin page looks at: health, ledger head, documents, people; asked again every few seconds while open. */
import { type Api, Problem, Unreachable } from '#lib/api.ts';
import type { Person } from '#lib/auth.ts';
import { words } from '#lib/words.ts';

export type Health = { live: boolean; ready: boolean; why: string[]; role: string; version: string };
export type VenueFacts = {
	id: string;
	name: string;
	currency: string;
	time_zone: string;
	start_ms: number;
	now: number;
	term: number;
	sync: string[];
	at: string;
};
export type LedgerHead = { term: number; seq: number; hash: string; at_ms: number; key: string };
export type DocumentRow = { document: string; epoch: number; bytes: number; edits: number };
export type Balances = { liability_cents: number; cash_cents: number; seq: number };

const AGAIN_MS = 5_000;

export class House {
	health = $state.raw<Health | null>(null);
	venue = $state.raw<VenueFacts | null>(null);
	head = $state.raw<LedgerHead | null>(null);
	documents = $state.raw<readonly DocumentRow[]>([]);
	people = $state.raw<readonly Person[]>([]);
	balances = $state.raw<Balances | null>(null);
	/** by the page's clock: when the leaf last answered */
	answeredAt = $state<number | null>(null);
	signedOut = $state(false);
	trouble = $state<string | null>(null);
	#timer: ReturnType<typeof setInterval>;

	constructor(readonly api: Api) {
		void this.ask();
		this.#timer = setInterval(() => void this.ask(), AGAIN_MS);
	}

	close(): void {
		clearInterval(this.#timer);
	}

	async ask(): Promise<void> {
		try {
			this.health = await this.#health();
			this.venue = await this.api.get<VenueFacts>('/api/v1/venue');
			this.head = await this.#maybe<LedgerHead>('/api/v1/ledger/head');
			this.documents = (await this.#maybe<DocumentRow[]>('/api/v1/documents')) ?? this.documents;
			this.people =
				(await this.#maybe<Person[]>('/api/v1/auth/people', this.api.deviceAuthorization())) ?? this.people;
			this.balances = await this.#maybe<Balances>('/api/v1/ledger/balances');
			this.answeredAt = performance.now();
			this.trouble = null;
		} catch (error) {
			if (error instanceof Unreachable) this.trouble = words('unreachable');
			else if (error instanceof Problem) this.trouble = words(error.code, error.details, error.message);
			else throw error;
		}
	}

	/** A leaf that is not ready answers 503 with the same picture. */
	async #health(): Promise<Health> {
		const response = await fetch('/health', { cache: 'no-store' }).catch((error: unknown) => {
			throw new Unreachable('/health', { cause: error });
		});
		return (await response.json()) as Health;
	}

	/** Null where this server or this role has no such thing. */
	async #maybe<T>(path: string, headers: Record<string, string> = {}): Promise<T | null> {
		try {
			return await this.api.get<T>(path, headers);
		} catch (error) {
			if (!(error instanceof Problem)) throw error;
			if (error.status === 401) this.signedOut = true;
			return null;
		}
	}
}
