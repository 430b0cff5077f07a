import { expect, test } from 'vitest';
import type { RankingsView } from '#lib/tournament/views.ts';
import { areChipsOld, isOver, rowTexts } from '#lib/ui/stage/standing.ts';

type Row = RankingsView['rows'][number];
const row = (change: Partial<Row>): Row => ({
	place: null,
	place_to: null,
	name: 'Ada',
	chips: null,
	table: null,
	seat: null,
	busted: false,
	amount_cents: null,
	...change,
});
const view = (rows: Row[]): RankingsView => ({
	view: 'rankings',
	tournament: 't',
	name: 'Friday 55',
	letter: 'A',
	currency: 'EUR',
	left: rows.filter(({ busted }) => !busted).length,
	as_of_ms: 0,
	rows,
});
const out = (place: number, amount_cents: number | null) =>
	row({ place, place_to: place, busted: true, amount_cents });

test('while it is played: chips of who is in, the prize of who is out and paid, else "out"', () => {
	const played = view([row({ chips: 145_000 }), row({}), out(3, 42_000), out(4, null)]);
	expect(rowTexts(played)).toEqual(['145K', '–', '€420', 'out']);
	expect(isOver(played)).toBe(false);
	expect([areChipsOld(played, 15 * 60_000), areChipsOld(played, 15 * 60_000 + 1)]).toEqual([false, true]);
});

test("after the end: prizes, the winner's too, and no chips that could be old", () => {
	const ended = view([row({ place: 1, place_to: 1, chips: 400_000, amount_cents: 84_050 }), out(2, 42_000)]);
	expect(rowTexts(ended)).toEqual(['€840.50', '€420.00']);
	expect(isOver(ended)).toBe(true);
	expect(areChipsOld(ended, 24 * 3_600_000)).toBe(false);
	const unpaid = view([row({ place: 1, place_to: 1, chips: 400_000 }), out(2, null)]);
	expect(rowTexts(unpaid)).toEqual(['400K', 'out']);
});
