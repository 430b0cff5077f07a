import { describe, expect, test } from 'vitest';
import type { Button } from '#lib/facts.gen.ts';
import { balance, basisOf, breakPlan, halted, propose, tableToBreak } from '#lib/twins/balancing.ts';
import { incomingSeat, nextHand } from '#lib/twins/button.ts';
import { type Chart, freeSeats, type TableSeats } from '#lib/twins/seating.ts';
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
	expect(halted(even({ A: 8, B: 5, C: 6 }))).toEqual(['B']);
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
	if ('fault' in plan) throw new Error(plan.fault);
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
