/** The twins of structure read the vectors that Python reads. */
import { expect, test } from 'vitest';
import type { Flight, Level, Terms, TournamentMoney } from '#lib/facts/facts.gen.ts';
import { colourUp, type Rounding, race, racedChips } from '#lib/twins/structure/chip-race.ts';
import type { ClockReading } from '#lib/twins/structure/clock.ts';
import {
	type Bag,
	bagsOf,
	type Carry,
	carrying,
	elsewhere,
	flightOver,
	mayPlayFlight,
} from '#lib/twins/structure/days.ts';
import {
	colourUpsDue,
	type Fault,
	ladderFaults,
	locked,
	newFaults,
	type Row,
} from '#lib/twins/structure/ladder.ts';
import { type Moment, moments } from '#lib/twins/structure/moments.ts';
import { allPlaces } from '#lib/twins/structure/places.ts';
import { type Late, lateRegistration } from '#lib/twins/structure/registration.ts';
import { endRow, type Retiming, retime, suggest, type Wanted } from '#lib/twins/structure/suggestion.ts';
import { type Asked, mayBuy, type Not, notNow, type Person } from '#lib/twins/structure/terms.ts';
import { type Facts, reading, vectors } from './written.ts';

type Case<T> = { id: string } & T;

const ladder = vectors<{
	faults: Case<{ rows: Row[]; chips: number[]; expect: Fault[] }>[];
	due: Case<{ rows: Row[]; chips: number[]; expect: unknown }>[];
	new: Case<{ before: Row[]; after: Row[]; expect: Fault[] }>[];
	locked: Case<{ row: number; reading: ClockReading; expect: string | null }>[];
}>('ladder');

test.each(ladder.faults)('$id', ({ rows, chips, expect: faults }) => {
	expect(ladderFaults(rows, chips)).toEqual(faults);
});
test.each(ladder.due)('$id', ({ rows, chips, expect: due }) => {
	expect(colourUpsDue(rows, chips)).toEqual(due);
});
test.each(ladder.new)('$id', ({ before, after, expect: faults }) => {
	expect(newFaults(before, after)).toEqual(faults);
});
test.each(ladder.locked)('$id', (row) => {
	expect(locked(row.row, row.reading)).toBe(row.expect);
});

const races = vectors<{
	raced: Case<{ odd: number; low: number; high: number; rounding: Rounding; expect: number }>[];
	tables: Case<{
		chips: Record<string, number>;
		low: number;
		high: number;
		rounding: Rounding;
		seats: unknown;
		raced: number;
		cards: Record<string, string[]>;
		last: number[];
		winners: number[];
		saved: number[];
		difference: number;
	}>[];
}>('chip_race');
const bySeat = <V>(of: Record<string, V>) =>
	new Map(Object.entries(of).map(([seat, v]) => [Number(seat), v]));

test.each(races.raced)('$id', (row) => {
	expect(racedChips(row.odd, row.low, row.high, row.rounding)).toBe(row.expect);
});
test.each(races.tables)('$id', (row) => {
	const table = colourUp(bySeat(row.chips), row.low, row.high, row.rounding);
	expect(table.seats.map(({ seat, gets, odd }) => [seat, gets, odd])).toEqual(row.seats);
	expect(table.raced).toBe(row.raced);
	const { winners, saved, difference } = row;
	expect(race(table, bySeat(row.cards), row.last)).toEqual({ winners, saved, difference });
});

const days = vectors<{
	plans: { short: Level[] };
	carrying: Case<{ bags: Bag[]; carry: Carry; kept: string[]; forfeited: string[] }>[];
	bags: Case<{ flights: [string, Facts][]; expect: Bag[] }>[];
	places: Case<{ day: Facts; flights: [string, Facts][]; expect: [string, number, number][] }>[];
	may_play: Case<{ player: string; bags: Bag[]; carry: Carry; expect: boolean }>[];
	over: Case<{ flight: Flight; reading: ClockReading; left: number; entries: number; expect: boolean }>[];
}>('days');

