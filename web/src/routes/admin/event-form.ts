/** An event as it is typed, and what is wrong with it field by field; or what has to be written and adopted. */
import { fromAbsolute, parseDateTime, toCalendarDateTime, toZoned } from '@internationalized/date';
import type { LevelRow, TournamentSetup } from '#lib/facts/facts.gen.ts';
import { EVENT_TEMPLATES, PAYOUT_SETS, type PayoutRange } from '#lib/tournament/structures.ts';
import { newFaults } from '#lib/twins/structure/ladder.ts';
import type { Agreed } from '#lib/verbs/house.ts';
import { amountText, minorUnits } from '#lib/words/amounts.ts';
import { faultWords } from '#lib/words/ladder-words.ts';
import { type PayoutRow, payoutRows, placesFault, placesOf } from './event-payouts.ts';
import { checkSatellite, type Satellite, type SatelliteDraft, satelliteOf } from './event-satellite.ts';
import { checkSeating, type SeatingDraft, seatingOf } from './event-seating.ts';
import { checkTerms, type TermsDraft, termsOf } from './event-terms.ts';

export const PRICE_KINDS = [
	['buy_in', 'Buy-in'],
	['re_entry', 'Re-entry'],
	['rebuy', 'Rebuy'],
	['add_on', 'Add-on'],
] as const;
export const PARTS = [
	['prize', 'Prize pool'],
	['fee', 'Fee'],
	['bounty', 'Bounty'],
	['staff', 'Staff'],
] as const;
export type PriceKind = (typeof PRICE_KINDS)[number][0];
export type Part = (typeof PARTS)[number][0];
export type PriceDraft = { sold: boolean } & Record<Part, string>;

/** Everything as text, as the fields hold it. */
export type EventDraft = {
	name: string;
	letter: string;
	/** "2026-11-21T19:00", in the venue's time zone */
	starts: string;
	seats: string;
	stack: string;
	lateUntil: string;
	entries: string;
	structure: string;
	levels: readonly LevelRow[];
	minutes: string;
	prices: Record<PriceKind, PriceDraft>;
	guarantee: string;
	unit: string;
	payouts: PayoutRow[];
	/** per cent of the field that is paid, by a curve; empty: by the rows of `payouts` */
	field: string;
	minCash: string;
	/** who gets whole units that rounding left */
	spare: 'first' | 'units_from_top';
	/** in the order they break */
	tables: string[];
	seating: SeatingDraft;
	agreed: TermsDraft;
	satellite: SatelliteDraft;
};

export type Price = { prize_cents: number; fee_cents: number; bounty_cents: number; staff_cents: number };
export type Rules = {
	name: string;
	prices: Partial<Record<PriceKind, Price>>;
	entries_per_player: number;
	guarantee_cents: number;
	payout: {
		unit_cents: number;
		tables: PayoutRange[];
		field_bp?: number | null;
		remainder?: 'first' | 'units_from_top';
		min_cash_cents?: number;
	};
	satellite?: Satellite | null;
	bounty?: 'plain' | 'progressive' | 'mystery';
	/** of a progressive head, in cash */
	bounty_cash_bp?: number;
	/** that are booked to this event */
	flights?: Flights | null;
};
/** `direct`: entries are sold to the event itself, too; `field_bp`: of a flight's entries are paid in it. */
export type Flights = {
	ids: string[];
	direct: boolean;
	field_bp: number;
	entries_per_player?: number | null;
};
export type EventPlan = {
	setup: TournamentSetup;
	levels: LevelRow[];
	rules: Rules;
	tables: string[];
	agreed: Agreed;
	/** of an event that flights lead to */
	flights: Omit<Flights, 'ids'>;
	/** of a flight: its money is not that of the event it leads to */
	ownPool: boolean;
};
export type Facts = { get(name: string): unknown };
export type Place = { currency: string; timeZone: string; startMs: number };
export type Faults = Partial<Record<string, string>>;

const KEPT = 'kept';
const NOTHING: Facts = { get: () => null };
const LINE_MAX = 60;

