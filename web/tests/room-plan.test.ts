import { describe, expect, test } from 'vitest';
import { stampText } from '#lib/facts/edits.ts';
import { Index } from '#lib/facts/facts.ts';
import { readingsOf } from '#lib/facts/readings.ts';
import { nextSpot, PLAN_COLUMNS, PLAN_ROWS, roomPlan, WAYS } from '#lib/venue/room-plan.ts';

/** Facts of a room: table → number and spot. */
function room(tables: Record<string, [number: number, column?: number, row?: number]>) {
	const index = new Index(readingsOf('config'));
	let n = 0;
	const add = (name: string, value: unknown) =>
		index.add(stampText({ ms: 1, counter: ++n, replica: 'a-x' }), {
			name,
			value: value as never,
			replaces: [],
			person: 'ana',
			act: `a.${n}`,
		});
	for (const [table, [number, column, row]] of Object.entries(tables)) {
		add(`table/${table}`, { number, seats: 9 });
		if (column) add(`spot/${table}`, { column, row });
	}
	return roomPlan(index);
}

describe('the room plan', () => {
	test('[RU156] two tables in one cell: the lower number keeps it, the other stands aside', () => {
		const { spots } = room({ a: [12, 3, 2], b: [4, 3, 2], c: [5, 4, 2] });
		expect([...spots]).toEqual([
			['b', { column: 3, row: 2 }],
			['c', { column: 4, row: 2 }],
		]);
	});

	test('[RU156] a place of a table that is not in the room keeps none, and the part shown is where tables stand', () => {
		const { part } = room({ a: [1, 3, 2], b: [2, PLAN_COLUMNS, PLAN_ROWS], c: [3] });
		expect(part).toEqual({ column: 3, row: 2, columns: PLAN_COLUMNS - 2, rows: PLAN_ROWS - 1 });
		expect(room({ a: [1] }).part).toBeNull();
	});

	test('arrows go to the nearest table that way, straight ahead before aside', () => {
		const spots = [
			{ column: 1, row: 1 },
			{ column: 4, row: 1 },
			{ column: 2, row: 2 },
			{ column: 1, row: 5 },
		];
		const from = spots[0]!;
		expect(nextSpot(spots, from, WAYS['ArrowRight']!)).toBe(spots[1]);
		expect(nextSpot(spots, from, WAYS['ArrowDown']!)).toBe(spots[2]);
		expect(nextSpot(spots, spots[3]!, WAYS['ArrowUp']!)).toBe(spots[0]);
		expect(nextSpot(spots, from, WAYS['ArrowLeft']!)).toBeNull();
	});
});
