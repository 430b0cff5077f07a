import { describe, expect, test } from 'vitest';
import { serving } from '#lib/twins/penalties.ts';
import { seatChanges } from '#lib/twins/seating/changes.ts';
import { type Facts, reading, vectors } from './written.ts';

type Penalties = {
	id: string;
	now: number;
	tournament: Facts;
	left: [string, string, number, number | null][];
};
type Changes = { id: string; facts: Facts; waits: [string, string, string][] };

describe('penalties', () => {
	const { cases } = vectors<{ cases: Penalties[] }>('penalties');
	test.each(cases)('$id', ({ now, tournament, left }) => {
		const rows = serving(reading('tournament/t', tournament), now);
		expect(rows.map((row) => [row.penalty, row.player, row.handsLeft, row.untilMs])).toEqual(left);
	});
});

describe.each(['tournament/t', 'floor'])('seat changes of %s', (document) => {
	const { cases } = vectors<{ cases: Changes[] }>('seat_changes');
	test.each(cases)('$id', ({ facts, waits }) => {
		const rows = seatChanges(reading(document, facts));
		expect([...rows].map(([player, { table, kind = 'seat' }]) => [player, table, kind])).toEqual(waits);
	});
});