export function newDraft(place: Place, unixMs: number): EventDraft {
	const price = (sold: boolean): PriceDraft => ({
		sold,
		prize: '50.00',
		fee: '10.00',
		bounty: '0',
		staff: '0',
	});
	const hour = 3_600_000;
	const draft: EventDraft = {
		name: '',
		letter: 'A',
		starts: localText(Math.ceil((unixMs + hour / 2) / hour) * hour, place),
		seats: '9',
		stack: '',
		lateUntil: '',
		entries: '2',
		structure: '',
		levels: [],
		minutes: '20',
		prices: { buy_in: price(true), re_entry: price(true), rebuy: price(false), add_on: price(false) },
		guarantee: '0',
		unit: amountText(100, place.currency),
		payouts: payoutRows(PAYOUT_SETS[0]!.tables, place.currency),
		field: '',
		minCash: '0',
		spare: 'first',
		tables: [],
		seating: seatingOf(NOTHING),
		agreed: termsOf(NOTHING),
		satellite: satelliteOf(null, place.currency),
	};
	return useTemplate(draft, EVENT_TEMPLATES[0]!.id, place.currency);
}

/** What an event is now; `rules` null: none adopted yet, the price is for the form to ask. */
export function draftOf(
	setup: TournamentSetup,
	levels: readonly LevelRow[],
	tables: readonly string[],
	rules: Rules | null,
	place: Place,
	facts: Facts = NOTHING,
): EventDraft {
	const text = (cents: number) => amountText(cents, place.currency);
	const fresh = newDraft(place, place.startMs + setup.starts_ms);
	const prices = { ...fresh.prices };
	for (const [kind] of PRICE_KINDS) {
		const price = rules?.prices[kind];
		if (rules)
			prices[kind] = price
				? {
						sold: true,
						prize: text(price.prize_cents),
						fee: text(price.fee_cents),
						bounty: text(price.bounty_cents),
						staff: text(price.staff_cents),
					}
				: { ...prices[kind], sold: false };
	}
	return {
		...fresh,
		name: setup.name,
		letter: setup.letter ?? 'A',
		starts: localText(place.startMs + setup.starts_ms, place),
		seats: String(setup.seats_per_table),
		stack: String(setup.starting_stack),
		lateUntil: String(lateOf(facts) ?? setup.late_until_level),
		entries: String(setup.entries_per_player ?? 1),
		structure: KEPT,
		levels,
		minutes: String(levels.find(({ kind }) => kind === 'play')?.minutes ?? 20),
		prices,
		guarantee: text(rules?.guarantee_cents ?? 0),
		unit: rules ? text(rules.payout.unit_cents) : fresh.unit,
		payouts: rules?.payout.tables.length ? payoutRows(rules.payout.tables, place.currency) : fresh.payouts,
		field: rules?.payout.field_bp ? String(rules.payout.field_bp / 100) : '',
		minCash: text(rules?.payout.min_cash_cents ?? 0),
		spare: rules?.payout.remainder ?? 'first',
		tables: [...tables],
		agreed: {
			...termsOf(facts),
			...(facts.get('bounty') ? {} : bountyDraft(rules)),
			flightPaid: rules?.flights?.field_bp ? String(rules.flights.field_bp / 100) : '',
			direct: rules?.flights?.direct ?? false,
			perFlight: String(rules?.flights?.entries_per_player ?? ''),
		},
		satellite: satelliteOf(rules?.satellite, place.currency),
		seating: seatingOf(facts),
	};
}

/** Put off on the floor, perhaps. */
function lateOf(facts: Facts): number | null {
	return (facts.get('late') as { until_level: number } | null)?.until_level ?? null;
}

/** With a bounty half of a prize part goes onto the head, without one it goes back; what has terms is sold. */
export function useTemplate(draft: EventDraft, id: string, currency: string): EventDraft {
	const template = EVENT_TEMPLATES.find((one) => one.id === id);
	if (!template) return draft;
	const heads = template.agreed?.['bounty'] !== undefined;
	return {
		...draft,
		prices: {
			...draft.prices,
			buy_in: withHead(draft.prices.buy_in, heads, currency),
			re_entry: withHead(draft.prices.re_entry, heads, currency),
			rebuy: { ...draft.prices.rebuy, sold: template.agreed?.['terms/rebuy'] !== undefined },
			add_on: { ...draft.prices.add_on, sold: template.agreed?.['terms/add_on'] !== undefined },
		},
		structure: id,
		levels: template.levels,
		minutes: String(template.levels[0]!.minutes),
		stack: String(template.stack),
		lateUntil: String(template.lateUntil),
		agreed: {
			...draft.agreed,
			...fromTemplate(termsOf({ get: (name) => template.agreed?.[name] ?? null })),
		},
	};
}

function withHead(price: PriceDraft, head: boolean, currency: string): PriceDraft {
	const prize = minorUnits(price.prize, currency);
	const bounty = minorUnits(price.bounty, currency);
	if (prize === null || bounty === null || head === bounty > 0) return price;
	const onHead = head ? Math.floor((prize + bounty) / 2) : 0;
	return {
		...price,
		prize: amountText(prize + bounty - onHead, currency),
		bounty: amountText(onHead, currency),
	};
}

