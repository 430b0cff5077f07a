import { describe, expect, test } from 'vitest';
import type { Button } from '#lib/facts/facts.gen.ts';
import { balance, propose, seatRules } from '#lib/twins/seating/balancing.ts';
import { arrivesAs, buttonAt, incomingSeat, nextHand } from '#lib/twins/seating/button.ts';
import { type Chart, freeSeats, seatChart, type TableSeats } from '#lib/twins/seating/chart.ts';
import { tableToBreak } from '#lib/twins/seating/consolidation.ts';
import { poolText } from '#lib/twins/seating/draw.ts';
import { breakPlan, lots, redrawPlan, shorten } from '#lib/twins/seating/draw-pool.ts';
import { halted } from '#lib/twins/seating/halting.ts';
import { basisOf, buttonsOf } from '#lib/twins/seating/proposal.ts';
import { type Facts, reading, vectors } from './written.ts';

type Table = {
	id: string;
	max: number;
	occupied: number[];
	last_hand: { btn: number; sb: number; bb: number };
};
type Hand = { btn: number; sb: number; bb: number; dead_sb: boolean; dead_btn: boolean };
type Vectors = {
	button: { id: string; table: Table; expect_next: Hand }[];
	incoming_seat: { id: string; table: Table; expect_seat: number | null; arrives_as: string }[];
	balance: {
		id: string;
		tables: Table[];
		max_diff: number;
		expect_moves: object[];
		expect_counts: Record<string, number>;
	}[];
};
const published = vectors<Vectors>('seating');

const seatsOf = (table: Table, order = 1): TableSeats => ({
	table: table.id,
	number: order,
	seats: table.max,
	out_of_use: [],
	open: true,
	locked: false,
	order,
	players: new Map(table.occupied.map((seat) => [seat, `${table.id}${seat}`])),
	held: [],
	chairs: table.max,
});
const buttonOf = ({ last_hand: { btn, sb, bb } }: Table): Button => ({
	button: btn,
	small_blind: sb,
	big_blind: bb,
});
const chartOf = (tables: Iterable<TableSeats>): Chart => ({
	tables: new Map([...tables].map((table) => [table.table, table])),
	doubles: [],
	strays: [],
	needs: new Map(),
});
const even = (counts: Record<string, number>) =>
	chartOf(
		Object.entries(counts).map(([id, count], n) => {
			const occupied = Array.from({ length: count }, (_, seat) => seat + 1);
			return seatsOf({ id, max: 9, occupied, last_hand: { btn: 1, sb: 2, bb: 3 } }, n + 1);
		}),
	);

describe('the button, as published', () => {
	test.each(published.button)('$id', ({ table, expect_next }) => {
		const { btn, sb, bb, dead_sb, dead_btn } = expect_next;
		expect(nextHand(buttonOf(table), seatsOf(table))).toEqual({
			button: btn,
			small_blind: sb,
			big_blind: bb,
			dead_button: dead_btn,
			dead_small_blind: dead_sb,
		});
	});
	test.each(published.incoming_seat)('$id', ({ table, expect_seat, arrives_as }) => {
		expect(incomingSeat(buttonOf(table), seatsOf(table))).toEqual({ seat: expect_seat, arrives_as });
	});
});

describe('balancing, as published', () => {
	test.each(published.balance)('$id', ({ tables, max_diff, expect_moves, expect_counts }) => {
		const buttons = new Map(tables.map((table) => [table.id, buttonOf(table)]));
		const at = new Map(tables.map((table, n) => [table.id, seatsOf(table, n + 1)]));
		const moves: object[] = [];
		for (;;) {
			const step = balance(chartOf(at.values()), buttons, max_diff);
			if (step.kind === 'defer') moves.push({ defer: step.to_table });
			if (step.kind !== 'move') break;
			const { table: frm, from_seat, to_table: to, to_seat, arrives_as, player } = step;
			moves.push({ frm, from_seat, to, to_seat, arrives_as });
			const left = [...at.get(frm)!.players].filter(([, who]) => who !== player);
			at.set(frm, { ...at.get(frm)!, players: new Map(left) });
			at.set(to, { ...at.get(to)!, players: new Map([...at.get(to)!.players, [to_seat, player]]) });
		}
		expect(moves).toEqual(expect_moves);
		expect(Object.fromEntries([...at].map(([id, table]) => [id, table.players.size]))).toEqual(expect_counts);
	});
});

