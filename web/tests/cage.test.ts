import { expect, test } from 'vitest';
import { facesOf } from '../src/routes/cage/faces.ts';
import { limitRows } from '../src/routes/cage/limits.ts';
import { prizeState, prizesByEvent } from '../src/routes/cage/prizes.ts';
import { dayAfter } from '../src/routes/cage/statements.ts';

const prize = (tournament: string, place: number, amount_cents: number, paid_cents = 0) =>
	[
		`${tournament}.${place}.p${place}`,
		{ tournament, player: `p${place}`, place, amount_cents, paid_cents },
	] as const;

test('what remains and what was paid are the pool, to the cent; events with something due come first', () => {
	const [first, second] = prizesByEvent([
		prize('done', 1, 500, 500),
		prize('open', 2, 3_001, 1),
		prize('open', 1, 7_000, 7_000),
	]);
	expect(first).toMatchObject({ tournament: 'open', pool: 10_001, paid: 7_001, done: 1 });
	expect(first!.rows.map(({ place }) => place)).toEqual([1, 2]);
	expect(first!.rows.reduce((sum, row) => sum + row.amount_cents - row.paid_cents, 0)).toBe(
		first!.pool - first!.paid,
	);
	expect(second).toMatchObject({ tournament: 'done', done: 1 });
});

test('a limit is told before it is passed: of the day, of the event, of entries', () => {
	const standing = {
		balance_cents: 0,
		age_seen: 0,
		markers_cents: 0,
		stake_day_cents: 35_500,
		stake_per_day_cents: 40_000,
		stake_per_tournament_cents: 50_000,
		events: [{ tournament: 'e', entries: 3, stake_cents: 30_000, due_cents: 0 }],
		tickets: [],
	};
	const rows = (cents: number, fresh = true) =>
		limitRows(standing, 'e', cents, fresh, 3).map(({ name, would, over }) => [name, would, over]);
	expect(rows(4_500, false)).toEqual([
		['day', 40_000, false],
		['event', 34_500, false],
	]);
	expect(rows(4_501)).toEqual([
		['day', 40_001, true],
		['event', 34_501, false],
		['entries', 4, true],
	]);
	expect(limitRows(null, 'e', 1, true, 3)).toEqual([]);
});

test('days are counted over months', () => {
	expect([dayAfter('2026-11-30', 1), dayAfter('2026-03-01', -1)]).toEqual(['2026-12-01', '2026-02-28']);
});

test('what people count falls, and a currency nobody wrote down is counted as euros', () => {
	for (const currency of ['EUR', 'DKK', 'USD', 'QQQ']) {
		const faces = facesOf(currency);
		expect([...faces].sort((one, other) => other - one)).toEqual([...faces]);
	}
	expect(facesOf('QQQ')).toEqual(facesOf('EUR'));
});

test('what was paid beyond a corrected prize is to come back, and takes nothing off what is due', () => {
	const [event] = prizesByEvent([prize('e', 1, 8_400, 15_600), prize('e', 2, 15_600), prize('e', 3, 0, 50)]);
	expect(event).toMatchObject({ due: 15_600, owed: 7_250, pool: 24_000 });
	expect(prizesByEvent([prize('owes', 1, 1, 2), prize('done', 1, 1, 1)])[0]).toMatchObject({
		tournament: 'owes',
	});
});

test('a prize is unclaimed from the next gaming day on, by the venue’s wall', () => {
	const wall = { timeZone: 'Europe/Copenhagen', startsMin: 360, currency: 'EUR' };
	const since = Date.parse('2026-11-28T23:30:00+01:00');
	const [event] = prizesByEvent([prize('e', 1, 5_000), prize('e', 2, 3_000, 1_000), prize('e', 3, 100, 100)]);
	const words = (at: string) =>
		event!.rows.map((row) => prizeState(row, null, since, Date.parse(`2026-11-29T${at}+01:00`), wall).word);
	expect(words('05:59:59')).toEqual(['Due', '20.00 due', 'Paid']);
	expect(words('06:00:00')).toEqual(['Unclaimed since 28 Nov', '20.00 unclaimed since 28 Nov', 'Paid']);
	expect(prizeState({ ...event!.rows[0]!, paid_cents: 6_000 }, null, since, since, wall).word).toBe(
		'10.00 to come back',
	);
	const held = { why: 'no_id' } as const;
	expect(event!.rows.map((row) => prizeState(row, held, since, since, wall).word)).toEqual([
		'Held: no ID',
		'20.00 held: no ID',
		'Paid',
	]);
});