/** What a template says; flights and the rules of the house are not its own. */
function fromTemplate({ chips, terms, bounty, cash }: TermsDraft): Partial<TermsDraft> {
	return { chips, terms, bounty, cash };
}

/** The levels with the minutes asked for; breaks keep theirs, and so do levels that differ among themselves. */
export function levelsOf(draft: EventDraft): LevelRow[] {
	const minutes = whole(draft.minutes, 1, 600);
	const lengths = new Set(draft.levels.flatMap((row) => (row.kind === 'play' ? [row.minutes] : [])));
	return draft.levels.map((row) =>
		row.kind === 'play' && minutes !== null && lengths.size === 1 ? { ...row, minutes } : row,
	);
}

/** What is wrong, by field; none: the plan. `others`: letters of the other events that are on. */
export function check(
	draft: EventDraft,
	place: Place,
	others: ReadonlySet<string>,
	facts: Facts = NOTHING,
	before: readonly LevelRow[] = [],
): { faults: Faults; plan: EventPlan | null } {
	const faults: Faults = {};
	const number = (field: 'seats' | 'stack' | 'lateUntil' | 'entries', low: number, high: number) => {
		const found = whole(draft[field], low, high);
		if (found === null) faults[field] = `A whole number from ${low} to ${high.toLocaleString('en')}.`;
		return found ?? low;
	};
	const amount = (field: string, text: string) => {
		const found = minorUnits(text, place.currency);
		if (found === null) faults[field] = 'An amount, such as 50.00.';
		return found ?? 0;
	};
	const name = draft.name.trim();
	if (!name) faults['name'] = 'What the event is called, as on the poster.';
	else if (name.length > LINE_MAX) faults['name'] = `At most ${LINE_MAX} characters.`;
	if (others.has(draft.letter)) faults['letter'] = 'Another event that is on has this letter.';
	const starts_ms = leafMs(draft.starts, place);
	if (starts_ms === null) faults['starts'] = 'A day and a time.';
	else if (starts_ms < 0) faults['starts'] = 'This is before the venue was founded.';
	const levels = levelsOf(draft);
	const plays = levels.filter(({ kind }) => kind === 'play').length;
	if (whole(draft.minutes, 1, 600) === null) faults['minutes'] = 'Whole minutes from 1 to 600.';
	const setup: TournamentSetup = {
		kind: 'tournament',
		version: 1,
		name,
		letter: draft.letter,
		game: "No-limit hold'em",
		starts_ms: starts_ms ?? 0,
		seats_per_table: number('seats', 2, 12),
		starting_stack: number('stack', 1, 10_000_000),
		late_until_level: number('lateUntil', 0, plays),
		entries_per_player: number('entries', 1, 99),
		max_diff: draft.seating.apart,
	};
	const terms = checkTerms(draft.agreed, setup.late_until_level, setup.starting_stack, facts);
	const seating = checkSeating(draft.seating, facts);
	Object.assign(faults, terms.faults, seating.faults);
	const agreed = { ...terms.agreed, seating: seating.rules };
	const rungs = (rows: readonly LevelRow[]) => rows.map((row) => ({ ...row, lasts: row.minutes }));
	const chips = (terms.agreed['chips'] as { values: number[] } | null)?.values ?? [];
	const [fault] = newFaults(rungs(before), rungs(levels), chips);
	if (fault) faults['levels'] = faultWords(levels, fault);
	for (const kind of ['re_entry', 'rebuy', 'add_on'] as const)
		if (draft.agreed.terms[kind].said && !draft.prices[kind].sold)
			faults[kind] = 'Its terms are said above: give it a price, or take them out.';
	if (draft.prices.re_entry.sold && setup.entries_per_player === 1)
		faults['entries'] = 'More than one, or no re-entry is sold.';
	const rules: Rules = {
		name,
		prices: pricesOf(draft, amount, faults),
		entries_per_player: setup.entries_per_player ?? 1,
		guarantee_cents: amount('guarantee', draft.guarantee),
		payout: {
			unit_cents: amount('unit', draft.unit),
			...(draft.field.trim() ? fieldOf(draft, faults) : { tables: payoutsOf(draft, place, faults) }),
			remainder: draft.spare,
			min_cash_cents: amount('minCash', draft.minCash),
		},
		satellite: checkSatellite(draft.satellite, amount, faults),
		...bountyOf(draft.agreed),
	};
	const heads = Object.values(rules.prices).some(({ bounty_cents }) => bounty_cents > 0);
	if (draft.agreed.bounty !== 'none' && !heads)
		faults['buy_in'] = 'A bounty is a part of the price: say how much of it.';
	if (!faults['unit'] && rules.payout.unit_cents < 1) faults['unit'] = 'At least the smallest coin.';
	const paid = terms.flights.field_bp;
	if (draft.agreed.carry && paid && !rules.payout.min_cash_cents)
		faults['flightPaid'] = 'Who is paid in a flight gets the min-cash: say how much that is.';
	if ((terms.flights.entries_per_player ?? 0) > rules.entries_per_player)
		faults['perFlight'] = `At most ${rules.entries_per_player}, the entries per player of the whole event.`;
	const ok = Object.keys(faults).length === 0;
	const { flights } = terms;
	const { ownPool } = draft.agreed;
	return {
		faults,
		plan: ok ? { setup, levels, rules, tables: draft.tables, agreed, flights, ownPool } : null,
	};
}

