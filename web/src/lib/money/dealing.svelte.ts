/**
 * A deal as it is put together on one tablet: who is in with how many chips, the ways to share that the leaf reckons,
 * the sums that were agreed, and who has said yes. What is booked is `command`; until then nothing moves.
 */

import { type Api, Problem, Unreachable } from '#lib/venue/api.ts';
import { minorUnits } from '#lib/words/amounts.ts';
import { words } from '#lib/words/words.ts';

export type Way = 'table' | 'icm' | 'chips' | 'even';
export type Shared = {
	way: Way;
	amounts: readonly number[];
	/** not empty: an estimate, and how far off each may be */
	errors: readonly number[];
	/** somebody would get more than first prize */
	beyond_first: boolean;
};
export type Shares = {
	players: readonly string[];
	left_cents: number;
	first_cents: number;
	ways: readonly Shared[];
};
export type InPlay = { player: string; entry: string; chips: number };
export type DealWay = 'icm' | 'estimate' | 'chips' | 'even' | 'custom';

export class Dealing {
	shares = $state.raw<Shares | null>(null);
	trouble = $state<string | null>(null);
	asking = $state(false);
	aside = $state('0');
	/** as typed, by player; where nothing is typed, the sum of the way that was picked */
	typed = $state<Record<string, string>>({});
	picked = $state<Exclude<Way, 'table'> | null>(null);
	consents = $state.raw<ReadonlySet<string>>(new Set());

	constructor(
		readonly api: Api,
		readonly tournament: string,
		readonly currency: string,
	) {}

	asideCents: number | null = $derived.by(() => minorUnits(this.aside, this.currency));

	/** Asks the leaf for all ways; sums and consents that were there fall, for they were of other figures. */
	async reckon(inPlay: readonly InPlay[]): Promise<void> {
		this.asking = true;
		const stacks = inPlay.map(({ player, chips }) => [player, chips]);
		try {
			this.shares = await this.api.post<Shares>(`/api/v1/ledger/tournaments/${this.tournament}/shares`, {
				stacks,
				aside_cents: this.asideCents ?? 0,
			});
			this.trouble = null;
			this.pick(this.picked);
		} catch (error) {
			if (error instanceof Unreachable) this.trouble = words('needs_leaf');
			else if (error instanceof Problem) this.trouble = words(error.code, error.details, error.message);
			else throw error;
		} finally {
			this.asking = false;
		}
	}

	/** Takes over the sums of one way; null: none of them. */
	pick(way: Exclude<Way, 'table'> | null): void {
		this.picked = way;
		this.typed = {};
		this.consents = new Set();
	}

	/** A sum that was talked about; who had said yes said it to another one. */
	type(player: string, text: string): void {
		this.typed = { ...this.typed, [player]: text };
		this.consents = new Set();
	}

	say(player: string, yes: boolean): void {
		this.consents = new Set(
			yes ? [...this.consents, player] : [...this.consents].filter((one) => one !== player),
		);
	}

	/** Cents per player; null: what is typed is no sum, or nothing was picked. */
	sums: ReadonlyMap<string, number | null> = $derived.by(() => {
		const { shares } = this;
		if (!shares) return new Map();
		const way = shares.ways.find((one) => one.way === this.picked);
		return new Map(
			shares.players.map((player, n) => {
				const typed = this.typed[player];
				if (typed !== undefined) return [player, minorUnits(typed, this.currency)];
				return [player, way?.amounts[n] ?? null];
			}),
		);
	});

	/** What is still to be shared; below zero: too much was given; null: not every sum is one. */
	open: number | null = $derived.by(() => {
		const { shares, asideCents } = this;
		const sums = [...this.sums.values()];
		if (!shares || asideCents === null || sums.some((one) => one === null)) return null;
		return sums.reduce<number>((left, one) => left - (one ?? 0), shares.left_cents - asideCents);
	});

	/** How the sums were found. */
	way: DealWay = $derived.by(() => {
		if (!this.picked || Object.keys(this.typed).length > 0) return 'custom';
		const errors = this.shares?.ways.find((one) => one.way === this.picked)?.errors ?? [];
		return this.picked === 'icm' && errors.length > 0 ? 'estimate' : this.picked;
	});

	missing: readonly string[] = $derived(
		(this.shares?.players ?? []).filter((one) => !this.consents.has(one)),
	);

	/** The command that books it; null: it is not a whole deal yet. */
	command(inPlay: readonly InPlay[]): Record<string, unknown> | null {
		const entries = new Map(inPlay.map(({ player, entry }) => [player, entry]));
		if (!this.shares || this.open !== 0 || this.missing.length > 0) return null;
		return {
			kind: 'agree_deal',
			tournament: this.tournament,
			way: this.way,
			shares: this.shares.players.map((player) => [
				player,
				entries.get(player) ?? '',
				this.sums.get(player) ?? 0,
			]),
			aside_cents: this.asideCents ?? 0,
			consents: [...this.consents],
		};
	}
}
