// What the pure readings of the web app say of a venue's documents, as `reading.py` has it from Python.
import * as balancing from '../../web/src/lib/twins/seating/balancing.ts';
import * as clock from '../../web/src/lib/twins/structure/clock.ts';
import { finishes, standings } from '../../web/src/lib/twins/elimination/standings.ts';
import { breakPlan } from '../../web/src/lib/twins/seating/draw-pool.ts';
import { halted } from '../../web/src/lib/twins/seating/halting.ts';
import { ladderFaults, locked } from '../../web/src/lib/twins/structure/ladder.ts';
import { moments } from '../../web/src/lib/twins/structure/moments.ts';
import { buttonsOf } from '../../web/src/lib/twins/seating/proposal.ts';
import { disagreements } from '../../web/src/lib/twins/reconcile.ts';
import { lateRegistration } from '../../web/src/lib/twins/structure/registration.ts';
import { freeSeats, openSeats, seatChart } from '../../web/src/lib/twins/seating/chart.ts';
import { mayBuy } from '../../web/src/lib/twins/structure/terms.ts';
import { callNext, openCashSeats, waitMinutes, waiting } from '../../web/src/lib/twins/waitlist.ts';

/** Of documents as facts are read; `id` is that of the tournament and of the waitlist. */
export function reading({ tournament, config, floor, cage }, id, now) {
	const plan = clock.planOf(tournament);
	const fact = tournament.get('clock');
	const chart = seatChart(tournament, config);
	const buttons = buttonsOf(tournament);
	const first = (below) => below - 1;
	const standing = standings(tournament);
	const shownClock = clock.readClock(fact, plan, now);
	const verbs = [clock.startClock, clock.pauseClock, clock.nextLevel, clock.previousLevel, clock.restartLevel];
	return {
		clock: [shownClock.level, shownClock.state, shownClock.remaining_ms],
		verbs: verbs.map((verb) => verb(fact, plan, now)),
		break_ms: clock.nextBreakMs(fact, plan, now),
		...structure(tournament, id, cage, now),
		tables: [...chart.tables.values()].map((table) => [
			table.table, table.number, table.seats, [...table.players], freeSeats(table),
		]),
		doubles: chart.doubles.map((row) => [row.table, row.seat, row.player, row.others]),
		strays: chart.strays,
		open: openSeats(chart).map(({ table, seat }) => [table, seat]),
		proposal: shown(balancing.propose(tournament, config)),
		balance: shown(balancing.balance(chart, buttons, 1)),
		halted: halted(chart, buttons).map((row) => [row.table, row.short_by, row.now]),
		breaks: [...chart.tables.keys()].map((table) => {
			const planned = breakPlan(chart, buttons, table, first);
			const moves = planned.moves ?? [];
			return [planned.basis, planned.fault ?? null,
				moves.map((move) => [move.player, move.from_seat, move.to.table, move.to.seat, move.arrives_as])];
		}),
		places: finishes(standing).map((row) => [row.player, row.entry, row.place, row.place_to]),
		lives: [standing.lives, [...standing.left].sort(), [...standing.lifeOf].sort()],
		waiting: waiting(floor, id).map((row) => [row.entry, row.player, row.state, row.number]),
		call_next: callNext(floor, id),
		waits: [1, 2, 9].map((place) => waitMinutes(floor, config, id, place, now * 1000)),
		cash: openCashSeats(floor, config, id).map(({ table, seat }) => [table, seat]),
		tray: disagreements(tournament, id, cage, now).map((row) => [row.kind, row.player, row.entry, row.since_ms]),
	};
}

function shown(step) {
	const fields = ['table', 'reason', 'basis', 'player', 'from_seat', 'to_table', 'to_seat', 'arrives_as'];
	return [step.kind, ...fields.map((field) => step[field] || null)];
}

function structure(tournament, id, cage, now) {
	const plan = clock.planOf(tournament);
	const shownClock = clock.readClock(tournament.get('clock'), plan, now);
	const late = lateRegistration(tournament, cage.get(`tournament/${id}`), now);
	const asked = ['entry', 're_entry', 'rebuy', 'add_on'];
	return {
		late,
		moments: moments(shownClock, plan, late, now),
		bought: [0, 1, 2, 3, 4, 5].flatMap((n) => asked.map((kind) => mayBuy(tournament, cage, id, `p${n}`, kind, now))),
		faults: ladderFaults(plan.map((row) => ({ ...row, lasts: row.duration_ms }))),
		locked: plan.map((_, n) => locked(n + 1, shownClock)),
	};
}
