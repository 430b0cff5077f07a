/** Tables of a tournament: button, lock, open and close, and the proposals to balance, to break and to draw anew. */
import type { Json } from '#lib/facts/edits.ts';
import type { Button, Move, Need, Seat, Table } from '#lib/facts/facts.gen.ts';
import { equal } from '#lib/facts/readings.ts';
import type { Replica } from '#lib/sync/replica.svelte.ts';
import { propose } from '../twins/seating/balancing.ts';
import { buttonAt, isButtonValid, nextHand } from '../twins/seating/button.ts';
import { openTables, seatChart } from '../twins/seating/chart.ts';
import type { SeatPlan } from '../twins/seating/draw-pool.ts';
import { basisOf, buttonsOf, type Proposal } from '../twins/seating/proposal.ts';
import { one } from '../twins/typed.ts';
import { moveChanges, movePlayer } from './seating.ts';
import { type Done, perform, performAll, type Refusal, refuse } from './verb.ts';

type Tournament = Replica<'tournament'>;
type Config = Replica<'config'>;

/** The button was here in the hand that just ended; heads-up at one of the two (TDA 34-B). */
export function setButton(
	tournament: Tournament,
	config: Config,
	table: string,
	seat: number,
): Done<{ seat: number }> | Refusal {
	const at = seatChart(tournament.reader, config.reader).tables.get(table);
	if (!at) return refuse('no_table', { table });
	const button = buttonAt(at, seat);
	if (!button) return refuse('no_seat', { table, seat });
	const done = perform(tournament, { [`button/${table}`]: button });
	return done.ok ? { ...done, seat: button.button } : done;
}

/** One hand further, by the dead button rule. */
export function advanceButton(tournament: Tournament, config: Config, table: string): Done | Refusal {
	const at = seatChart(tournament.reader, config.reader).tables.get(table);
	const last = one<Button>(tournament.reader, `button/${table}`);
	if (at && last && !isButtonValid(last, at)) return refuse('button_invalid', { table });
	const next = at && last ? nextHand(last, at) : null;
	if (!next) return refuse('button_unknown', { table });
	const { button, small_blind, big_blind } = next;
	return perform(tournament, { [`button/${table}`]: { button, small_blind, big_blind } });
}

/** Where the button is, nobody knows any more: it is set anew. */
export function dropButton(tournament: Tournament, table: string): Done | Refusal {
	if (tournament.reader.get(`button/${table}`) === null) return refuse('gone', { table });
	return perform(tournament, { [`button/${table}`]: null });
}

/** Locked, or open again: nobody is moved there by a proposal. */
export function changeTable(tournament: Tournament, table: string, change: Partial<Table>): Done | Refusal {
	const fact = changed(tournament, table, change);
	return fact ? perform(tournament, { [`table/${table}`]: fact }) : refuse('no_table', { table });
}

/** Why somebody chose another player or seat than was proposed. */
export type Override = NonNullable<Move['override']>;

/**
 * Does what was proposed, if it still is what would be proposed (`selling`: as `propose` takes it). With `instead`
 * another player or seat of the same two tables, for that reason.
 */
export function confirmMove(
	tournament: Tournament,
	config: Config,
	proposal: Proposal & { kind: 'move' },
	selling: boolean,
	instead?: { player: string; seat: number; override: Override },
): Done | Refusal {
	const now = propose(tournament.reader, config.reader, selling);
	if (now.kind !== 'move' || now.basis !== proposal.basis || now.player !== proposal.player)
		return refuse('stale', { table: proposal.table });
	const { player, to_table: table, to_seat: seat, rule, basis } = proposal;
	const placing = { player: instead?.player ?? player, table, seat: instead?.seat ?? seat };
	return movePlayer(tournament, config, placing, { rule, basis, override: instead?.override ?? null });
}

/** Several tables at once, all or none; tables that are so already stay as they are. */
export function changeTables(
	tournament: Tournament,
	tables: readonly string[],
	change: Partial<Table>,
): Done | Refusal {
	const missing = tables.find((table) => !changed(tournament, table, change));
	if (missing) return refuse('no_table', { table: missing });
	const groups = tables
		.map((table) => [`table/${table}`, changed(tournament, table, change)] as const)
		.filter(([name, fact]) => !equal(fact as unknown as Json, tournament.reader.get(name)));
	return groups.length
		? performAll(
				tournament,
				groups.map((group) => Object.fromEntries([group])),
			)
		: refuse('unchanged');
}

/** A break order that nobody at the tables can know (RP-19): all open tables, shuffled. `random`: 0 to below − 1. */
export function shuffleBreakOrder(
	tournament: Tournament,
	config: Config,
	random: (below: number) => number,
): Done | Refusal {
	const tables = openTables(seatChart(tournament.reader, config.reader)).map(({ table }) => table);
	for (let at = tables.length - 1; at > 0; at -= 1) {
		const other = random(at + 1);
		[tables[at], tables[other]] = [tables[other]!, tables[at]!];
	}
	return performAll(
		tournament,
		tables.map((table, n) => ({ [`table/${table}`]: changed(tournament, table, { order: n + 1 }) })),
	);
}

/**
 * All moves of a broken table, or of a room drawn anew, and the end of tables: in one act, or where the room is larger
 * than one holds in as many as that takes, with one Undo.
 */
export function seatAnew(
	tournament: Tournament,
	config: Config,
	plan: SeatPlan,
	{ rule, keeps, drawnHere = false }: { rule: string; keeps: readonly string[]; drawnHere?: boolean },
): Done | Refusal {
	const chart = seatChart(tournament.reader, config.reader);
	if (basisOf(chart, buttonsOf(tournament.reader)) !== plan.basis) return refuse('stale');
	if (plan.fault) return refuse(plan.fault);
	const moves = plan.moves
		.filter(({ to, from_table, from_seat }) => to.table !== from_table || to.seat !== from_seat)
		.map(({ player, from_table, from_seat, to }) => {
			const from: Seat = { table: from_table, seat: from_seat };
			return moveChanges(tournament, { player, ...to, drawnHere }, from, { rule, basis: plan.basis });
		});
	const table = (ident: string, change: Partial<Table>) => ({
		[`table/${ident}`]: changed(tournament, ident, change),
	});
	const { seats } = plan;
	const kept = seats === null ? [] : keeps.map((ident) => table(ident, { seats }));
	return performAll(tournament, [
		...kept,
		...moves,
		...plan.closes.map((ident) => table(ident, { open: false })),
	]);
}

/** Broken up: all who were called out have arrived. */
export function arriveAll(tournament: Tournament, players: readonly string[]): Done | Refusal {
	const moves = players.flatMap((player) => {
		const move = one<Move>(tournament.reader, `move/${player}`);
		return move && !move.arrived ? [[`move/${player}`, { ...move, arrived: true }] as const] : [];
	});
	return moves.length
		? performAll(
				tournament,
				moves.map((move) => Object.fromEntries([move])),
			)
		: refuse('gone');
}

/** Special needs of a player; null: none any more. */
export function setNeed(tournament: Tournament, player: string, need: Need | null): Done | Refusal {
	return perform(tournament, { [`need/${player}`]: need });
}

/** The table with a change, as a fact; an unknown one stays gone. */
function changed(tournament: Tournament, table: string, change: Partial<Table>): Table | null {
	const fact = one<Table>(tournament.reader, `table/${table}`);
	return fact && { ...fact, ...change };
}