/** How the ledger pays heads; which of the price goes onto one, its parts say. */
function bountyOf({ bounty, cash }: TermsDraft): Pick<Rules, 'bounty' | 'bounty_cash_bp'> {
	const mode = bounty === 'progressive' || bounty === 'mystery' ? bounty : 'plain';
	const perCent = mode === 'progressive' ? whole(cash, 0, 100) : null;
	return { bounty: mode, bounty_cash_bp: (perCent ?? 50) * 100 };
}

/** Of an event whose rules were adopted without the floor's word for it. */
function bountyDraft(rules: Rules | null): Partial<TermsDraft> {
	if (!rules?.bounty || rules.bounty === 'plain') return {};
	return { bounty: rules.bounty, cash: String((rules.bounty_cash_bp ?? 5_000) / 100) };
}

function pricesOf(
	draft: EventDraft,
	amount: (field: string, text: string) => number,
	faults: Faults,
): Rules['prices'] {
	const prices: Rules['prices'] = {};
	for (const [kind, word] of PRICE_KINDS) {
		const price = draft.prices[kind];
		if (!price.sold) continue;
		const cents = (part: Part) => amount(`${kind}.${part}`, price[part]);
		const parts = {
			prize_cents: cents('prize'),
			fee_cents: cents('fee'),
			bounty_cents: cents('bounty'),
			staff_cents: cents('staff'),
		};
		prices[kind] = parts;
		if (Object.values(parts).every((part) => part === 0)) faults[kind] = `${word} costs nothing.`;
	}
	return prices;
}

function fieldOf(draft: EventDraft, faults: Faults): { tables: PayoutRange[]; field_bp: number } {
	const found = /^(\d{1,2})(?:[.,](\d{1,2}))?$/.exec(draft.field.trim());
	const field_bp = found ? Number(found[1]) * 100 + Number((found[2] ?? '').padEnd(2, '0')) : 0;
	if (field_bp < 1 || field_bp > 5_000)
		faults['field'] = 'Per cent of the field, up to 50; usual are 10 to 15.';
	return { tables: [], field_bp };
}

function payoutsOf(draft: EventDraft, place: Place, faults: Faults): PayoutRange[] {
	let last = 0;
	return draft.payouts.map(({ from, to, points }, n) => {
		const field = `payouts.${n}`;
		const entries_min = whole(from, 1, 100_000) ?? 0;
		const entries_max = whole(to, 1, 100_000) ?? 0;
		const places = placesOf(points, place.currency);
		const fault = placesFault(places, entries_max);
		if (!entries_min || entries_max < entries_min)
			faults[field] = 'From and to are entries, from small to large.';
		else if (n > 0 && entries_min !== last + 1) faults[field] = `Starts at ${last + 1}, after the row above.`;
		else if (fault) faults[field] = fault;
		last = entries_max;
		return { entries_min, entries_max, ...(places && { [places.kind]: places.values }) };
	});
}

function whole(text: string, low: number, high: number): number | null {
	const plain = text.replace(/[,\s]/g, '');
	if (!/^\d{1,9}$/.test(plain)) return null;
	const found = Number(plain);
	return found >= low && found <= high ? found : null;
}

function localText(unixMs: number, { timeZone }: Place): string {
	return toCalendarDateTime(fromAbsolute(unixMs, timeZone)).toString().slice(0, 16);
}

/** Leaf time of a local date and time; null where it is none. */
function leafMs(text: string, { timeZone, startMs }: Place): number | null {
	try {
		return toZoned(parseDateTime(text), timeZone).toDate().getTime() - startMs;
	} catch (error) {
		if (error instanceof Error) return null;
		throw error;
	}
}
