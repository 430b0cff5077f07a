/** The steps by which an event is made or changed: documents first, then what money obeys. All can be repeated. */

import type { Cues } from '#lib/facts/facts.gen.ts';
import { bookedTo } from '#lib/money/booked-to.ts';
import type { Replica } from '#lib/sync/replica.svelte.ts';
import type { seatsResult } from '#lib/tournament/event-heads.ts';
import { Problem } from '#lib/venue/api.ts';
import { closeRegistration, useTables, writeEvent } from '#lib/verbs/house.ts';
import { amountText } from '#lib/words/amounts.ts';
import type { EventPlan, Rules } from './event-form.ts';
import type { Calendar, House, LedgerEvent, Profile } from './house.svelte.ts';
import { booked, Making, Step, written } from './making.svelte.ts';

/** What a house adopts that says nothing else: cash, cash games, a second person above the limits. */
export const PROFILE: Profile = {
	name: 'Card room, cash allowed',
	cash: true,
	cash_games: true,
	reverse_limit_cents: 10_000,
	payout_limit_cents: 200_000,
};

export function savingEvent(house: House, id: string, plan: EventPlan): Making {
	const { venue } = house;
	const about = { what: plan.rules.name, who: venue.personName, amount: '' };
	const flight = oneMoney(house, id, plan);
	/** Asked anew: what another form adopted since this one was opened stays. */
	const adopt = async () => {
		const day = flight && (await rulesOf(venue, flight.of));
		if (day) {
			const now = day.flights ?? { ids: [], direct: false, field_bp: 0 };
			const flights = { ...now, ids: [...new Set([...now.ids, id])] };
			const rules = { ...day, flights };
			return sameRules(day, rules) ? null : { kind: 'adopt_tournament', tournament: flight.of, rules };
		}
		const now = await rulesOf(venue, id);
		const rules = { ...now, ...plan.rules, ...flightsOf(now, plan) };
		return now && sameRules(now, rules) ? null : { kind: 'adopt_tournament', tournament: id, rules };
	};
	let profile: Profile | null = null;
	let calendar: Calendar | null = null;
	return new Making([
		written<'tournament'>(venue, `tournament/${id}`, 'Event and levels', (replica) =>
			writeEvent(replica, plan.setup, plan.levels, { ...plan.agreed, ...houseCues(venue, replica) }),
		),
		written<'tournament'>(venue, `tournament/${id}`, 'Tables', (replica) =>
			useTables(replica, venue.open<'config'>('config'), plan.tables),
		),
		booked(venue, 'Prices and prizes adopted by the ledger', adopt, about),
		new Step('What the house adopted', async () => {
			profile = (await venue.api.get<LedgerEvent>(`/api/v1/ledger/tournaments/${id}`)).profile;
			if (!profile) calendar = await house.calendar();
			return null;
		}),
		booked(
			venue,
			`House rules (else: ${PROFILE.name})`,
			() => (profile ? null : { kind: 'adopt_profile', profile: { ...PROFILE, ...calendar } }),
			{ what: 'House rules', who: venue.personName, amount: '' },
		),
	]);
}

/** Registration ends for the floor, then in the ledger, which settles the pool; of a flight, the event's later. */
export function closingRegistration({ venue }: Pick<House, 'venue'>, id: string, name: string): Making {
	const inLedger = bookedTo(venue.open<'cage'>('cage').reader, id);
	return new Making([
		written<'tournament'>(
			venue,
			`tournament/${id}`,
			'Registration closed on tablets and screens',
			closeRegistration,
		),
		booked(
			venue,
			inLedger.flight ? 'Flight closed in the ledger' : 'Pool settled in the ledger',
			() => {
				if (stateOf(venue, id) !== 'selling') return null;
				return { kind: inLedger.flight ? 'close_flight' : 'close_registration', ...inLedger };
			},
			{ what: `Close registration, ${name}`, who: venue.personName, amount: '' },
		),
	]);
}

/** The paid places, as the floor's busts give them. */
export function confirmingResult(
	house: House,
	id: string,
	name: string,
	places: readonly (readonly [string, string, number])[],
): Making {
	const { venue } = house;
	return new Making([
		booked(venue, 'Result confirmed', () => ({ kind: 'confirm_result', tournament: id, places }), {
			what: `Result, ${name}`,
			who: venue.personName,
			amount: '',
		}),
	]);
}

