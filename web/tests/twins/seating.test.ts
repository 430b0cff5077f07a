import { expect, test } from 'vitest';
import { fingerprint } from '#lib/twins/fingerprint.ts';
import { freeSeats, openSeats, seatChart, seatFault } from '#lib/twins/seating/chart.ts';
import { drawSeat } from '#lib/twins/seating/draw-pool.ts';
import { type Facts, reading, vectors } from './written.ts';

type Case = {
	id: string;
	tournament: Facts;
	at_ms: Record<string, number>;
	tables: Record<string, { seats: number; players: Record<string, string>; free: number[] }>;
	doubles: [string, number, string, string[]][];
	strays: string[];
};
type Vectors = {
	config: Facts;
	setup: Facts;
	cases: Case[];
	faults: { seat: [string, number]; player: string; fault: string | null }[];
	faults_in: Facts;
	fingerprints: [string, string][];
};
const { config, setup, cases, faults, faults_in, fingerprints } = vectors<Vectors>('chart');
const chartOf = (facts: Facts, atMs = {}) =>
	seatChart(reading('tournament/t', { setup, ...facts }, atMs), reading('config', config));

test.each(cases)('$id', ({ tournament, at_ms, tables, doubles, strays }) => {
	const chart = chartOf(tournament, at_ms);
	const made = [...chart.tables].map(([ident, table]) => [
		ident,
		{ seats: table.seats, players: Object.fromEntries(table.players), free: freeSeats(table) },
	]);
	expect(Object.fromEntries(made)).toEqual(tables);
	expect(chart.doubles.map((row) => [row.table, row.seat, row.player, row.others])).toEqual(doubles);
	expect(chart.strays).toEqual(strays);
});

test.each(faults)('a seat is $fault', ({ seat, player, fault }) => {
	expect(seatFault(chartOf(faults_in), ...seat, player)).toBe(fault);
});

test('a draw fills tables evenly until the room is full', () => {
	const facts: Facts = { 'table/t1': { open: true, order: 1 }, 'table/t2': { open: true, order: 2 } };
	const last = (below: number) => below - 1;
	for (let n = 0; n < 13; n += 1) {
		const chart = chartOf(facts);
		const [one, two] = [...chart.tables.values()].map((table) => table.players.size);
		expect(Math.abs(one! - two!)).toBeLessThanOrEqual(1);
		const chair = drawSeat(chart, last)!;
		expect(openSeats(chart)).toContainEqual(chair);
		facts[`seat/p${n}`] = { ...chair };
	}
	expect(drawSeat(chartOf(facts), last)).toBeNull();
});

test.each(fingerprints)('the fingerprint of "%s"', (text, made) => {
	expect(fingerprint(text)).toBe(made);
});
