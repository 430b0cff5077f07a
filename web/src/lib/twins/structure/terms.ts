/**
 * What a player may buy into an event now, and if not, which term says so: asked by floor and cage alike.
 * What was written all the same is never refused for it.
 * Twin of `crdt_models/rules/structure/terms.py`; both read `tests/vectors/terms.json`.
 */
import type {
	Clock,
	Entry,
	PaidEntry,
	Stack,
	Terms,
	TournamentMoney,
	TournamentSetup,
	Wanted,
} from '#lib/facts/facts.gen.ts';
import type { FactReader } from '#lib/facts/facts.ts';
import { finishes, standings } from '../elimination/standings.ts';
import { many, one } from '../typed.ts';
import { type ClockReading, levelsBegun, type Plan, planOf, readClock } from './clock.ts';
import { type Elsewhere, flightEnded, NOWHERE } from './days.ts';
import { lateRegistration } from './registration.ts';

export type Asked = 'entry' | 're_entry' | 'rebuy' | 'add_on' | 'dealer_add_on' | 'early_bird';

/** What the floor's requests to the cage ask for. */
export const SOLD_AS: Record<Wanted['kind'], Asked> = {
	buy_in: 'entry',
	re_entry: 're_entry',
	rebuy: 'rebuy',
	add_on: 'add_on',
	dealer_add_on: 'dealer_add_on',
};

/** Why not. `limit` is the number the term names: a level, chips or how often; `used` what there is now. */
export type Not = { code: NotCode; limit: number; used: number };
export type NotCode =
	| 'no_event'
	| 'event_over'
	| 'registration_closed'
	| 'in_play'
	| 'not_entered'
	| 'entries_used'
	| 'out'
	| 'term_over'
	| 'term_not_yet'
	| 'stack_over'
	| 'term_used'
	| 'flight_over'
	| 'through';

/**
 * What the terms ask of a player; `bought`: how often this life bought what is counted, as paid. `elsewhere`: lives in
 * other flights of the same event.
 */
export type Person = {
	lives: number;
	alive: boolean;
	stack: number | null;
	bought: Record<string, number>;
	elsewhere?: number;
};

const COUNTED: Partial<Record<Asked, 'rebuys' | 'add_ons' | 'dealer_add_ons'>> = {
	rebuy: 'rebuys',
	add_on: 'add_ons',
	dealer_add_on: 'dealer_add_ons',
};

/** How a player stands by floor and cage. */
export function personOf(tournament: FactReader, cage: FactReader, player: string, elsewhere = 0): Person {
	const standing = standings(tournament);
	const lives = [...many<Entry>(tournament, 'entry/').values()].filter((entry) => entry.player === player);
	const paid = one<PaidEntry>(cage, `entry/${standing.lifeOf.get(player)}`);
	const bought = Object.fromEntries(Object.values(COUNTED).map((name) => [name, paid?.[name] ?? 0]));
	const stack = one<Stack>(tournament, `stack/${player}`)?.chips ?? null;
	return { lives: lives.length, alive: standing.left.has(player), stack, bought, elsewhere };
}

/**
 * Why this player can't buy that into the event `id` at leaf time `now`; null: nothing is in the way. `elsewhere`: how
 * they stand in the other flights, where this is one.
 */
export function mayBuy(
	tournament: FactReader,
	cage: FactReader,
	id: string,
	player: string,
	asked: Asked,
	now: number,
	elsewhere: Elsewhere = NOWHERE,
): Not | null {
	const setup = one<TournamentSetup>(tournament, 'setup');
	if (!setup) return not('no_event');
	const plan = planOf(tournament);
	const reading = readClock(one<Clock>(tournament, 'clock'), plan, now);
	const money = one<TournamentMoney>(cage, `tournament/${id}`);
	const selling = lateRegistration(tournament, money, now).state === 'open';
	if (reading.state === 'ended' || (!selling && won(tournament))) return not('event_over');
	if (asked !== 'add_on' && asked !== 'dealer_add_on' && flightEnded(tournament, money, now))
		return not('flight_over');
	const why = barred(asked, elsewhere, one<Terms>(tournament, 'terms/re_entry'));
	if (why) return why;
	const person = personOf(tournament, cage, player, elsewhere.lives);
	const terms = one<Terms>(tournament, `terms/${asked}`);
	return notNow(asked, person, setup.entries_per_player ?? 1, terms, selling, reading, plan);
}

/** What another flight says against entering this one. A first entry here is one more of the event. */
function barred(asked: Asked, { lives, playing, through }: Elsewhere, again: Terms | null): Not | null {
	if (asked !== 'entry' && asked !== 're_entry') return null;
	if (playing) return not('in_play');
	if (through) return not('through');
	const often = again?.per_player ?? null;
	const full = asked === 'entry' && often !== null && lives - 1 >= often;
	return full ? not('term_used', often, lives - 1) : null;
}

/** The first term in the way, in this order: the player, registration, the term's time, its limits. */
export function notNow(
	asked: Asked,
	person: Person,
	entriesMax: number,
	terms: Terms | null,
	selling: boolean,
	reading: ClockReading,
	plan: Plan,
): Not | null {
	const why = ofPlayer(asked, person, entriesMax);
	if (why) return why;
	if ((asked === 'entry' || asked === 're_entry') && !selling) return not('registration_closed');
	if (!terms)
		return selling || asked === 'add_on' || asked === 'dealer_add_on' ? null : not('registration_closed');
	return ofTime(terms, selling, reading, plan) ?? ofLimits(asked, person, terms);
}

function ofPlayer(asked: Asked, { lives, alive }: Person, entriesMax: number): Not | null {
	if (asked === 'entry' || asked === 're_entry') {
		if (alive) return not('in_play'); // a re-entry waits until the bust was written
		if (asked === 're_entry' && lives === 0) return not('not_entered');
		return lives >= entriesMax ? not('entries_used', entriesMax, lives) : null;
	}
	if (lives === 0) return not('not_entered');
	return alive ? null : not('out');
}

function ofTime(terms: Terms, selling: boolean, reading: ClockReading, plan: Plan): Not | null {
	const until = terms.until_level ?? null;
	const after = terms.after_level ?? null;
	const started = !(reading.state === 'pending' && reading.level === 1);
	const begun = started ? levelsBegun(plan, reading.level) : 0;
	if (until !== null && begun > until) return not('term_over', until, begun);
	if (after !== null) {
		if (begun > after) return not('term_over', after, begun);
		const onBreak = plan[reading.level - 1]?.kind === 'break';
		return begun < after || !onBreak ? not('term_not_yet', after, begun) : null;
	}
	return selling || until !== null ? null : not('registration_closed');
}

function ofLimits(asked: Asked, person: Person, terms: Terms): Not | null {
	const { lives, stack, elsewhere = 0 } = person;
	const stackMax = terms.stack_max ?? null;
	if (stackMax !== null && stack !== null && stack > stackMax) return not('stack_over', stackMax, stack);
	const inFlight = terms.per_flight ?? null;
	if (asked === 're_entry' && inFlight !== null && lives > inFlight)
		return not('term_used', inFlight, lives - 1);
	const counted = COUNTED[asked];
	const used =
		asked === 're_entry' ? Math.max(0, lives + elsewhere - 1) : counted ? (person.bought[counted] ?? 0) : 0;
	const often = terms.per_player ?? null;
	return often !== null && used >= often ? not('term_used', often, used) : null;
}

function won(tournament: FactReader): boolean {
	return finishes(standings(tournament)).some(({ place }) => place === 1);
}

function not(code: NotCode, limit = 0, used = 0): Not {
	return { code, limit, used };
}