/** Who went out in the money of a flight, as its busts give the places. */
export function confirmingFlight(
	{ venue }: Pick<House, 'venue'>,
	id: string,
	name: string,
	places: readonly (readonly [string, string, number])[],
): Making {
	const inLedger = bookedTo(venue.open<'cage'>('cage').reader, id);
	return new Making([
		booked(venue, 'Prizes of the flight confirmed', () => ({ kind: 'confirm_flight', ...inLedger, places }), {
			what: `Prizes, ${name}`,
			who: venue.personName,
			amount: '',
		}),
	]);
}

/** The result of a satellite: who takes the seats that are left, and who the rest. */
export function confirmingSeats(
	house: House,
	id: string,
	name: string,
	{ seats, rest }: ReturnType<typeof seatsResult>,
): Making {
	const { venue } = house;
	const command = { kind: 'confirm_seats', tournament: id, seats, ...(rest.length ? { rest } : {}) };
	return new Making([
		booked(venue, 'Seats confirmed', () => command, {
			what: `Seats, ${name}`,
			who: venue.personName,
			amount: '',
		}),
	]);
}

export function puttingIntoVault(house: House, cents: number): Making {
	const { venue } = house;
	const amount = { amount: cents, currency: venue.currency };
	return new Making([
		booked(venue, 'Cash into the vault', () => ({ kind: 'vault_in', amount }), {
			what: 'Vault',
			who: venue.personName,
			amount: amountText(cents, venue.currency),
		}),
	]);
}

export function adoptingProfile(house: House, profile: Profile): Making {
	const { venue } = house;
	let calendar: Calendar | null = null;
	return new Making([
		new Step("The venue's calendar", async () => {
			calendar = await house.calendar();
			return null;
		}),
		booked(
			venue,
			'House rules adopted',
			() => ({ kind: 'adopt_profile', profile: { ...profile, ...calendar } }),
			{
				what: 'House rules',
				who: venue.personName,
				amount: '',
			},
		),
	]);
}

/** What its clock announces: an event that is new begins with what the house says. */
function houseCues(venue: House['venue'], event: Replica<'tournament'>): { cues?: Cues } {
	const cues = event.fact('setup') ? null : venue.open<'config'>('config').fact('cues');
	return cues ? { cues } : {};
}

/** The event that a flight's money is booked to; null: it has its own, as an event has that is no flight. */
function oneMoney(house: House, id: string, plan: EventPlan): { of: string } | null {
	const flight = plan.agreed['flight'] as { of: string } | null;
	const own = plan.ownPool || house.ledgerEvents.has(id) || !house.ledgerEvents.has(flight?.of ?? '');
	return flight && !own ? flight : null;
}

/** As the ledger has them now; undefined: it has none. */
async function rulesOf({ api }: House['venue'], id: string): Promise<Rules | undefined> {
	try {
		return (await api.get<LedgerEvent>(`/api/v1/ledger/tournaments/${id}`)).rules;
	} catch (error) {
		if (error instanceof Problem && error.code === 'unknown_tournament') return undefined;
		throw error;
	}
}

/** Of an event that flights lead to; those that are booked to it stay. */
function flightsOf(now: Rules | undefined, plan: EventPlan): Pick<Rules, 'flights'> {
	if (!plan.agreed['days']) return {};
	return { flights: { ids: [], ...now?.flights, ...plan.flights } };
}

function stateOf(venue: House['venue'], id: string): string {
	return venue.open<'cage'>('cage').fact(`tournament/${id}`)?.state ?? 'selling';
}

/** Whether rules already say what is planned, whatever the order of their fields and what else they say. */
function sameRules(now: Rules, planned: Rules): boolean {
	return JSON.stringify(ordered({ ...now, ...planned })) === JSON.stringify(ordered(now));
}

function ordered(value: unknown): unknown {
	if (Array.isArray(value)) return value.map(ordered);
	if (value === null || typeof value !== 'object') return value;
	const said = Object.entries(value).filter(([, field]) => field !== null);
	const fields = said.sort(([a], [b]) => (a < b ? -1 : 1));
	return Object.fromEntries(fields.map(([name, field]) => [name, ordered(field)]));
}
