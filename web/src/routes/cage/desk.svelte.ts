/** What the cage's pages share: events with their adopted prices, players, drawers, who may approve. */

import { type BookedTo, bookedTo } from '#lib/money/booked-to.ts';
import type { Command } from '#lib/money/command.ts';
import { showHeads } from '#lib/money/core-heads.ts';
import { LedgerTerm } from '#lib/money/ledger-term.svelte.ts';
import { kindName } from '#lib/money/money-kinds.ts';
import type { BountyMode, Heads } from '#lib/tournament/event-heads.ts';
import { standings } from '#lib/twins/elimination/standings.ts';
import { type Disagreement, disagreements, unseated } from '#lib/twins/reconcile.ts';
import { elsewhere, otherFlights } from '#lib/twins/structure/days.ts';
import { mayBuy, SOLD_AS } from '#lib/twins/structure/terms.ts';
import { Problem, Unreachable } from '#lib/venue/api.ts';
import { people as askPeople, type Person } from '#lib/venue/auth.ts';
import { keepNote, noteOf } from '#lib/venue/identity.ts';
import type { Venue } from '#lib/venue/venue.svelte.ts';
import { drawerName } from '#lib/words/drawer-words.ts';
import { WHY_NOT } from '#lib/words/terms-words.ts';
import { Booking } from './booking.svelte.ts';
import type { Jackpot } from './jackpot-form.ts';
import { Printing } from './printing.svelte.ts';

export type SaleKind = 'buy_in' | 're_entry' | 'rebuy' | 'add_on' | 'dealer_add_on';
export type Price = { prize_cents: number; fee_cents: number; bounty_cents: number; staff_cents: number };
export type Rules = {
	name: string;
	prices: Partial<Record<SaleKind, Price>>;
	entries_per_player: number;
	guarantee_cents: number;
	flights?: { ids: string[]; direct: boolean } | null;
	bounty?: BountyMode;
	satellite?: object | null;
};
export type Profile = {
	name: string;
	cash: boolean;
	cash_games: boolean;
	payout_limit_cents: number;
	/** minutes after midnight when a gaming day begins; not said: 360 */
	day_starts_min?: number | null;
	reverse_limit_cents: number;
	/** ways to pay; none said: all */
	methods?: readonly string[];
	/** years that somebody has seen before the first sale; not said: none */
	age_min?: number;
	/** may anything go out before the result; not said: yes */
	pay_during_play?: boolean;
};
/** What the house owes, holds in cash and has with bank and cards; `seq`: as of that entry. */
export type House = { liability_cents: number; cash_cents: number; banked_cents: number; seq: number };
/** What the ledger has of chips as things and of jackpots (`/api/v1/ledger/house`). */
export type Room = {
	chips: { made: Record<string, number>; trays: Record<string, number> };
	jackpots: Jackpot[];
};
/** One row of the tray: an event, and where its floor and its money differ. */
export type Difference = { tournament: string; row: Disagreement };
/** A player's money here, as the ledger has it. */
export type PlayerStanding = {
	/** years that a document showed at least; 0: nobody looked */
	age_seen: number;
	balance_cents: number;
	markers_cents: number;
	stake_day_cents: number;
	stake_per_day_cents: number | null;
	stake_per_tournament_cents: number | null;
	events: { tournament: string; entries: number; stake_cents: number; due_cents: number }[];
	tickets: { ticket: string; target: string; value_cents: number }[];
};
/** Money that waits to be settled. */
export type ReceivedRow = {
	seq: number;
	player: string;
	left_cents: number;
	/** where it lies: `1010/<drawer>`, or `1015` of a card or transfer */
	source: string;
	at_ms: number;
	person: string;
	asked: string;
	refusal: string;
	tournament: string;
	entry: string;
};
type Adopted = { rules?: Rules; profile?: Profile };
export type EventOffer = {
	id: string;
	letter: string;
	name: string;
	rules: Rules | null;
	profile: Profile | null;
	state: string;
	/** what its money is booked to: itself, or the event that this is a flight of */
	booked: BookedTo;
};
export type Found = { id: string; name: string; number: number | null; note: string };

