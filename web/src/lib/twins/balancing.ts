/**
 * Proposals to break and to balance tables, TDA 2024 rules 10 and 11. Nothing is applied: a person confirms.
 * `basis` is a fingerprint of the tables a proposal was made from: another basis at confirming means look again.
 * Twin of `crdt_models/rules/balancing.py`; both read `tests/vectors/seating.json`.
 */

import type { Button, Clock, TournamentSetup } from '../facts.gen.ts';
import type { FactReader } from '../facts.ts';
import { arrivesAs, incomingSeat, isButtonValid, nextHand } from './button.ts';
import { fingerprint } from './fingerprint.ts';
import {
	type Chair,
	type Chart,
	freeSeats,
	openTables,
	type Random,
	seatChart,
	type TableSeats,
} from './seating.ts';
import { byText, many, one } from './typed.ts';

export const RULE_BALANCE = 'TDA 2024 11-A';
export const RULE_BREAK = 'TDA 2024 10-B';
const SHORT_BY = 3; // a table this far behind the fullest stops (TDA 11-D)

export type Buttons = ReadonlyMap<string, Button>;
export type ButtonFault = 'button_unknown' | 'button_invalid';

type Mover = { player: string; from_seat: number; to_table: string };

/**
 * What the floor may do next. `defer` by a hand: at `to_table` only the small blind's position is open;
 * `blocked`: the button of `table` has to be set first, `reason` says why.
 */
export type Proposal =
	| { kind: 'none'; reason: 'even' | 'not_started' }
	| { kind: 'break'; table: string; reason: 'fits'; rule: string; basis: string }
	| ({ kind: 'move'; table: string; reason: 'apart'; rule: string; basis: string } & Mover & {
				to_seat: number;
				arrives_as: string;
			})
	| ({ kind: 'defer'; table: string; reason: 'small_blind_only'; rule: string; basis: string } & Mover)
	| ({
			kind: 'blocked';
			table: string;
			reason: ButtonFault;
			basis: string;
			to_table: string;
	  } & Partial<Mover>);

export type BreakMove = { player: string; from_seat: number; to: Chair; arrives_as: string | null };
export type BreakPlan =
	| { table: string; basis: string; moves: BreakMove[] }
	| { table: string; basis: string; fault: 'no_table' | 'no_room' };

export function buttonsOf(tournament: FactReader): Buttons {
	return many<Button>(tournament, 'button/');
}

/** The next step for an event. Nothing before its clock was started. */
export function propose(tournament: FactReader, config: FactReader): Proposal {
	const clock = one<Clock>(tournament, 'clock');
	const setup = one<TournamentSetup>(tournament, 'setup');
	if (!clock || clock.state === 'pending' || !setup) return { kind: 'none', reason: 'not_started' };
	const chart = seatChart(tournament, config);
	const buttons = buttonsOf(tournament);
	const table = tableToBreak(chart);
	if (table === null) return balance(chart, buttons, setup.max_diff ?? 1);
	return { kind: 'break', table, reason: 'fits', rule: RULE_BREAK, basis: basisOf(chart, buttons) };
}

/** The next table in break order (locked ones last) if its players fit at the others. */
export function tableToBreak(chart: Chart): string | null {
	const tables = inPlay(chart).sort((a, b) => Number(a.locked) - Number(b.locked) || byBreakOrder(a, b));
	const [first, ...others] = tables;
	if (!first || others.length === 0) return null;
	const room = others.reduce((sum, table) => sum + freeSeats(table).length, 0);
	return room >= first.players.size ? first.table : null;
}

/** One move from the fullest to the shortest table, if they are more than `maxDiff` apart (TDA 11-A). */
export function balance(chart: Chart, buttons: Buttons, maxDiff: number): Proposal {
	const tables = inPlay(chart).filter((table) => !table.locked);
	const [giver] = [...tables].sort((a, b) => b.players.size - a.players.size || byBreakOrder(a, b));
	const [taker] = tables
		.filter((table) => freeSeats(table).length > 0)
		.sort((a, b) => a.players.size - b.players.size || byBreakOrder(b, a));
	if (!giver || !taker || giver.players.size - taker.players.size <= Math.max(1, maxDiff))
		return { kind: 'none', reason: 'even' };
	const basis = basisOf(chart, buttons, [giver.table, taker.table]);
	const blockedAt = (table: string, reason: ButtonFault, mover: Partial<Mover> = {}): Proposal => ({
		kind: 'blocked',
		table,
		reason,
		basis,
		...mover,
		to_table: taker.table,
	});
	const giverFault = buttonFault(giver, buttons);
	const hand = giverFault ? null : nextHand(buttons.get(giver.table)!, giver);
	if (!hand) return blockedAt(giver.table, giverFault ?? 'button_invalid');
	const from_seat = hand.big_blind;
	const mover = { player: giver.players.get(from_seat)!, from_seat, to_table: taker.table };
	const takerFault = buttonFault(taker, buttons);
	if (takerFault) return blockedAt(taker.table, takerFault, mover);
	const { seat, arrives_as } = incomingSeat(buttons.get(taker.table)!, taker);
	const common = { table: giver.table, rule: RULE_BALANCE, basis, ...mover };
	return seat === null
		? { kind: 'defer', reason: 'small_blind_only', ...common }
		: { kind: 'move', reason: 'apart', ...common, to_seat: seat, arrives_as };
}

