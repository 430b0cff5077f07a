/**
 * Seats drawn for players. The leaf draws where it answers, and writes the draw down for everybody to check; a tablet
 * without the leaf draws by itself and says so beside the seat.
 */

import type { Draw } from '#lib/facts/facts.gen.ts';
import { newId } from '#lib/facts/ids.ts';
import type { Replica } from '#lib/sync/replica.svelte.ts';
import { type Api, Problem, Unreachable } from '#lib/venue/api.ts';
import { type Chair, type Chart, seatChart } from '../twins/seating/chart.ts';
import {
	breakPlan,
	chairOf,
	closedBy,
	drawLots,
	drawSeat,
	lots,
	planOf,
	redrawPlan,
	type Seated,
	type SeatPlan,
} from '../twins/seating/draw-pool.ts';
import { buttonsOf } from '../twins/seating/proposal.ts';
import { random } from './seating.ts';

type Tournament = Replica<'tournament'>;
type Config = Replica<'config'>;
type Told = Draw & { id: string };
type Ask = {
	kind: Draw['kind'];
	players?: readonly string[];
	tables?: readonly string[];
	seats?: number | null;
};

/** Where the draw came from: its number at the leaf, or null for one made here. */
export type Drawn<What> = { what: What; draw: string | null };

/** What is to be drawn anew: a table that breaks (into these), or the room at those that stay. */
export type Anew = {
	kind: 'break' | 'redraw';
	table: string;
	keeps: readonly string[];
	seats: number | null;
};

/** A seat for one player; null: the room is full. Writes no seat. */
export async function drawOne(
	api: Api | null,
	tournament: Tournament,
	config: Config,
	player: string,
	reason?: string,
): Promise<Drawn<Chair | null>> {
	const chart = () => seatChart(tournament.reader, config.reader);
	const told = await asked(api, tournament, {
		kind: 'seat',
		players: [player],
		...(reason ? { reason } : {}),
	});
	if (told === 'full') return { what: null, draw: null };
	const [draw] = told ?? [];
	const chair = draw ? chairOf(chart(), draw.seats[0] ?? '') : null;
	return chair ? { what: chair, draw: draw!.id } : { what: drawSeat(chart(), random, player), draw: null };
}

/** Seats for all of these who have none, in one draw; null: there are not enough. Writes no seat. */
export async function drawAll(
	api: Api | null,
	tournament: Tournament,
	config: Config,
	players: readonly string[],
): Promise<Drawn<Seated[] | null>> {
	const told = await asked(api, tournament, { kind: 'seat', players });
	if (told === 'full') return { what: null, draw: null };
	const chart = seatChart(tournament.reader, config.reader);
	const seated = told ? seatedOf(chart, told) : drawLots(chart, lots(chart, 'seat', players, []), random);
	return { what: seated.length < players.length ? null : seated, draw: told?.[0]?.id ?? null };
}

/** Seats for all players of a table that breaks, or of the whole room. Writes no seat. */
export async function drawAnew(
	api: Api | null,
	tournament: Tournament,
	config: Config,
	{ kind, table, keeps, seats }: Anew,
): Promise<Drawn<SeatPlan>> {
	const tables = kind === 'break' ? [table, ...keeps] : keeps;
	const told = await asked(api, tournament, { kind, tables, seats });
	const chart = seatChart(tournament.reader, config.reader);
	const buttons = buttonsOf(tournament.reader);
	const closes = kind === 'break' ? [table] : closedBy(chart, keeps);
	if (told === 'full') return { what: planOf(chart, buttons, kind, closes, [], seats), draw: null };
	if (told)
		return {
			what: planOf(chart, buttons, kind, closes, seatedOf(chart, told), seats),
			draw: told[0]!.id,
		};
	const plan =
		kind === 'break'
			? breakPlan(chart, buttons, table, random, keeps, seats)
			: redrawPlan(chart, buttons, keeps, random, seats);
	return { what: plan, draw: null };
}

/** Who got which chair; whose table is called so no more is left out. */
function seatedOf(chart: Chart, told: readonly Told[]): Seated[] {
	return told.flatMap(({ players, seats: given }) =>
		players.flatMap((player, n): Seated[] => {
			const chair = chairOf(chart, given[n] ?? '');
			return chair ? [[player, chair]] : [];
		}),
	);
}

/** What the leaf drew; null: it is out of reach, or takes no draws from here. */
async function asked(api: Api | null, { document }: Tournament, ask: Ask): Promise<Told[] | 'full' | null> {
	if (!api) return null;
	const path = `/api/v1/tournaments/${document.slice('tournament/'.length)}/draws`;
	try {
		return (await api.post<{ draws: Told[] }>(path, { ask: newId(), ...ask })).draws;
	} catch (error) {
		if (error instanceof Unreachable) return null;
		if (error instanceof Problem) return error.code === 'no_room' ? 'full' : null;
		throw error;
	}
}
