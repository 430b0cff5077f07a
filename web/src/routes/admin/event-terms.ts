/** What is agreed for an event beside its setup, as it is typed: chips, terms of entries, bounty, flights, house rules. */
import type {
	Bounty,
	Days,
	EventChips,
	Flight,
	HouseRules,
	LateRegistration,
	Terms,
} from '#lib/facts/facts.gen.ts';
import type { Agreed } from '#lib/verbs/house.ts';

export const TERM_KINDS = [
	['re_entry', 'Re-entry'],
	['rebuy', 'Rebuy'],
	['add_on', 'Add-on'],
	['dealer_add_on', 'Dealer add-on'],
	['early_bird', 'Early bird'],
] as const;
export const BOUNTIES = [
	['none', 'No bounty'],
	['fixed', 'Fixed'],
	['progressive', 'Progressive'],
	['mystery', 'Mystery'],
] as const;
type TermKind = (typeof TERM_KINDS)[number][0];
export type TermDraft = {
	said: boolean;
	chips: string;
	until: string;
	after: string;
	stackMax: string;
	often: string;
};

export type TermsDraft = {
	chips: string;
	lateMinutes: string;
	terms: Record<TermKind, TermDraft>;
	bounty: Bounty['mode'];
	cash: string;
	handMinutes: string;
	race: HouseRules['race'] & string;
	/** this event is a flight of that one; '': it is none */
	flightOf: string;
	flightName: string;
	flightUntil: string;
	/** what flights that lead here carry on; '': none lead here */
	carry: '' | NonNullable<Days['carry']>;
	/** per cent of a flight's entries that are paid in it; empty: none */
	flightPaid: string;
	/** entries of a player into one flight; empty: as many as into the event */
	perFlight: string;
	/** entries are sold to the event itself, past its flights */
	direct: boolean;
	/** this flight has a pool of its own */
	ownPool: boolean;
};

type Facts = { get(name: string): unknown };

export function termsOf(facts: Facts): TermsDraft {
	const is = <T>(name: string) => facts.get(name) as T | null;
	const flight = is<Flight>('flight');
	const bounty = is<Bounty>('bounty');
	const house = is<HouseRules>('house');
	const term = (kind: TermKind): TermDraft => {
		const said = is<Terms>(`terms/${kind}`);
		const text = (value: number | null | undefined) =>
			value === null || value === undefined ? '' : `${value}`;
		return {
			said: said !== null,
			chips: text(said?.chips),
			until: text(said?.until_level),
			after: text(said?.after_level),
			stackMax: text(said?.stack_max),
			often: text(said?.per_player),
		};
	};
	return {
		chips: (is<EventChips>('chips')?.values ?? []).join(', '),
		lateMinutes: String(is<LateRegistration>('late')?.until_minutes ?? ''),
		terms: Object.fromEntries(TERM_KINDS.map(([kind]) => [kind, term(kind)])) as TermsDraft['terms'],
		bounty: bounty?.mode ?? 'none',
		cash: String((bounty?.cash_points ?? 5_000) / 100),
		handMinutes: String(house?.hand_minutes ?? 2),
		race: house?.race ?? 'half_up',
		flightOf: flight?.of ?? '',
		flightName: flight?.name ?? '',
		flightUntil: String(flight?.until_level ?? ''),
		carry: is<Days>('days') ? (is<Days>('days')!.carry ?? 'best') : '',
		flightPaid: '',
		perFlight: '',
		direct: false,
		ownPool: false,
	};
}

/** What is wrong by field, and the facts as they would be (null: not agreed). `had`: facts there are now. */
export function checkTerms(
	draft: TermsDraft,
	lateUntil: number,
	stack: number,
	had: Facts,
): {
	faults: Partial<Record<string, string>>;
	agreed: Agreed;
	flights: { direct: boolean; field_bp: number; entries_per_player: number | null };
} {
	const faults: Partial<Record<string, string>> = {};
	const number = (field: string, text: string, low: number, high: number): number | null => {
		if (!text.trim()) return null;
		const found = whole(text);
		if (found === null || found < low || found > high) {
			faults[field] = `A whole number from ${low} to ${high.toLocaleString('en')}, or nothing.`;
			return null;
		}
		return found;
	};
	const agreed: Record<string, object | null> = {};
	const values = draft.chips
		.split(/[\s,;]+/)
		.filter(Boolean)
		.map(whole);
	if (values.some((value, n) => value === null || value < 1 || value <= (n ? values[n - 1]! : 0)))
		faults['chips'] = 'Denominations from small to large: 25, 100, 500.';
	else agreed['chips'] = values.length ? { values } : null;
	const minutes = number('lateMinutes', draft.lateMinutes, 1, 6_000);
	agreed['late'] =
		minutes || had.get('late')
			? { until_level: lateUntil, ...(minutes ? { until_minutes: minutes } : {}) }
			: null;
	for (const [kind] of TERM_KINDS) {
		const term = draft.terms[kind];
		const field = (name: string) => `${kind}.${name}`;
		const limits = {
			until_level: number(field('until'), term.until, 0, 200),
			after_level: number(field('after'), term.after, 0, 200),
			stack_max: number(field('stackMax'), term.stackMax, 0, 10 ** 9),
			per_player: number(field('often'), term.often, 0, 99),
		};
		const said = Object.fromEntries(Object.entries(limits).filter(([, value]) => value !== null));
		const chips = number(field('chips'), term.chips, 0, 10 ** 9) ?? stack;
		agreed[`terms/${kind}`] = term.said ? ({ chips, ...said } satisfies Terms) : null;
	}
	const cash = number('cash', draft.cash, 0, 100) ?? 50;
	agreed['bounty'] = draft.bounty === 'none' ? null : bountyFact(draft.bounty, cash, had);
	const hand = number('handMinutes', draft.handMinutes, 1, 3) ?? 2;
	const plain = hand === 2 && draft.race === 'half_up';
	agreed['house'] = plain && !had.get('house') ? null : { hand_minutes: hand, race: draft.race };
	const until = number('flightUntil', draft.flightUntil, 1, 200);
	if (draft.flightOf && !draft.flightName.trim()) faults['flightName'] = 'What this flight is called: 1A.';
	agreed['flight'] = draft.flightOf
		? { of: draft.flightOf, name: draft.flightName.trim(), ...(until ? { until_level: until } : {}) }
		: null;
	agreed['days'] = draft.carry ? { carry: draft.carry } : null;
	const paid = number('flightPaid', draft.flightPaid, 1, 100) ?? 0;
	const perFlight = draft.carry ? number('perFlight', draft.perFlight, 1, 99) : null;
	const flights = { direct: draft.direct, field_bp: paid * 100, entries_per_player: perFlight };
	return { faults, agreed, flights };
}

/** Envelopes are sealed after the close, so nobody draws one before. */
function bountyFact(mode: Bounty['mode'], cash: number, had: Facts): Bounty {
	const before = had.get('bounty') as Bounty | null;
	const begins = before?.mode === mode ? before.begins : mode === 'mystery' ? 'registration_closed' : null;
	return { mode, cash_points: cash * 100, ...(begins ? { begins } : {}) };
}

function whole(text: string): number | null {
	const plain = text.replace(/[’']/g, '').trim();
	return /^\d{1,10}$/.test(plain) ? Number(plain) : null;
}