/** Tables three or more short of the fullest: they stop, or the floor waives it (TDA 11-D). */
export function halted(chart: Chart): string[] {
	const tables = inPlay(chart);
	const fullest = Math.max(0, ...tables.map((table) => table.players.size));
	return tables.filter((table) => fullest - table.players.size >= SHORT_BY).map((table) => table.table);
}

/**
 * Draws seats for all players of a table: shuffled seat cards, players shuffled apart (TDA 10-B). One card at a
 * time is taken from the shortest other table; locked and empty tables only where nothing else is free.
 */
export function breakPlan(chart: Chart, buttons: Buttons, table: string, random: Random): BreakPlan {
	const basis = basisOf(chart, buttons);
	const broken = chart.tables.get(table);
	if (!broken) return { table, basis, fault: 'no_table' };
	const others = openTables(chart)
		.filter((other) => other !== broken)
		.map((other) => ({ other, free: freeSeats(other), count: other.players.size }));
	const cards: Chair[] = [];
	for (let n = 0; n < broken.players.size; n += 1) {
		const [shortest] = others
			.filter(({ free }) => free.length > 0)
			.sort(
				(a, b) =>
					Number(a.other.locked) - Number(b.other.locked) ||
					Number(a.other.players.size === 0) - Number(b.other.players.size === 0) ||
					a.count - b.count ||
					byBreakOrder(a.other, b.other),
			);
		if (!shortest) return { table, basis, fault: 'no_room' };
		const [seat] = shortest.free.splice(random(shortest.free.length), 1);
		cards.push({ table: shortest.other.table, seat: seat! });
		shortest.count += 1;
	}
	const shuffledCards = shuffled(cards, random);
	const moves = shuffled([...broken.players], random).map(([from_seat, player], n) => {
		const to = shuffledCards[n]!;
		return { player, from_seat, to, arrives_as: arrival(chart.tables.get(to.table)!, buttons, to.seat) };
	});
	return { table, basis, moves };
}

/** Fingerprint of who sits at these tables (all, if not said), and of their buttons. */
export function basisOf(chart: Chart, buttons: Buttons, tables?: readonly string[]): string {
	const idents = [...(tables ?? chart.tables.keys())].sort(byText);
	return fingerprint(idents.map((ident) => picture(chart, buttons, ident)).join('|'));
}

function inPlay(chart: Chart): TableSeats[] {
	return openTables(chart).filter((table) => table.players.size > 0);
}

function byBreakOrder(one: TableSeats, other: TableSeats): number {
	return one.order - other.order || byText(one.table, other.table);
}

function buttonFault(table: TableSeats, buttons: Buttons): ButtonFault | null {
	const last = buttons.get(table.table);
	if (!last) return 'button_unknown';
	return isButtonValid(last, table) ? null : 'button_invalid';
}

function arrival(table: TableSeats, buttons: Buttons, seat: number): string | null {
	return buttonFault(table, buttons) ? null : arrivesAs(buttons.get(table.table)!, table, seat);
}

function shuffled<T>(items: readonly T[], random: Random): T[] {
	const cards = [...items];
	for (let last = cards.length - 1; last > 0; last -= 1) {
		const pick = random(last + 1);
		[cards[last], cards[pick]] = [cards[pick]!, cards[last]!];
	}
	return cards;
}

function picture(chart: Chart, buttons: Buttons, ident: string): string {
	const table = chart.tables.get(ident);
	if (!table) return `${ident}:`;
	const last = buttons.get(ident);
	const players = [...table.players].map(([seat, player]) => `${seat}=${player}`).join(',');
	const button = last ? `${last.button}/${last.small_blind}/${last.big_blind}` : '';
	return `${ident}:${Number(table.open)}${Number(table.locked)}:${players}:${button}`;
}
