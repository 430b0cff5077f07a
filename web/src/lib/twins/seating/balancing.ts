/**
 * The next step for an event: consolidate, else even the tables out by one player (TDA 2024 11). The fullest table
 * gives, of equals the first in break order; the shortest takes, of equals the last in break order; empty and locked
 * tables neither give nor take. Twin of `crdt_models/rules/seating/balancing.py`; both read `tests/vectors/seating.json`.
 */
import type { Bust, Clock, Move, SeatRules, TournamentSetup } from '#lib/facts/facts.gen.ts';
import type { FactReader } from '#lib/facts/facts.ts';
import { stillDealing } from '../elimination/hands.ts';
import { many, one } from '../typed.ts';
import { type Incoming, incomingSeat, nextHand, seatAfter } from './button.ts';
import { byBreakOrder, type Chart, freeSeats, inPlay, seatChart, type TableSeats } from './chart.ts';
import { consolidate } from './consolidation.ts';
import {
	type Blocked,
	type ButtonFault,
	type Buttons,
	basisOf,
	buttonFault,
	buttonsOf,
	type Proposal,
	RULE_BALANCE,
	RULE_STUD,
} from './proposal.ts';

/** The house settings of an event. */
export function seatRules(tournament: FactReader): SeatRules {
	return one<SeatRules>(tournament, 'seating') ?? {};
}

/** The next step for an event. Nothing before its clock was started. `selling`: registration is open. */
export function propose(tournament: FactReader, config: FactReader, selling = false): Proposal {
	const clock = one<Clock>(tournament, 'clock');
	const setup = one<TournamentSetup>(tournament, 'setup');
	if (!clock || clock.state === 'pending' || !setup) return { kind: 'none', reason: 'not_started' };
	const chart = seatChart(tournament, config);
	const buttons = buttonsOf(tournament);
	const rules = seatRules(tournament);
	const step =
		consolidate(chart, buttons, rules, setup.seats_per_table, selling) ??
		balance(
			chart,
			buttons,
			setup.max_diff ?? 1,
			rules,
			rules.game === 'stud' ? seatsOpened(tournament) : NONE,
		);
	const tables = inPlay(chart).map(({ table }) => table);
	return step.kind !== 'none' && stillDealing(tournament, tables).length > 0
		? { kind: 'none', reason: 'hand_for_hand' }
		: step;
}

/** `<table>.<seat>` → when it was left the last time, in leaf time. */
type Opened = ReadonlyMap<string, number>;
const NONE: Opened = new Map();

/** When seats were left, by who went out or moved from there. */
export function seatsOpened(tournament: FactReader): Opened {
	const opened = new Map<string, number>();
	const leave = (table: string | null | undefined, seat: number | null | undefined, at: number) => {
		const chair = `${table}.${seat}`;
		if (table && seat) opened.set(chair, Math.max(at, opened.get(chair) ?? 0));
	};
	for (const [, { table, seat, at_ms }] of many<Bust>(tournament, 'bust/')) leave(table, seat, at_ms);
	for (const [, { from_table, from_seat, at_ms }] of many<Move>(tournament, 'move/'))
		leave(from_table, from_seat, at_ms);
	return opened;
}

/** One move from the fullest to the shortest table, if they are more than `maxDiff` apart (TDA 11-A). */
export function balance(
	chart: Chart,
	buttons: Buttons,
	maxDiff: number,
	rules: SeatRules = {},
	opened: Opened = NONE,
): Proposal {
	const tables = inPlay(chart).filter((table) => !table.locked);
	const counts = tables.map(({ players }) => players.size);
	const limit = Math.max(1, maxDiff);
	if (tables.length === 0 || Math.max(...counts) - Math.min(...counts) <= limit)
		return { kind: 'none', reason: 'even' };
	const giver = [...tables].sort((a, b) => b.players.size - a.players.size || byBreakOrder(a, b))[0]!;
	const taker = tables
		.filter((table) => freeSeats(table).length > 0)
		.sort((a, b) => a.players.size - b.players.size || byBreakOrder(b, a))[0];
	if (!taker || giver.players.size - taker.players.size <= limit) return { kind: 'none', reason: 'no_seat' };
	const basis = basisOf(chart, buttons, [giver.table, taker.table]);
	return rules.game === 'stud'
		? stud(chart, giver, taker, basis, opened)
		: blinds(chart, buttons, giver, taker, basis);
}

/** Who is due for the big blind goes to the worst open seat, never the small blind's. */
function blinds(
	chart: Chart,
	buttons: Buttons,
	giver: TableSeats,
	taker: TableSeats,
	basis: string,
): Proposal {
	const blockedAt = (table: string, reason: ButtonFault): Blocked => ({
		kind: 'blocked',
		table,
		reason,
		rule: RULE_BALANCE,
		basis,
		to_table: taker.table,
	});
	const fault = buttonFault(giver, buttons);
	const hand = fault ? null : nextHand(buttons.get(giver.table)!, giver);
	if (!hand) return blockedAt(giver.table, fault ?? 'button_invalid');
	const { seat: from_seat, stays } = mover(chart, giver, hand.big_blind);
	if (from_seat === null) return { kind: 'none', reason: 'all_stay' };
	const takerFault = buttonFault(taker, buttons);
	if (takerFault)
		return { ...blockedAt(taker.table, takerFault), player: giver.players.get(from_seat)!, from_seat };
	const incoming = incomingSeat(buttons.get(taker.table)!, taker);
	return move(giver, taker, from_seat, incoming, RULE_BALANCE, basis, stays);
}

/**
 * By position: the seat of the short table that came open last is filled from the same seat, or the next one. Seats
 * that nobody is known to have left opened before all others; of equals the lowest.
 */
function stud(chart: Chart, giver: TableSeats, taker: TableSeats, basis: string, opened: Opened): Proposal {
	const since = (seat: number) => opened.get(`${taker.table}.${seat}`) ?? -1;
	const to_seat = freeSeats(taker).reduce((last, seat) => (since(seat) > since(last) ? seat : last));
	const start = giver.players.has(to_seat) ? to_seat : seatAfter(to_seat, giver.seats, giver.players);
	const { seat, stays } = mover(chart, giver, start);
	if (seat === null) return { kind: 'none', reason: 'all_stay' };
	return move(giver, taker, seat, { seat: to_seat, arrives_as: 'SEAT' }, RULE_STUD, basis, stays);
}

function move(
	giver: TableSeats,
	taker: TableSeats,
	from_seat: number,
	{ seat, arrives_as }: Incoming,
	rule: string,
	basis: string,
	stays: readonly string[],
): Proposal {
	const player = giver.players.get(from_seat)!;
	const common = { table: giver.table, rule, basis, player, from_seat, to_table: taker.table, stays };
	return seat === null
		? { kind: 'defer', reason: 'small_blind_only', ...common }
		: { kind: 'move', reason: 'apart', ...common, to_seat: seat, arrives_as };
}

/** The first seat from `start` on whose player may be moved, and who was passed over (TDA 9). */
function mover(chart: Chart, giver: TableSeats, start: number): { seat: number | null; stays: string[] } {
	const stays: string[] = [];
	for (let seat = start; stays.length < giver.players.size; ) {
		const player = giver.players.get(seat)!;
		const need = chart.needs.get(player);
		if (!need || need.stays === false) return { seat, stays };
		stays.push(player);
		seat = seatAfter(seat, giver.seats, giver.players);
	}
	return { seat: null, stays };
}