test('a table breaks once the others have room', () => {
	expect(tableToBreak(even({ A: 9, B: 9, C: 8 }))).toBeNull();
	expect(tableToBreak(even({ A: 7, B: 7, C: 7, D: 6 }))).toBe('A');
	expect(tableToBreak(even({ A: 4 }))).toBeNull();
	expect(tableToBreak(even({ A: 8, B: 1 }))).toBe('B');
});

test('a button that is not known or not there proposes no seat', () => {
	const chart = even({ A: 9, B: 6 });
	const known = { button: 1, small_blind: 2, big_blind: 3 };
	const unknown = balance(chart, new Map([['A', known]]), 1);
	expect(unknown).toMatchObject({ kind: 'blocked', table: 'B', reason: 'button_unknown', player: 'A4' });
	const beyond = new Map([
		['A', known],
		['B', { ...known, button: 12 }],
	]);
	expect(balance(chart, beyond, 1)).toMatchObject({ kind: 'blocked', table: 'B', reason: 'button_invalid' });
});

test('a broken table has a seat for everybody', () => {
	const chart = even({ A: 9, B: 5, C: 4, D: 6 });
	const plan = breakPlan(chart, new Map(), 'A', (below) => below - 1);
	expect(plan.fault).toBeNull();
	expect(new Set(plan.moves.map(({ to }) => `${to.table} ${to.seat}`)).size).toBe(9);
	expect(plan.moves.map(({ player }) => player).sort()).toEqual([...chart.tables.get('A')!.players.values()]);
	for (const { to } of plan.moves) expect(freeSeats(chart.tables.get(to.table)!)).toContain(to.seat);
	expect(breakPlan(even({ A: 9, B: 9 }), new Map(), 'A', () => 0)).toMatchObject({ fault: 'no_room' });
});

test('a proposal is made from facts, its basis as the leaf would make it', () => {
	const setup = { name: 'F', starts_ms: 0, seats_per_table: 9, starting_stack: 1, late_until_level: 1 };
	const facts: Facts = {
		setup,
		'table/t1': { open: true, order: 1 },
		'seat/ana': { table: 't1', seat: 1 },
		'button/t1': { button: 1, small_blind: 2, big_blind: 3 },
	};
	const config = reading('config', {});
	expect(propose(reading('tournament/t', facts), config)).toEqual({ kind: 'none', reason: 'not_started' });
	const clock = { level: 1, state: 'running', anchor_ms: 0, remaining_ms: 5 };
	expect(propose(reading('tournament/t', { ...facts, clock }), config)).toEqual({
		kind: 'none',
		reason: 'even',
	});
	const table = seatsOf({ id: 't1', max: 9, occupied: [], last_hand: { btn: 1, sb: 2, bb: 3 } });
	const chart = chartOf([{ ...table, players: new Map([[1, 'ana']]) }]);
	const buttons = new Map([['t1', { button: 1, small_blind: 2, big_blind: 3 }]]);
	expect(basisOf(chart, buttons)).toBe(vectors<{ fingerprints: string[][] }>('chart').fingerprints[1]![1]);
});

type Case = {
	id: string;
	tables: Record<string, number | number[]>;
	buttons?: Record<string, [number, number, number]>;
	seats?: number;
	chairs?: number;
	max?: number;
	max_diff?: number;
	rules?: object;
	selling?: boolean;
	needs?: Record<string, object>;
	hands?: string[];
	/** who left a seat: table, seat, when, how */
	left?: [string, number, number, 'bust' | 'move'][];
	locked?: string[];
	held?: Record<string, number[]>;
	out?: Record<string, number[]>;
	expect: object;
	halts?: [string, number, boolean | null][];
};
type Constraints = {
	cases: Case[];
	arrivals: { id: string; table: number[]; last: number[]; seat: number; arrives_as: string }[];
	set: { id: string; table: number[]; seat: number; made: number[] | null }[];
	dead: { id: string; table: number[]; last: number[]; next: number[] | null; dead: boolean[] | null }[];
};
const constraints = vectors<Constraints>('constraints');

