/** Seating and moving players of a tournament. */
import type { Entry, Move, Seat } from '../facts.gen.ts';
import type { Replica } from '../replica.svelte.ts';
import { drawSeat as drawChair } from '../twins/draw-pool.ts';
import { standings } from '../twins/elimination.ts';
import { type Chair, seatChart, seatFault } from '../twins/seating.ts';
import { one } from '../twins/typed.ts';
import { type Done, perform, type Refusal, refuse } from './verb.ts';

type Tournament = Replica<'tournament'>;
type Config = Replica<'config'>;
export type Placing = { player: string; table: string; seat: number };
/** Why a move was made: a rule and the tables it was decided on, or the floor's own will. */
export type MoveReason = { rule: string; basis: string; override?: Move['override'] };

export const FLOOR_WILL: MoveReason = { rule: 'floor', basis: '' };

/** Gives a seat to a player who has none. */
export function seatPlayer(tournament: Tournament, config: Config, placing: Placing): Done | Refusal {
	const fault = placingFault(tournament, config, placing);
	if (fault) return fault;
	if (tournament.reader.get(`seat/${placing.player}`) !== null) return refuse('already_seated', placing);
	return perform(tournament, { [`seat/${placing.player}`]: chair(placing) });
}

/** A life sold at the cage gets its entry and its seat in one act. */
export function seatEntry(
	tournament: Tournament,
	config: Config,
	entry: string,
	life: Entry,
	{ table, seat }: Chair,
): Done | Refusal {
	const placing = { player: life.player, table, seat };
	const fault = placingFault(tournament, config, placing);
	if (fault) return fault;
	return perform(tournament, { [`entry/${entry}`]: life, [`seat/${life.player}`]: chair(placing) });
}

/** Seat and call-out in one act. */
export function movePlayer(
	tournament: Tournament,
	config: Config,
	placing: Placing,
	reason: MoveReason = FLOOR_WILL,
): Done | Refusal {
	const from = one<Seat>(tournament.reader, `seat/${placing.player}`);
	if (!from) return refuse('not_seated', { player: placing.player });
	const fault = placingFault(tournament, config, placing);
	if (fault) return fault;
	return perform(tournament, moveChanges(tournament, placing, from, reason));
}

/** What a move writes; for acts of several moves. */
export function moveChanges(
	tournament: Tournament,
	placing: Placing,
	from: Seat,
	reason: MoveReason,
): Record<string, unknown> {
	const move: Move = {
		from_table: from.table,
		from_seat: from.seat,
		to_table: placing.table,
		to_seat: placing.seat,
		rule: reason.rule,
		basis: reason.basis,
		at_ms: tournament.now(),
		arrived: false,
		...(reason.override ? { override: reason.override } : {}),
	};
	return { [`seat/${placing.player}`]: chair(placing), [`move/${placing.player}`]: move };
}

/** The player sits where the call-out sent them. */
export function arrive(tournament: Tournament, player: string): Done | Refusal {
	const move = one<Move>(tournament.reader, `move/${player}`);
	if (!move) return refuse('gone', { player });
	return perform(tournament, { [`move/${player}`]: { ...move, arrived: true } });
}

/** Takes a seat away without a bust-out. */
export function unseatPlayer(tournament: Tournament, player: string): Done | Refusal {
	if (tournament.reader.get(`seat/${player}`) === null) return refuse('not_seated', { player });
	return perform(tournament, { [`seat/${player}`]: null });
}

/** A life that nobody sold is taken out of the event again, with its seat where it has one. */
export function takeOutEntry(tournament: Tournament, entry: string): Done | Refusal {
	const life = one<Entry>(tournament.reader, `entry/${entry}`);
	if (!life) return refuse('gone', { entry });
	const seated = tournament.reader.get(`seat/${life.player}`) !== null;
	return perform(tournament, {
		[`entry/${entry}`]: null,
		...(seated && standings(tournament.reader).lifeOf.get(life.player) === entry
			? { [`seat/${life.player}`]: null }
			: {}),
	});
}

/** A random seat by the rules; null: the room is full. Writes nothing. */
export function drawSeat(tournament: Tournament, config: Config, player = ''): Chair | null {
	return drawChair(seatChart(tournament.reader, config.reader), random, player);
}

/** 0 to `below` − 1, each as likely. */
export function random(below: number): number {
	const end = 2 ** 32 - (2 ** 32 % below);
	for (;;) {
		const [drawn] = crypto.getRandomValues(new Uint32Array(1));
		if (drawn! < end) return drawn! % below;
	}
}

function placingFault(
	tournament: Tournament,
	config: Config,
	{ player, table, seat }: Placing,
): Refusal | null {
	const fault = seatFault(seatChart(tournament.reader, config.reader), table, seat, player);
	return fault ? refuse(fault, { player, table, seat }) : null;
}

function chair({ table, seat }: Placing): Seat {
	return { table, seat };
}