test.each(days.carrying)('$id', ({ bags, carry, kept, forfeited }) => {
	const found = carrying(bags, carry);
	expect(found.kept.map(({ entry }) => entry)).toEqual(kept);
	expect(found.forfeited.map(({ entry }) => entry)).toEqual(forfeited);
});
test.each(days.bags)('$id', ({ flights, expect: bags }) => {
	expect(bagsOf(flights.map(([id, facts]) => [id, reading(`tournament/${id}`, facts)]))).toEqual(bags);
});
test.each(days.places)('$id', ({ day, flights, expect: places }) => {
	const readers = flights.map(([id, facts]) => [id, reading(`tournament/${id}`, facts)] as const);
	const found = allPlaces(reading('tournament/day', day), readers);
	expect(found.map(({ player, place, place_to }) => [player, place, place_to])).toEqual(places);
});
test.each(days.may_play)('$id', (row) => {
	expect(mayPlayFlight(row.player, row.bags, row.carry)).toBe(row.expect);
});
test.each(days.over)('$id', (row) => {
	expect(flightOver(row.flight, row.reading, days.plans.short, row.left, row.entries)).toBe(row.expect);
});

const registration = vectors<{
	cases: Case<{ facts: Facts; now: number; money: TournamentMoney | null; expect: Late }>[];
}>('registration');

test.each(registration.cases)('$id', (row) => {
	expect(lateRegistration(reading('tournament/t', row.facts), row.money, row.now)).toEqual(row.expect);
});

const coming = vectors<{
	plans: { short: Level[] };
	cases: Case<{ reading: ClockReading; plan?: Level[]; late: Late; now: number; expect: Moment[] }>[];
}>('moments');

test.each(coming.cases)('$id', (row) => {
	expect(moments(row.reading, row.plan ?? coming.plans.short, row.late, row.now)).toEqual(row.expect);
});

const terms = vectors<{
	plan: { rows: Level[] };
	rules: Case<{
		asked: Asked;
		person: Person;
		entries_max: number;
		terms: Terms | null;
		selling: boolean;
		reading: ClockReading;
		expect: Not | null;
	}>[];
	events: Case<{
		facts: Facts;
		cage: Facts;
		player: string;
		asked: Asked;
		now: number;
		expect: Not | null;
	}>[];
	flights: Case<{
		facts: Facts;
		others: [string, Facts][];
		carry: Carry;
		player: string;
		asked: Asked;
		now: number;
		expect: Not | null;
	}>[];
}>('terms');

test.each(terms.rules)('$id', (row) => {
	const { asked, person, entries_max, selling } = row;
	const found = notNow(asked, person, entries_max, row.terms, selling, row.reading, terms.plan.rows);
	expect(found).toEqual(row.expect);
});
test.each(terms.events)('$id', (row) => {
	const tournament = reading('tournament/t', row.facts);
	const cage = reading('cage', row.cage);
	expect(mayBuy(tournament, cage, 't', row.player, row.asked, row.now)).toEqual(row.expect);
});

test.each(terms.flights)('$id', (row) => {
	const others = row.others.map(([id, facts]) => [id, reading(`tournament/${id}`, facts)] as const);
	const there = elsewhere(row.player, row.carry, others);
	const tournament = reading('tournament/t', row.facts);
	const found = mayBuy(tournament, reading('cage', {}), 't', row.player, row.asked, row.now, there);
	expect(found).toEqual(row.expect);
});

const suggestion = vectors<{
	plans: { long: Level[] };
	suggest: Case<{ wanted: Wanted; expect: unknown }>[];
	end_row: Case<{ chips: number; ending: number; expect: number | null }>[];
	retime: Case<{ reading: ClockReading; last: number; left: number; expect: Retiming | null }>[];
}>('suggestion');

test.each(suggestion.suggest)('$id', ({ wanted, expect: rows }) => {
	const found = suggest(wanted).map((row) => [
		row.kind,
		row.small ?? 0,
		row.big ?? 0,
		row.ante ?? 0,
		row.minutes,
		row.colour_up ?? [],
	]);
	expect(found).toEqual(rows);
});
test.each(suggestion.end_row)('$id', (row) => {
	expect(endRow(suggestion.plans.long, row.chips, row.ending)).toBe(row.expect);
});
test.each(suggestion.retime)('$id', (row) => {
	expect(retime(row.reading, suggestion.plans.long, row.last, row.left)).toEqual(row.expect);
});
