/** What the leagues page knows: seasons and formulas as the documents have them, tables as the server makes them. */

import type { Season } from '#lib/facts/facts.gen.ts';
import { Problem, Unreachable } from '#lib/venue/api.ts';
import { words } from '#lib/words/words.ts';
import type { House } from './house.svelte.ts';
import { type Joint, jointAt } from './joint.ts';

export type KnownFormula = { formula: string; name: string; text: string; source: string | null };
export type Scored = {
	tournament: string;
	place: number;
	place_to: number;
	points_millionths: number;
	counts: boolean;
};
export type Row = {
	player: string;
	name: string;
	rank: number | null;
	rank_to: number | null;
	points_millionths: number;
	wins: number;
	hits: number;
	scores: readonly Scored[];
};
export type PlayedEvent = {
	tournament: string;
	name: string;
	entries: number;
	players: number;
	pool_cents: number;
	buy_in_cents: number;
	paid: number;
};
export type Table = {
	season: string;
	text: string | null;
	trouble: { code: string; column: number; message: string } | null;
	events: readonly PlayedEvent[];
	waiting: readonly string[];
	ranked: number;
	rows: readonly Row[];
};
export type Whole = { -readonly [field in keyof Required<Season>]: Required<Season>[field] };

const AGAIN_MS = 5_000;
/** A season as its form begins; the same values that a fact without them stands for. */
export const NEW_SEASON: Whole = {
	name: '',
	tournaments: [],
	best: 0,
	formula: 'school',
	field: 'entries',
	tie: 'average',
	best_week: 0,
	best_month: 0,
	best_year: 0,
	field_min: 0,
	events_min: 0,
	deal_place_cap: 0,
	tiebreaks: ['wins', 'countback', 'prize'],
	eligible: 'everybody',
};

export class Leagues {
	#told = $state.raw<readonly KnownFormula[]>([]);
	table = $state.raw<Table | null>(null);
	/** the chosen season over all its rooms, as the core last said; null: it has one room, or nobody says */
	joint = $state.raw<Joint | null>(null);
	/** the season that is looked at; null: none yet, or a new one */
	chosen = $state<string | null>(null);
	trouble = $state<string | null>(null);
	readonly #timer: ReturnType<typeof setInterval>;

	constructor(readonly house: House) {
		this.#timer = setInterval(() => void this.ask(), AGAIN_MS);
	}

	close(): void {
		clearInterval(this.#timer);
	}

	get document() {
		return this.house.venue.open<'leagues'>('leagues');
	}

	/** Why a season or formula can't be kept now; null: it can. */
	get whyNot(): string | null {
		return this.house.whyNotIn(this.document);
	}

	/** Whether the published formulas have come, or can't come now: a form that grew under a finger would lose its tap. */
	get ready(): boolean {
		return this.#told.length > 0 || this.trouble !== null;
	}

	/** The house's own first, as this device has them; then the published ones. */
	get formulas(): readonly KnownFormula[] {
		const own = [...this.document.group('formula/')].map(([formula, { name, text }]) => {
			return { formula, name, text, source: null };
		});
		return [...own, ...this.#told.filter(({ formula }) => !own.some((one) => one.formula === formula))];
	}

	/** The newest first. */
	get seasons(): readonly { id: string; season: Whole }[] {
		return [...this.document.group('season/')]
			.map(([id, season]) => ({ id, season: { ...NEW_SEASON, ...season } }))
			.sort((one, other) => (one.id < other.id ? 1 : -1));
	}

	counts(tournament: string): boolean {
		const said = this.document.group('counts/').get(`${this.chosen}.${tournament}`);
		return said ? (said.counts ?? true) : !!this.#season?.tournaments.includes(tournament);
	}

	/** Whether the chosen season ranks everybody of whom nothing is said. */
	get everybody(): boolean {
		return this.#season?.eligible !== 'listed';
	}

	/** Player → whether the chosen season ranks them, as far as somebody said so. */
	get said(): ReadonlyMap<string, boolean> {
		const said = new Map<string, boolean>();
		for (const [name, { eligible }] of this.document.group('eligible/')) {
			const [season, player] = name.split('.');
			if (season === this.chosen) said.set(player!, eligible);
		}
		return said;
	}

	ranks(player: string): boolean {
		return this.said.get(player) ?? this.everybody;
	}

	/** Seasons of other rooms that this one takes part in. */
	get joined(): readonly { id: string; name: string; home: string }[] {
		return [...this.document.group('joins/')].flatMap(([id, { name, home, joins }]) =>
			joins === false ? [] : [{ id, name, home }],
		);
	}

	/** The chosen season, if it is another room's. */
	get guestOf(): { name: string; home: string } | null {
		return this.joined.find(({ id }) => id === this.chosen) ?? null;
	}

	/** Room → whether the chosen season invites it. */
	get guests(): ReadonlyMap<string, boolean> {
		const said = new Map<string, boolean>();
		for (const [name, { invited }] of this.document.group('guest/')) {
			const [season, venue] = name.split('.');
			if (season === this.chosen) said.set(venue!, invited);
		}
		return said;
	}

	get #season(): Whole | undefined {
		return this.seasons.find(({ id }) => id === this.chosen)?.season;
	}

	choose(id: string | null): void {
		if (this.chosen !== id) this.table = this.joint = null;
		this.chosen = id;
		void this.ask();
	}

	async ask(): Promise<void> {
		const chosen = this.chosen;
		void this.#askCore();
		try {
			const { formulas } = await this.house.api.get<{ formulas: KnownFormula[] }>('/api/v1/leagues');
			this.#told = formulas;
			const table = chosen && (await this.house.api.get<Table>(`/api/v1/leagues/${chosen}`));
			if (chosen === this.chosen) this.table = table || null;
			this.trouble = null;
		} catch (error) {
			if (error instanceof Unreachable) this.trouble = words('unreachable');
			else if (!(error instanceof Problem)) throw error;
			else if (error.code !== 'no_season') this.trouble = error.message; // a season just made is on its way
		}
	}

	async #askCore(): Promise<void> {
		const { chosen, house } = this;
		const invites = [...this.guests.values()].some(Boolean);
		const home = this.guestOf?.home ?? (invites ? house.venue.id : null);
		if (!home) this.joint = null;
		if (!chosen || !home || !house.venue.core) return;
		const told = await jointAt(house.venue.core, house.api.authorization(), home, chosen);
		if (told && chosen === this.chosen) this.joint = told;
	}

	/** The chosen season's table by another formula, not kept. */
	tried(text: string): Promise<Table> {
		return this.house.api.post<Table>(`/api/v1/leagues/${this.chosen}/trial`, { text });
	}
}
