/**
 * Chips in play, as a ledger that is only read, and what tables should hold: the last known stacks of who sits there,
 * with what they bought since, and of who went out there since it was counted last. Twin of
 * `crdt_models/rules/elimination/chips.py`; both read `tests/vectors/chips.json`.
 */
import { parseStamp } from '#lib/facts/edits.ts';
import type {
	Bag,
	Bust,
	Carried,
	Checked,
	Entry,
	InPlay,
	PaidEntry,
	Seat,
	Stack,
	Terms,
	TournamentMoney,
	TournamentSetup,
} from '#lib/facts/facts.gen.ts';
import type { FactReader } from '#lib/facts/facts.ts';
import { many, one } from '../typed.ts';
import { standings } from './standings.ts';

/** Where the chips came from; `removed` and `raced` may be negative. `total`: all of it. */
export type ChipsInPlay = {
	entries: number;
	rebuys: number;
	add_ons: number;
	early_birds: number;
	raced: number;
	removed: number;
	corrected: number;
	total: number;
};
/** What a player should have; `bought` of it since the last count: null where that count does not say. */
export type Known = { chips: number; bought: number | null };
/** A table whose count differed from what it should hold, and nobody has said why. */
export type ChipsOff = { table: string; difference: number; at_ms: number };

/** Of event `ident`; rebuys and add-ons, those for the dealers among them, as the ledger has sold them. */
export function chipsInPlay(tournament: FactReader, ident: string, cage: FactReader): ChipsInPlay {
	const money = one<TournamentMoney>(cage, `tournament/${ident}`);
	const busts = many<Bust>(tournament, 'bust/');
	const moved = [...many<InPlay>(tournament, 'inplay/').values()];
	const sum = (why: InPlay['why']) =>
		moved.filter((event) => event.why === why).reduce((all, event) => all + event.chips, 0);
	const lives = new Set([...busts.keys(), ...many<Entry>(tournament, 'entry/').keys()]);
	const taken = [...busts.values()]
		.filter(({ how = 'bust' }) => how !== 'bust')
		.reduce((all, { stack_before }) => all + (stack_before ?? 0), 0);
	const parts = {
		entries: [...lives].reduce((all, life) => all + given(tournament, life), 0),
		rebuys: (money?.rebuys ?? 0) * term(tournament, 'rebuy'),
		add_ons: money ? addOns(tournament, money) : 0,
		early_birds: sum('early_bird'),
		raced: sum('raced'),
		removed: sum('forfeited') - taken,
		corrected: sum('correction'),
	};
	return { ...parts, total: Object.values(parts).reduce((all, part) => all + part, 0) };
}

/** A dealer add-on without terms is money alone. */
function addOns(
	tournament: FactReader,
	{ add_ons = 0, dealer_add_ons = 0 }: Pick<TournamentMoney, 'add_ons' | 'dealer_add_ons'>,
): number {
	const forDealers = one<Terms>(tournament, 'terms/dealer_add_on')?.chips ?? 0;
	return add_ons * term(tournament, 'add_on') + dealer_add_ons * forDealers;
}

/** The chips that a life has bought in event `ident` so far, its first stack not among them. */
export function boughtBy(tournament: FactReader, ident: string, cage: FactReader, life: string): number {
	const paid = one<PaidEntry>(cage, `entry/${life}`);
	if (paid?.tournament !== ident) return 0; // a flight's chips come on in the bag
	return (paid.rebuys ?? 0) * term(tournament, 'rebuy') + addOns(tournament, paid);
}

/** By player: as last counted in the life they play or played last, else as that was given; and bought since. */
export function knownStacks(tournament: FactReader, ident: string, cage: FactReader): Map<string, Known> {
	const bought = (life: string) => boughtBy(tournament, ident, cage, life);
	const { lifeOf } = standings(tournament);
	return new Map([...lifeOf].map(([player, life]) => [player, stackOf(tournament, bought, player, life)]));
}

/** What the stacks of a table of event `ident` should come to. */
export function expectedAt(tournament: FactReader, ident: string, cage: FactReader, table: string): number {
	const { left } = standings(tournament);
	const known = knownStacks(tournament, ident, cage);
	const bought = (life: string) => boughtBy(tournament, ident, cage, life);
	const since = one<Checked>(tournament, `checked/${table}`)?.at_ms ?? -1;
	let sum = 0;
	for (const [player, seat] of many<Seat>(tournament, 'seat/'))
		if (seat.table === table && left.has(player)) sum += known.get(player)!.chips;
	for (const [life, { player, at_ms, how = 'bust', table: at }] of many<Bust>(tournament, 'bust/'))
		if (at === table && how === 'bust' && at_ms > since)
			sum += stackOf(tournament, bought, player, life, at_ms).chips;
	for (const event of many<InPlay>(tournament, 'inplay/').values())
		if (event.table === table && event.player == null && event.at_ms > since) sum += event.chips;
	return Math.max(0, sum);
}

/** Tables to be counted again or explained, by id. */
export function chipsOff(tournament: FactReader): ChipsOff[] {
	return [...many<Checked>(tournament, 'checked/')]
		.filter(([, { counted, expected, reason }]) => counted !== expected && reason == null)
		.map(([table, { counted, expected, at_ms }]) => ({ table, difference: counted - expected, at_ms }));
}

/** Of these, in their order, whose bag is missing, not signed, or counted twice with different results. */
export function unbagged(tournament: FactReader, players: readonly string[]): string[] {
	const bags = many<Bag>(tournament, 'bag/');
	return players.filter((player) => {
		const bag = bags.get(player);
		return !bag?.signed || bag.second !== bag.chips;
	});
}

/** What this life began with. */
function given(tournament: FactReader, life: string): number {
	const entry = one<Entry>(tournament, `entry/${life}`);
	if (!entry) return term(tournament, null);
	const carried = one<Carried>(tournament, `carried/${entry.player}`);
	return carried?.chips ?? term(tournament, entry.kind === 're-entry' ? 're_entry' : null);
}

function term(tournament: FactReader, kind: string | null): number {
	const terms = kind ? one<Terms>(tournament, `terms/${kind}`) : null;
	return terms?.chips ?? one<TournamentSetup>(tournament, 'setup')?.starting_stack ?? 0;
}

/**
 * What is known of a life's chips: as counted in it, else as given; with what the player got and bought since. To a
 * count that does not say what had been bought, nothing is added.
 */
function stackOf(
	tournament: FactReader,
	bought: (life: string) => number,
	player: string,
	life: string,
	until = Infinity,
): Known {
	const begins = parseStamp(tournament.stamp(`entry/${life}`))?.ms ?? 0;
	const stack = one<Stack>(tournament, `stack/${player}`);
	const counted = stack !== null && begins <= stack.at_ms && stack.at_ms <= until;
	const since = counted ? stack.at_ms : begins - 1;
	const got = [...many<InPlay>(tournament, 'inplay/').values()]
		.filter((event) => event.player === player && event.at_ms > since && event.at_ms <= until)
		.reduce((all, event) => all + event.chips, 0);
	const chips = (counted ? stack.chips : given(tournament, life)) + got;
	const all = bought(life);
	const had = counted ? stack.bought : 0;
	const more = had != null ? all - had : all ? null : 0;
	return { chips: chips + (more ?? 0), bought: more };
}
