/** Seating and moving players of a tournament. */
import type { Alternate, Entry, HandDraw, Move, Seat } from '#lib/facts/facts.gen.ts';
import type { Replica } from '#lib/sync/replica.svelte.ts';
import { standings } from '../twins/elimination/standings.ts';
import { type Chair, seatChart, seatFault } from '../twins/seating/chart.ts';
import { drawSeat as drawChair } from '../twins/seating/draw-pool.ts';
import { one } from '../twins/typed.ts';
import { type Done, perform, performAll, type Refusal, refuse } from './verb.ts';

type Tournament = Replica<'tournament'>;
type Config = Replica<'config'>;
/** `drawnHere`: this tablet drew the seat by itself, which is told apart. */
export type Placing = { player: string; table: string; seat: number; drawnHere?: boolean };
/** Why a move was made: a rule and the tables it was decided on, or the floor's own will. */
export type MoveReason = { rule: string; basis: string; override?: Move['override'] };

export const FLOOR_WILL: MoveReason = { rule: 'floor', basis: '' };

/** Gives a seat to a player who has none. */
export function seatPlayer(tournament: Tournament, config: Config, placing: Placing): Done | Refusal {
	const fault = placingFault(tournament, config, placing);
	if (fault) return fault;
	if (tournament.reader.get(`seat/${placing.player}`) !== null) return refuse('already_seated', placing);
	return perform(tournament, seatFacts(tournament, placing));
}

/** A life sold at the cage gets its entry and its seat in one act. */
export function seatEntry(
	tournament: Tournament,
	config: Config,
	entry: string,
	life: Entry,
	{ table, seat }: Chair,
	drawnHere = false,
): Done | Refusal {
	const placing = { player: life.player, table, seat, drawnHere };
	const fault = placingFault(tournament, config, placing);
	if (fault) return fault;
	if (tournament.reader.get(`seat/${life.player}`) !== null) return refuse('already_seated', placing);
	return perform(tournament, { [`entry/${entry}`]: life, ...seatFacts(tournament, placing) });
}

/** Who gets which chair; with a life that was sold, that is entered too. */
export type Seating = Chair & { player: string; life?: readonly [entry: string, life: Entry] | null };

/**
 * Seats for many who have none, in as many acts as that takes, with one Undo. Whose seat was taken meanwhile is left
 * out: `seated` says how many were not.
 */
export function seatAll(
	tournament: Tournament,
	config: Config,
	seatings: readonly Seating[],
	drawnHere = false,
): Done<{ seated: number }> | Refusal {
	const chart = seatChart(tournament.reader, config.reader);
	const free = seatings.filter(
		({ player, table, seat }) =>
			seatFault(chart, table, seat, player) === null && tournament.reader.get(`seat/${player}`) === null,
	);
	if (!free.length) return refuse(seatings.length ? 'taken' : 'empty');
	const groups = free.map(({ life, ...chair }) => ({
		...(life ? { [`entry/${life[0]}`]: life[1] } : {}),
		...seatFacts(tournament, { ...chair, drawnHere }),
	}));
	const done = performAll(tournament, groups);
	return done.ok ? { ...done, seated: free.length } : done;
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
	return { ...seatFacts(tournament, placing), [`move/${placing.player}`]: move };
}

/** The player sits where the call-out sent them. */
export function arrive(tournament: Tournament, player: string): Done | Refusal {
	const move = one<Move>(tournament.reader, `move/${player}`);
	if (!move) return refuse('gone', { player });
	return perform(tournament, { [`move/${player}`]: { ...move, arrived: true } });
}

/** No seat is open: who paid waits for one; with `life` the entry the cage sold is entered. */
export function putOnAlternates(
	tournament: Tournament,
	player: string,
	life: readonly [entry: string, life: Entry] | null = null,
): Done | Refusal {
	if (tournament.reader.get(`alternate/${player}`) !== null) return refuse('already_waiting', { player });
	const alternate: Alternate = { since_ms: tournament.now() };
	return perform(tournament, {
		...(life ? { [`entry/${life[0]}`]: life[1] } : {}),
		[`alternate/${player}`]: alternate,
	});
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

/** The seat; who waited for one as an alternate waits no more. */
function seatFacts(tournament: Tournament, placing: Placing): Record<string, unknown> {
	const { player, table, seat, drawnHere = false } = placing;
	return {
		[`seat/${player}`]: { table, seat } satisfies Seat,
		...(drawnHere ? handDraw(tournament, player, placing) : {}),
		...(tournament.reader.get(`alternate/${player}`) !== null ? { [`alternate/${player}`]: null } : {}),
	};
}

/** What stands beside a seat that this tablet drew by itself. */
function handDraw(tournament: Tournament, player: string, { table, seat }: Chair): Record<string, HandDraw> {
	return { [`handdraw/${player}`]: { table, seat, at_ms: tournament.now() } };
}
