/**
 * What stands in the way of a fact being put back to an earlier value, asked of the facts as they would be afterwards.
 * Twin of `crdt_models/rules/hindrance.py`; both read `tests/vectors/take_back.json`.
 */
import type { Json } from '#lib/facts/edits.ts';
import type { Bust, CashTable, Entry, Kind, ListEntry, Seat, Table } from '#lib/facts/facts.gen.ts';
import type { FactReader } from '#lib/facts/facts.ts';
import { standings } from './elimination/standings.ts';
import { many, one } from './typed.ts';

export type HindranceCode =
	| 'founding'
	| 'leaf_only'
	| 'seat_taken'
	| 'table_closed'
	| 'busted'
	| 'seated'
	| 're_entered'
	| 'occupied'
	| 'later_level'
	| 'called'
	| 'in_use';

/** `fact` is what has to go first; "": it can't be taken back at all. */
export type Hindrance = { code: HindranceCode; fact: string };
type Rule = (after: FactReader, id: string, value: Json) => Hindrance | null;

/** Why the fact can't be as `after`, in a document of `kind`, says it; null: it can. */
export function hindrance(kind: Kind, after: FactReader, name: string): Hindrance | null {
	if (name === 'setup') return { code: 'founding', fact: '' };
	const slash = name.indexOf('/');
	const prefix = name.slice(0, slash + 1);
	if (prefix === 'conflict/' || prefix === 'arrived/') return { code: 'leaf_only', fact: '' };
	const rule = RULES[`${kind} ${prefix}`];
	return rule ? rule(after, name.slice(slash + 1), after.get(name)) : null;
}

const RULES: Record<string, Rule> = {
	'tournament seat/': seatInEvent,
	'tournament table/': (after, table, value) => (as<Table>(value)?.open ? null : occupied(after, table)),
	'tournament entry/': entry,
	'tournament bust/': bust,
	'tournament level/': level,
	'floor seat/': cashSeat,
	'floor cash/': (after, table, value) =>
		as<CashTable>(value)?.state === 'open' ? null : occupied(after, table),
	'floor waitlist/': (after, id, value) =>
		value === null && after.get(`call/${id}`) !== null ? { code: 'called', fact: `call/${id}` } : null,
	'floor call/': (after, id, value) =>
		value === null && one<ListEntry>(after, `waitlist/${id}`)?.state === 'seated'
			? { code: 'seated', fact: `waitlist/${id}` }
			: null,
	'floor list/': list,
	'config table/': usedElsewhere,
	'roster player/': usedElsewhere,
};

function seatInEvent(after: FactReader, player: string, value: Json): Hindrance | null {
	const seat = as<Seat>(value);
	if (!seat) return null;
	if (!one<Table>(after, `table/${seat.table}`)?.open)
		return { code: 'table_closed', fact: `table/${seat.table}` };
	const { lifeOf, left } = standings(after);
	const life = lifeOf.get(player);
	if (life !== undefined && !left.has(player)) return { code: 'busted', fact: `bust/${life}` };
	return taken(after, player, seat);
}

function cashSeat(after: FactReader, player: string, value: Json): Hindrance | null {
	const seat = as<Seat>(value);
	if (!seat) return null;
	if (one<CashTable>(after, `cash/${seat.table}`)?.state !== 'open')
		return { code: 'table_closed', fact: `cash/${seat.table}` };
	return taken(after, player, seat);
}

function taken(after: FactReader, player: string, { table, seat }: Seat): Hindrance | null {
	for (const [other, theirs] of many<Seat>(after, 'seat/'))
		if (other !== player && theirs.table === table && theirs.seat === seat)
			return { code: 'seat_taken', fact: `seat/${other}` };
	return null;
}

function occupied(after: FactReader, table: string): Hindrance | null {
	for (const [player, seat] of many<Seat>(after, 'seat/'))
		if (seat.table === table) return { code: 'occupied', fact: `seat/${player}` };
	return null;
}

/** A life that was never there can't be over, nor sit. */
function entry(after: FactReader, life: string, value: Json): Hindrance | null {
	if (value !== null) return null;
	if (after.get(`bust/${life}`) !== null) return { code: 'busted', fact: `bust/${life}` };
	const { left } = standings(after);
	const entered = new Set([...many<Entry>(after, 'entry/').values()].map(({ player }) => player));
	for (const player of many<Seat>(after, 'seat/').keys())
		if (!left.has(player) && !entered.has(player)) return { code: 'seated', fact: `seat/${player}` };
	return null;
}

/** A bust can't go while its player plays a later life, nor come back while they sit. */
function bust(after: FactReader, life: string, value: Json): Hindrance | null {
	const ended = as<Bust>(value);
	if (ended) {
		const sits = !standings(after).left.has(ended.player) && after.get(`seat/${ended.player}`) !== null;
		return sits ? { code: 'seated', fact: `seat/${ended.player}` } : null;
	}
	const entries = many<Entry>(after, 'entry/');
	const own = entries.get(life);
	for (const [other, later] of entries)
		if (own && later.player === own.player && later.number > own.number)
			return { code: 're_entered', fact: `entry/${other}` };
	return null;
}

/** Levels have no gap. */
function level(after: FactReader, number: string, value: Json): Hindrance | null {
	const following = `level/${Number(number) + 1}`;
	return value === null && after.get(following) !== null ? { code: 'later_level', fact: following } : null;
}

function list(after: FactReader, id: string, value: Json): Hindrance | null {
	if (value !== null) return null;
	for (const prefix of ['cash/', 'waitlist/'])
		for (const [used, fact] of many<{ list: string }>(after, prefix))
			if (fact.list === id) return { code: 'in_use', fact: prefix + used };
	return null;
}

/** Other documents name it by its id: it is changed in its own place, never taken out of the past. */
function usedElsewhere(_after: FactReader, _id: string, value: Json): Hindrance | null {
	return value === null ? { code: 'in_use', fact: '' } : null;
}

function as<F>(value: Json): F | null {
	return value as F | null;
}