/** The facts of a case: an event whose clock runs, and the furniture. */
function roomOf(room: Omit<Case, 'id' | 'expect'>) {
	const taken = Object.entries(room.tables).map(([id, seats]): [string, number[]] => [
		id,
		Array.isArray(seats) ? seats : Array.from({ length: seats }, (_, n) => n + 1),
	]);
	const { seats: seats_per_table = 9, max_diff = 1, chairs = 9, locked = [], held = {}, out = {} } = room;
	const buttons = Object.entries(room.buttons ?? Object.fromEntries(taken.map(([id]) => [id, [1, 2, 3]])));
	const facts: Facts = {
		setup: { name: 'F', starts_ms: 0, seats_per_table, max_diff, starting_stack: 1, late_until_level: 1 },
		clock: { level: 1, state: 'running', anchor_ms: 0, remaining_ms: 1 },
		seating: { ...room.rules },
	};
	for (const [n, [id, seats]] of taken.entries()) {
		const table = { open: true, order: n + 1, locked: locked.includes(id), held: held[id] ?? [] };
		facts[`table/${id}`] = room.max ? { ...table, seats: room.max } : table;
		for (const seat of seats) facts[`seat/${id}${seat}`] = { table: id, seat };
	}
	for (const [id, [button, small_blind, big_blind]] of buttons as [string, number[]][])
		facts[`button/${id}`] = { button: button!, small_blind: small_blind!, big_blind: big_blind! };
	for (const [player, need] of Object.entries(room.needs ?? {})) facts[`need/${player}`] = { ...need };
	for (const [n, [table, seat, at_ms, how]] of (room.left ?? []).entries())
		if (how === 'bust') facts[`bust/gone${n}`] = { player: `gone${n}`, at_ms, hand: 'h', table, seat };
		else facts[`move/away${n}`] = { from_table: table, from_seat: seat, to_table: 'C', to_seat: 1, at_ms };
	if (room.hands) facts['handforhand'] = { state: 'on', run: 1, hand: 4, at_ms: 0 };
	for (const id of room.hands ?? []) facts[`dealt/${id}`] = { run: 1, hand: 4 };
	const furniture = taken.map(([id], n) => [
		`table/${id}`,
		{ number: n + 1, seats: chairs, out_of_use: out[id] ?? [] },
	]);
	return {
		tournament: reading('tournament/t', facts),
		config: reading('config', Object.fromEntries(furniture)),
	};
}

describe('constraints', () => {
	test.each(constraints.cases)('$id', ({ expect: expected, halts, selling, ...room }) => {
		const { tournament, config } = roomOf(room);
		expect(propose(tournament, config, selling)).toMatchObject(expected);
		if (!halts) return;
		const found = halted(seatChart(tournament, config), buttonsOf(tournament), seatRules(tournament));
		expect(found.map(({ table, short_by, now }) => [table, short_by, now])).toEqual(halts);
	});

	const at = (occupied: number[]) =>
		seatsOf({ id: 't', max: 9, occupied, last_hand: { btn: 1, sb: 2, bb: 3 } });
	const positions = ([button, small_blind, big_blind]: number[]): Button => ({
		button: button!,
		small_blind: small_blind!,
		big_blind: big_blind!,
	});
	test.each(constraints.arrivals)('$id', ({ table, last, seat, arrives_as }) => {
		expect(arrivesAs(positions(last), at(table), seat)).toBe(arrives_as);
	});
	test.each(constraints.set)('$id', ({ table, seat, made }) => {
		expect(buttonAt(at(table), seat)).toEqual(made && positions(made));
	});
	test.each(constraints.dead)('$id', ({ table, last, next, dead }) => {
		const hand = nextHand(positions(last), at(table));
		expect(hand && [hand.button, hand.small_blind, hand.big_blind]).toEqual(next);
		expect(hand && [hand.dead_button, hand.dead_small_blind]).toEqual(dead);
	});
});

type Pooled = Omit<Case, 'id' | 'expect'> & { why: string; kind: 'seat'; player: string; pool: string };
test.each(vectors<{ rooms: Pooled[] }>('draw').rooms)('$why', ({ kind, player, pool, ...room }) => {
	const { tournament, config } = roomOf(room);
	const [lot] = lots(seatChart(tournament, config), kind, [player], []);
	expect(poolText(shorten(lot!, []).pool)).toBe(pool);
});

test('a final table seats everybody once, at chairs the event did not use before', () => {
	const { tournament, config } = roomOf({ tables: { A: 5, B: 4 }, seats: 8 });
	const chart = seatChart(tournament, config);
	const step = propose(tournament, config);
	if (step.kind !== 'redraw') throw new Error(step.kind);
	const plan = redrawPlan(chart, buttonsOf(tournament), step.keeps, (below) => below - 1, step.seats);
	expect(plan).toMatchObject({ fault: null, closes: ['A'], seats: 9 });
	expect(plan.moves.map(({ to }) => to.seat).sort()).toEqual([1, 2, 3, 4, 5, 6, 7, 8, 9]);
	const into = breakPlan(chart, buttonsOf(tournament), 'A', (below) => below - 1, ['B'], 9);
	expect(into.moves.map(({ to }) => `${to.table}${to.seat}`).sort()).toEqual(['B5', 'B6', 'B7', 'B8', 'B9']);
});
