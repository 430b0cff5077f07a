/** Tables of a tournament: button, lock, open and close, and the proposals to balance and to break. */
import type { Button, Seat, Table } from '../facts.gen.ts';
import type { Replica } from '../replica.svelte.ts';
import {
	type BreakMove,
	basisOf,
	buttonsOf,
	type Proposal,
	propose,
	RULE_BREAK,
} from '../twins/balancing.ts';
import { nextHand, seatAfter } from '../twins/button.ts';
import { seatChart } from '../twins/seating.ts';
import { one } from '../twins/typed.ts';
import { moveChanges, movePlayer } from './seating.ts';
import { type Done, perform, type Refusal, refuse } from './verb.ts';

type Tournament = Replica<'tournament'>;
type Config = Replica<'config'>;

/** The button was here in the hand that just ended; the blinds were the next two players. */
export function setButton(
	tournament: Tournament,
	config: Config,
	table: string,
	seat: number,
): Done | Refusal {
	const at = seatChart(tournament.reader, config.reader).tables.get(table);
	if (!at) return refuse('no_table', { table });
	if (!(seat >= 1 && seat <= at.seats)) return refuse('no_seat', { table, seat });
	const next = (from: number) => seatAfter(from, at.seats, at.players.size ? at.players : undefined);
	const small_blind = at.players.size === 2 ? seat : next(seat);
	const button: Button = { button: seat, small_blind, big_blind: next(small_blind) };
	return perform(tournament, { [`button/${table}`]: button });
}

/** One hand further, by the dead button rule. */
export function advanceButton(tournament: Tournament, config: Config, table: string): Done | Refusal {
	const at = seatChart(tournament.reader, config.reader).tables.get(table);
	const last = one<Button>(tournament.reader, `button/${table}`);
	const next = at && last ? nextHand(last, at) : null;
	if (!next) return refuse('button_unknown', { table });
	const { button, small_blind, big_blind } = next;
	return perform(tournament, { [`button/${table}`]: { button, small_blind, big_blind } });
}

/** Locked, or open again: nobody is moved there by a proposal. */
export function changeTable(tournament: Tournament, table: string, change: Partial<Table>): Done | Refusal {
	const fact = one<Table>(tournament.reader, `table/${table}`);
	if (!fact) return refuse('no_table', { table });
	return perform(tournament, { [`table/${table}`]: { ...fact, ...change } });
}

/** Does what was proposed, if the tables it was made from are still the same. */
export function confirmMove(
	tournament: Tournament,
	config: Config,
	proposal: Proposal & { kind: 'move' },
): Done | Refusal {
	const now = propose(tournament.reader, config.reader);
	if (now.kind !== 'move' || now.basis !== proposal.basis) return refuse('stale', { table: proposal.table });
	const { player, to_table: table, to_seat: seat, rule, basis } = proposal;
	return movePlayer(tournament, config, { player, table, seat }, { rule, basis });
}

/** All moves of a broken table and its end in one act. */
export function breakTable(
	tournament: Tournament,
	config: Config,
	plan: { table: string; basis: string; moves: readonly BreakMove[] },
): Done | Refusal {
	const chart = seatChart(tournament.reader, config.reader);
	if (basisOf(chart, buttonsOf(tournament.reader)) !== plan.basis)
		return refuse('stale', { table: plan.table });
	const table = one<Table>(tournament.reader, `table/${plan.table}`);
	if (!table) return refuse('no_table', { table: plan.table });
	const reason = { rule: RULE_BREAK, basis: plan.basis };
	const moves = plan.moves.map(({ player, from_seat, to }) => {
		const from: Seat = { table: plan.table, seat: from_seat };
		return moveChanges(tournament, { player, ...to }, from, reason);
	});
	return perform(tournament, Object.assign({ [`table/${plan.table}`]: { ...table, open: false } }, ...moves));
}