/** A term in the way of a sale. */
export type Against = { words: string; hinders: boolean };

const ASKED_OF = ['setup', 'clock', 'late', 'registration', 'flight', 'days'] as const;
const RULES_AGAIN_MS = 15_000;
const HEADS_AGAIN_MS = 60_000;
const FOUND_MAX = 12;
export const NEEDS_LEAF = 'Needs the leaf';

export function priceOf(price: Price): number {
	return price.prize_cents + price.fee_cents + price.bounty_cents + price.staff_cents;
}

export class CageDesk {
	#adopted = $state.raw<Record<string, Adopted>>(noteOf('cage', 'adopted') ?? {});
	#people = $state.raw<readonly Person[]>(noteOf('cage', 'people') ?? []);
	#drawer = $state<string | null>(noteOf('cage', 'drawer'));
	#house = $state.raw<House | null>(null);
	#received = $state.raw<readonly ReceivedRow[]>([]);
	#timer: ReturnType<typeof setInterval>;
	#headsTimer: ReturnType<typeof setInterval>;
	readonly printing: Printing;
	/** whether this box takes money at all */
	readonly term: LedgerTerm;
	readonly #money;
	readonly #roster;

	/** Where floor and money differ, explained ones too; live, as both documents change. */
	differences: readonly Difference[] = $derived.by(() => {
		this.#money.group('entry/');
		this.#money.group('prize/');
		const { now } = this.venue.clock;
		return this.venue.tournaments.flatMap((tournament) => {
			const replica = this.venue.open<'tournament'>(`tournament/${tournament}`);
			for (const prefix of ['entry/', 'bust/', 'seat/', 'stack/', 'explained/']) replica.group(prefix);
			const rows = disagreements(replica.reader, tournament, this.#money.reader, now);
			return rows.map((row) => ({ tournament, row }));
		});
	});
	/** who paid and waits for a seat, and is no difference (yet) */
	waiting: readonly Difference[] = $derived.by(() => {
		const told = new Set(this.differences.map(({ row }) => row.entry));
		return this.venue.tournaments.flatMap((tournament) => {
			const { reader } = this.venue.open<'tournament'>(`tournament/${tournament}`);
			const rows = unseated(reader, tournament, this.#money.reader);
			return rows.filter(({ entry }) => !told.has(entry)).map((row) => ({ tournament, row }));
		});
	});
	/** those that no manager has explained */
	open: readonly Difference[] = $derived(this.differences.filter(({ row }) => !row.explained));

	constructor(readonly venue: Venue) {
		this.#money = venue.open<'cage'>('cage');
		this.#roster = venue.open<'roster'>('roster');
		venue.open<'config'>('config');
		venue.open<'requests'>('requests');
		this.printing = new Printing(venue.api);
		this.term = new LedgerTerm(venue, this.manager);
		void this.#ask();
		this.#timer = setInterval(() => void this.#ask(), RULES_AGAIN_MS);
		this.#headsTimer = setInterval(() => void this.#showHeads(), HEADS_AGAIN_MS);
	}

	close(): void {
		clearInterval(this.#timer);
		clearInterval(this.#headsTimer);
		this.printing.close();
		this.term.close();
	}

	get manager(): boolean {
		return this.venue.role === 'manager' || this.venue.role === 'admin';
	}

	/** For managers; null: not known (yet). */
	get house(): House | null {
		return this.#house;
	}

	/** How far the ledger is, as this tablet has heard. */
	get ledgerSeq(): number {
		return this.#money.fact('head')?.seq ?? 0;
	}

	/** How many events the ledger has whose terms this till was not told yet. */
	get untold(): number {
		const adopted = this.#money.group('tournament/');
		return this.venue.tournaments.filter((id) => adopted.has(id) && !this.#adopted[id]?.rules).length;
	}

	/** Oldest first. */
	get received(): readonly ReceivedRow[] {
		return this.#received;
	}

	/** Money taken out of Unsent at this till, that no manager has seen; newest first. */
	get removals(): readonly Command[] {
		return this.venue.outbox.commands.filter(({ removed }) => removed && !removed.seenBy);
	}

	/** How many things wait for a person here. */
	get toSettle(): number {
		const rows = [this.open, this.received, this.printing.unsure, this.term.proposals, this.removals];
		return rows.reduce((sum, { length }) => sum + length, 0);
	}

	/** Null: the leaf does not say. */
	async standingOf(player: string): Promise<PlayerStanding | null> {
		return await this.#look<PlayerStanding>(`/api/v1/ledger/players/${player}`);
	}

	/** Null: the leaf does not say. */
	async heads(tournament: string): Promise<Heads | null> {
		return await this.#look<Heads>(`/api/v1/ledger/tournaments/${tournament}/heads`);
	}

	/** Null: the leaf does not say. */
	async room(): Promise<Room | null> {
		return await this.#look<Room>('/api/v1/ledger/house');
	}

	async askReceived(): Promise<void> {
		if (this.whyNoLeaf) return;
		try {
			type Waiting = { received: ReceivedRow[] };
			this.#received = (await this.venue.api.get<Waiting>('/api/v1/ledger/received')).received;
		} catch (error) {
			if (!(error instanceof Unreachable || error instanceof Problem)) throw error;
		}
	}

	/** Asks for the house's figures anew; nothing for who may not see them. */
	async askHouse(): Promise<void> {
		if (!this.manager || this.whyNoLeaf) return;
		try {
			this.#house = await this.venue.api.get<House>('/api/v1/ledger/balances');
		} catch (error) {
			if (!(error instanceof Unreachable || error instanceof Problem)) throw error;
		}
	}

	/** The entry that began a drawer's shift; null: not known. */
	async openedSeq(drawer: string): Promise<number | null> {
		type Drawers = { drawers: { drawer: string; opened_seq: number }[] };
		try {
			const { drawers } = await this.venue.api.get<Drawers>('/api/v1/ledger/drawers');
			return drawers.find((one) => one.drawer === drawer)?.opened_seq ?? null;
		} catch (error) {
			if (error instanceof Unreachable || error instanceof Problem) return null;
			throw error;
		}
	}

	kindName(kind: string): string {
		return kindName(kind);
	}

	/** What the house adopted; null: no event shows it. */
	get profile(): Profile | null {
		return Object.values(this.#adopted).find(({ profile }) => profile)?.profile ?? null;
	}

	/** A member of staff by name. */
	personName(person: string): string {
		return this.#people.find((one) => one.person === person)?.name ?? person;
	}

	booking(): Booking {
		return new Booking(this.venue.outbox);
	}

	get people(): readonly Person[] {
		return this.#people;
	}

	/** Why money can't go out now; null: it can. */
	get whyNoMoney(): string | null {
		return this.whyNoLeaf ?? this.term.closed;
	}

	/** Why nothing can be asked of the leaf now; null: it can. */
	get whyNoLeaf(): string | null {
		return this.venue.connection.leaf && this.venue.at === 'leaf' ? null : NEEDS_LEAF;
	}

	get events(): EventOffer[] {
		return this.venue.tournaments.map((id) => {
			const setup = this.venue.open<'tournament'>(`tournament/${id}`).fact('setup');
			const adopted = this.#adopted[id];
			return {
				id,
				letter: setup?.letter ?? '',
				name: setup?.name ?? adopted?.rules?.name ?? 'Event',
				rules: adopted?.rules ?? null,
				profile: adopted?.profile ?? null,
				state: this.#money.fact(`tournament/${id}`)?.state ?? 'selling',
				booked: bookedTo(this.#money.reader, id),
			};
		});
	}

	/** Paid entries of a player in an event, its flights too, oldest first: `[entry, its ledger number]`. */
	paidEntries(tournament: string, player: string): { entry: string; seq: number }[] {
		return [...this.#money.group('entry/')]
			.filter(([, paid]) => [paid.tournament, paid.of].includes(tournament) && paid.player === player)
			.map(([entry, paid]) => ({ entry, seq: paid.seq }))
			.sort((one, other) => one.seq - other.seq);
	}

	/** A life the floor has in play for this player that nobody has paid for yet: what is sold next pays for it. */
	unpaidLife(tournament: string, player: string): string | null {
		const replica = this.venue.open<'tournament'>(`tournament/${tournament}`);
		const paid = new Set(this.paidEntries(tournament, player).map(({ entry }) => entry));
		const lives = [...replica.group('entry/')].filter(
			([life, { player: of }]) => of === player && !paid.has(life),
		);
		const playing = standings(replica.reader).lifeOf.get(player);
		return lives.find(([life]) => life === playing)?.[0] ?? lives[0]?.[0] ?? null;
	}

	/**
	 * The term against selling that now, as the floor has it; null: none, or the floor does not say. `hinders` unless it
	 * only tells that the floor has not written down yet who plays: that holds no queue up.
	 */
	termAgainst(tournament: string, player: string, kind: SaleKind): Against | null {
		const events = this.venue.tournaments.map((id) => {
			const replica = this.venue.open<'tournament'>(`tournament/${id}`);
			for (const prefix of ['entry/', 'bust/', 'bag/', 'level/', 'terms/', 'stack/'] as const)
				replica.group(prefix);
			for (const name of ASKED_OF) replica.fact(name);
			return [id, replica.reader] as const;
		});
		const facts = new Map(events).get(tournament);
		if (!facts) return null;
		this.#money.group('entry/');
		const { carry, others } = otherFlights(tournament, events);
		const there = elsewhere(player, carry, others);
		const first = kind === 're_entry' && !this.paidEntries(tournament, player).length;
		const asked = first ? 'entry' : SOLD_AS[kind]; // into this flight, after another
		const not = mayBuy(facts, this.#money.reader, tournament, player, asked, this.venue.clock.now, there);
		if (!not || not.code === 'no_event') return null;
		const rebuys = !!this.#adopted[tournament]?.rules?.prices.rebuy;
		const why = not.code === 'in_play' && !rebuys ? 'Still in play' : WHY_NOT[not.code];
		return { words: why, hinders: !['in_play', 'not_entered', 'out'].includes(not.code) };
	}

	/** Whether a manager can put its confirmed result right: what a flight paid and seats won can only be voided. */
	mayCorrect(tournament: string): boolean {
		const sold = this.#money.fact(`tournament/${tournament}`);
		const confirmed = sold?.state === 'confirmed' || sold?.state === 'settled';
		return !!sold && confirmed && !sold.of && sold.amounts.length > 0;
	}

	/** "T6·2", null while the floor has given no seat. */
	seatOf(tournament: string, player: string): string | null {
		const seat = this.venue.open<'tournament'>(`tournament/${tournament}`).fact(`seat/${player}`);
		return seat ? `${this.venue.tableName(seat.table)}·${seat.seat}` : null;
	}

	get drawers(): { id: string; name: string; open: boolean; person: string | null }[] {
		return [...this.#money.group('drawer/')]
			.map(([id, drawer]) => ({
				id,
				name: drawerName(id),
				open: drawer.state === 'open',
				person: drawer.person ?? null,
			}))
			.sort((one, other) => one.id.localeCompare(other.id));
	}

	/** The drawer of this cage: as chosen, else one that is open, mine first. */
	get drawer(): { id: string; name: string; open: boolean; person: string | null } | null {
		const { drawers } = this;
		const chosen = drawers.find((drawer) => drawer.id === this.#drawer);
		const open = drawers.filter((drawer) => drawer.open);
		if (chosen) return chosen;
		if (this.#drawer) return { id: this.#drawer, name: drawerName(this.#drawer), open: false, person: null };
		return open.find((drawer) => drawer.person === this.venue.person) ?? open[0] ?? drawers[0] ?? null;
	}

	chooseDrawer(id: string): void {
		this.#drawer = id;
		keepNote('cage', 'drawer', id);
	}

	/** Players by any part of the name, or by club number; at most `most`. */
	find(query: string, most = FOUND_MAX): Found[] {
		const wanted = plain(query.trim());
		if (!wanted) return [];
		const found: (Found & { rank: number })[] = [];
		for (const [id, { name, club_number: number }] of this.#roster.group('player/')) {
			const text = plain(name);
			const starts = text.startsWith(wanted) || text.split(' ').some((word) => word.startsWith(wanted));
			const numbered = number !== null && number !== undefined && String(number).startsWith(wanted);
			if (starts || numbered || text.includes(wanted))
				found.push({ id, name, number: number ?? null, note: '', rank: starts || numbered ? 0 : 1 });
		}
		found.sort((one, other) => one.rank - other.rank || one.name.localeCompare(other.name));
		return found.slice(0, most).map((one) => ({ ...one, note: this.#hereNote(one.id) }));
	}

	/** What tells two of a name apart: where somebody sits, or that they have paid here; empty: neither is known. */
	#hereNote(player: string): string {
		const seats = this.venue.tournaments.flatMap((id) => this.seatOf(id, player) ?? []);
		if (seats.length) return seats.join(', ');
		const cash = this.venue.open<'floor'>('floor').fact(`seat/${player}`);
		if (cash) return `${this.venue.tableName(cash.table)}·${cash.seat}`;
		const paid = [...this.#money.group('entry/')].filter(([, entry]) => entry.player === player).length;
		return paid ? (paid === 1 ? '1 entry' : `${paid} entries`) : '';
	}

	/** The core rings where one of them contradicts its copy; this till has nothing to decide about it. */
	async #showHeads(): Promise<void> {
		const { core, api, outbox } = this.venue;
		if (core) await showHeads(core, api.authorization(), outbox.commands);
	}

	async #look<T>(path: string): Promise<T | null> {
		if (this.whyNoLeaf) return null;
		try {
			return await this.venue.api.get<T>(path);
		} catch (error) {
			if (error instanceof Unreachable || error instanceof Problem) return null;
			throw error;
		}
	}

	/** The terms of all events, now; they are asked for again every so often. */
	async askTerms(): Promise<void> {
		await this.#ask();
	}

	async #ask(): Promise<void> {
		try {
			if (!this.#people.length) {
				this.#people = await askPeople('cage');
				keepNote('cage', 'people', this.#people);
			}
			const { api } = this.venue;
			for (const id of this.venue.tournaments) this.venue.open<'tournament'>(`tournament/${id}`);
			const asked = this.venue.tournaments.map(async (id) => {
				const adopted = await api.get<Adopted>(`/api/v1/ledger/tournaments/${id}`);
				return [id, { rules: adopted.rules, profile: adopted.profile }] as const;
			});
			const known = (await Promise.allSettled(asked)).flatMap((one) =>
				one.status === 'fulfilled' ? [one.value] : [],
			);
			this.#adopted = { ...this.#adopted, ...Object.fromEntries(known) };
			keepNote('cage', 'adopted', this.#adopted);
		} catch (error) {
			// what was kept stands; the sign-in is looked after by the connection
			if (!(error instanceof Unreachable || error instanceof Problem)) throw error;
		}
	}
}

/** Without accents and case, so that "jose" finds "José". */
function plain(text: string): string {
	return text.normalize('NFD').replace(/\p{M}/gu, '').toLowerCase();
}
