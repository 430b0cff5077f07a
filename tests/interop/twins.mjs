// Reads cases as JSON lines, answers each with what the twins make of it, as `test_twins.py` has it from Python.
import { createInterface } from 'node:readline';
import { stampText } from '../../web/src/lib/edits.ts';
import { Index } from '../../web/src/lib/facts.ts';
import { readingsOf } from '../../web/src/lib/readings.ts';
import * as balancing from '../../web/src/lib/twins/balancing.ts';
import * as clock from '../../web/src/lib/twins/clock.ts';
import { finishes, standings } from '../../web/src/lib/twins/elimination.ts';
import { disagreements } from '../../web/src/lib/twins/reconcile.ts';
import { freeSeats, openSeats, seatChart } from '../../web/src/lib/twins/seating.ts';
import { callNext, openCashSeats, waiting } from '../../web/src/lib/twins/waitlist.ts';

function rivals(document, edits) {
	const index = new Index(readingsOf(document));
	edits.forEach(([name, value], n) => {
		const stamp = stampText({ ms: (n + 1) * 700, counter: n + 1, replica: 'a1-x' });
		index.add(stamp, { name, value, replaces: [], person: '', act: '' });
	});
	return index;
}

function answer({ facts, now }) {
	const read = (document) => rivals(document, facts[document] ?? []);
	const [tournament, config, floor, cage] = ['tournament/a', 'config', 'floor', 'cage'].map(read);
	const plan = clock.planOf(tournament);
	const fact = tournament.get('clock');
	const chart = seatChart(tournament, config);
	const buttons = balancing.buttonsOf(tournament);
	const first = (below) => below - 1;
	const standing = standings(tournament);
	const reading = clock.readClock(fact, plan, now);
	const verbs = [clock.startClock, clock.pauseClock, clock.nextLevel, clock.previousLevel];
	return {
		clock: [reading.level, reading.state, reading.remaining_ms],
		verbs: verbs.map((verb) => verb(fact, plan, now)),
		break_ms: clock.nextBreakMs(fact, plan, now),
		tables: [...chart.tables.values()].map((table) => [
			table.table, table.number, table.seats, [...table.players], freeSeats(table),
		]),
		doubles: chart.doubles.map((row) => [row.table, row.seat, row.player, row.others]),
		strays: chart.strays,
		open: openSeats(chart).map(({ table, seat }) => [table, seat]),
		proposal: shown(balancing.propose(tournament, config)),
		balance: shown(balancing.balance(chart, buttons, 1)),
		halted: balancing.halted(chart),
		breaks: [...chart.tables.keys()].map((table) => {
			const planned = balancing.breakPlan(chart, buttons, table, first);
			const moves = planned.moves ?? [];
			return [planned.basis, planned.fault ?? null,
				moves.map((move) => [move.player, move.from_seat, move.to.table, move.to.seat, move.arrives_as])];
		}),
		places: finishes(standing).map((row) => [row.player, row.entry, row.place, row.place_to]),
		lives: [standing.lives, [...standing.left].sort(), [...standing.lifeOf].sort()],
		waiting: waiting(floor, 'a').map((row) => [row.entry, row.player, row.state, row.number]),
		call_next: callNext(floor, 'a'),
		cash: openCashSeats(floor, config, 'a').map(({ table, seat }) => [table, seat]),
		tray: disagreements(tournament, 'a', cage, now).map((row) => [row.kind, row.player, row.entry, row.since_ms]),
	};
}

function shown(step) {
	const fields = ['table', 'reason', 'basis', 'player', 'from_seat', 'to_table', 'to_seat', 'arrives_as'];
	return [step.kind, ...fields.map((field) => step[field] || null)];
}

for await (const line of createInterface({ input: process.stdin }))
	process.stdout.write(`${JSON.stringify(answer(JSON.parse(line)))}\n`);
