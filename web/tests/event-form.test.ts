import { describe, expect, test } from 'vitest';
import { EVENT_TEMPLATES, PAYOUT_SETS } from '#lib/tournament/structures.ts';
import { check, draftOf, type EventDraft, newDraft, useTemplate } from '../src/routes/admin/event-form.ts';
import { pastedRows, placesOf } from '../src/routes/admin/event-payouts.ts';
import { seatingOf } from '../src/routes/admin/event-seating.ts';

const PLACE = { currency: 'EUR', timeZone: 'Europe/Vienna', startMs: Date.UTC(2026, 10, 1) };
const NOW = Date.UTC(2026, 10, 21, 17, 10);
const NOBODY: ReadonlySet<string> = new Set();

function draft(change: Partial<EventDraft> = {}): EventDraft {
	return { ...newDraft(PLACE, NOW), name: 'Friday 50', ...change };
}

describe('templates', () => {
	test.each(EVENT_TEMPLATES)('$name: blinds never fall, and the event can be made', (template) => {
		const bigs = template.levels.flatMap((row) => (row.kind === 'play' ? [row.big!] : []));
		expect(bigs).toEqual([...bigs].sort((a, b) => a - b));
		expect(check(useTemplate(draft(), template.id, 'EUR'), PLACE, NOBODY).faults).toEqual({});
		expect(template.source).not.toBe('');
	});

	test('a template with a bounty puts half of the prize on the head, one without takes it back', () => {
		const parts = ({ prices: { buy_in } }: EventDraft) => [buy_in.prize, buy_in.fee, buy_in.bounty];
		const heads = useTemplate(draft(), 'bounty', 'EUR');
		expect(parts(heads)).toEqual(['25.00', '10.00', '25.00']);
		expect(parts(useTemplate(heads, 'bounty', 'EUR'))).toEqual(['25.00', '10.00', '25.00']);
		expect(parts(useTemplate(heads, 'turbo', 'EUR'))).toEqual(['50.00', '10.00', '0.00']);
	});

	test('what a template has terms for is sold; terms of what is not sold are named', () => {
		const made = useTemplate(draft(), 'rebuy', 'EUR');
		expect([made.prices.rebuy.sold, made.prices.add_on.sold]).toEqual([true, true]);
		const unsold = { ...made, prices: { ...made.prices, rebuy: { ...made.prices.rebuy, sold: false } } };
		expect(Object.keys(check(unsold, PLACE, NOBODY).faults)).toEqual(['rebuy']);
	});

	test.each(PAYOUT_SETS)('$name: each table is whole, ranges have no holes', ({ tables }) => {
		for (const [n, table] of tables.entries()) {
			expect(table.basis_points!.reduce((all, one) => all + one, 0)).toBe(10_000);
			if (n) expect(table.entries_min).toBe(tables[n - 1]!.entries_max + 1);
		}
	});
});

describe('an event form', () => {
	test('makes what is written and adopted; money is whole cents, times are leaf time', () => {
		const { plan } = check(draft({ starts: '2026-11-21T19:00', tables: ['t2', 't1'] }), PLACE, NOBODY);
		expect(plan!.setup).toMatchObject({
			name: 'Friday 50',
			starts_ms: Date.UTC(2026, 10, 21, 18) - PLACE.startMs,
			starting_stack: 10_000,
			entries_per_player: 2,
		});
		expect(plan!.rules.prices.buy_in).toEqual({
			prize_cents: 5_000,
			fee_cents: 1_000,
			bounty_cents: 0,
			staff_cents: 0,
		});
		expect(Object.keys(plan!.rules.prices)).toEqual(['buy_in', 're_entry']);
		expect(plan!.tables).toEqual(['t2', 't1']);
	});

	test('says nothing of seats where the house chose nothing, and all it chose where it did', () => {
		const plain = newDraft(PLACE, NOW).seating;
		expect(check(draft(), PLACE, NOBODY).plan!.agreed['seating']).toBeNull();
		const seating = { ...plain, apart: 2, spare: '1', final: '10', redraws: [2, 1], halting: false };
		const { plan } = check(draft({ seating }), PLACE, NOBODY);
		const chosen = { spare_seats: 1, final_seats: 10, redraw_tables: [1, 2], halting: false, game: 'blinds' };
		expect(plan!.setup.max_diff).toBe(2);
		expect(plan!.agreed['seating']).toEqual({ rules: 'tda-2024', ...chosen });
		const facts = { get: (name: string) => ({ setup: plan!.setup, seating: plan!.agreed['seating'] })[name] };
		expect(seatingOf(facts)).toEqual({ ...seating, redraws: [1, 2] });
		// back to plain is said too: what was chosen is over
		expect(check(draft(), PLACE, NOBODY, facts).plan!.agreed['seating']).toMatchObject({ spare_seats: 0 });
	});

	test.each<[Partial<EventDraft['seating']>, string]>([
		[{ spare: '10' }, 'spare'],
		[{ spare: '' }, 'spare'],
		[{ final: '1' }, 'final'],
		[{ final: '13' }, 'final'],
	])('refuses seats %j', (change, field) => {
		const seating = { ...newDraft(PLACE, NOW).seating, ...change };
		const { faults, plan } = check(draft({ seating }), PLACE, NOBODY);
		expect(Object.keys(faults)).toEqual([field]);
		expect(plan).toBeNull();
	});

	test.each<[Partial<EventDraft>, string]>([
		[{ name: ' ' }, 'name'],
		[{ letter: 'B' }, 'letter'],
		[{ starts: 'soon' }, 'starts'],
		[{ starts: '2026-10-31T19:00' }, 'starts'],
		[{ seats: '13' }, 'seats'],
		[{ stack: '0' }, 'stack'],
		[{ entries: '1' }, 'entries'],
		[{ lateUntil: '21' }, 'lateUntil'],
		[{ minutes: '1.5' }, 'minutes'],
		[{ guarantee: '1,000' }, 'guarantee'],
		[{ unit: '0' }, 'unit'],
		[{ payouts: [{ from: '1', to: '10', points: '5000, 4000' }] }, 'payouts.0'],
		[{ field: '60' }, 'field'],
		[{ field: 'some' }, 'field'],
		[{ minCash: 'x' }, 'minCash'],
		[{ payouts: [{ from: '1', to: '10', points: '4000, 6000' }] }, 'payouts.0'],
		[{ payouts: [{ from: '9', to: '2', points: '10000' }] }, 'payouts.0'],
		[
			{
				payouts: [
					{ from: '1', to: '9', points: '10000' },
					{ from: '11', to: '20', points: '10000' },
				],
			},
			'payouts.1',
		],
	])('says what is wrong beside the field: %j', (change, field) => {
		const { faults, plan } = check(draft(change), PLACE, new Set(['B']));
		expect(Object.keys(faults)).toEqual([field]);
		expect(plan).toBeNull();
	});

	test('an event that is opened and saved unchanged stays the same', () => {
		const { plan } = check(draft({ starts: '2026-11-21T19:00', tables: ['t1'] }), PLACE, NOBODY);
		const { setup, levels, rules, tables } = plan!;
		expect(check(draftOf(setup, levels, tables, rules, PLACE), PLACE, NOBODY).plan).toEqual(plan);
	});
});

describe('flights that lead to the event', () => {
	const flights = (perFlight: string, entries = '3') => {
		const agreed = { ...newDraft(PLACE, NOW).agreed, carry: 'best' as const, perFlight };
		return check(draft({ entries, agreed }), PLACE, NOBODY);
	};

	test('are entered so often by a player, or as often as the event; the form reads it back', () => {
		expect(flights('').plan!.flights.entries_per_player).toBeNull();
		const { setup, levels, rules, tables, flights: said } = flights('2').plan!;
		expect(said.entries_per_player).toBe(2);
		const adopted = { ...rules, flights: { ids: ['f1'], ...said } };
		expect(draftOf(setup, levels, tables, adopted, PLACE).agreed.perFlight).toBe('2');
	});

	test.each([
		['4', '3'],
		['0', '3'],
		['x', '3'],
	])('%j entries into one flight of an event with %j are refused', (perFlight, entries) => {
		const { faults, plan } = flights(perFlight, entries);
		expect(Object.keys(faults)).toEqual(['perFlight']);
		expect(plan).toBeNull();
	});
});

describe('prizes', () => {
	test('a share of the field is adopted instead of rows, and read back', () => {
		const { plan, faults } = check(
			draft({ field: '12.5', minCash: '60', spare: 'units_from_top' }),
			PLACE,
			NOBODY,
		);
		expect(faults).toEqual({});
		expect(plan!.rules.payout).toEqual({
			unit_cents: 100,
			tables: [],
			field_bp: 1_250,
			remainder: 'units_from_top',
			min_cash_cents: 6_000,
		});
		const again = draftOf(plan!.setup, plan!.levels, [], plan!.rules, PLACE);
		expect([again.field, again.minCash, again.spare]).toEqual(['12.5', '60.00', 'units_from_top']);
	});

	test.each([
		['5000, 3000, 2000', 'basis_points', [5_000, 3_000, 2_000]],
		['50% 30% 20%', 'basis_points', [5_000, 3_000, 2_000]],
		['30 20 11.9 8 6.5', 'basis_points', [3_000, 2_000, 1_190, 800, 650]],
		['140*4 104*2', 'basis_points', [140, 140, 140, 140, 104, 104]],
		['38.221% 23.4794 38.2996%', 'millionths', [382_210, 234_794, 382_996]],
		['€500 €300.50 €100*2', 'fixed_cents', [50_000, 30_050, 10_000, 10_000]],
		['EUR500; EUR 300', null, null],
		['EUR500 €300', 'fixed_cents', [50_000, 30_000]],
		['€1,500 €900', null, null], // a comma parts places: 500 has no sign
		['38.22101%', null, null],
		['50%*', null, null],
		['half', null, null],
		['', null, null],
	])('places %s', (text, kind, values) => {
		expect(placesOf(text, 'EUR')).toEqual(kind && { kind, values });
	});

	test.each([
		['€500 €300', '1', '2', null],
		['€500 €600', '1', '9', 'no more than the place before'],
		['€500 €300 €200', '1', '2', 'at most 2 entries'],
		['5000, 3000, 2000', '1', '2', 'at most 2 entries'],
		['50.0001% 49.9999%', '2', '9', null],
		['50.0001% 49.9998%', '2', '9', '99.9999 %'],
	])('a row of %s from %s to %s', (points, from, to, why) => {
		const { faults, plan } = check(draft({ payouts: [{ from, to, points }] }), PLACE, NOBODY);
		if (why) expect(faults['payouts.0']).toContain(why);
		else {
			expect(faults).toEqual({});
			const again = draftOf(plan!.setup, plan!.levels, [], plan!.rules, PLACE);
			const [row] = again.payouts;
			expect(placesOf(row!.points, 'EUR')).toEqual(placesOf(points, 'EUR'));
		}
	});

	test('a pasted table is read line by line, or the line is named that is none', () => {
		expect(pastedRows('1-2: 100%\n\n3–27\t50% 30% 20%\n', 'EUR')).toEqual([
			{ from: '1', to: '2', points: '10000' },
			{ from: '3', to: '27', points: '5000, 3000, 2000' },
		]);
		expect(pastedRows('1-2: 100%\nthree to nine: 50% 50%', 'EUR')).toBe(2);
		expect(pastedRows(' ', 'EUR')).toBe(1);
	});
});

describe('bounties and seats', () => {
	const bounty = (change: Partial<EventDraft['agreed']>, cents = '10.00') => {
		const made = draft();
		const buy_in = { ...made.prices.buy_in, bounty: cents };
		return {
			...made,
			prices: { ...made.prices, buy_in },
			agreed: { ...made.agreed, ...change },
		} satisfies EventDraft;
	};

	test.each<[Partial<EventDraft['agreed']>, object]>([
		[{ bounty: 'none' }, { bounty: 'plain', bounty_cash_bp: 5_000 }],
		[{ bounty: 'fixed' }, { bounty: 'plain', bounty_cash_bp: 5_000 }],
		[
			{ bounty: 'progressive', cash: '25' },
			{ bounty: 'progressive', bounty_cash_bp: 2_500 },
		],
		[{ bounty: 'mystery' }, { bounty: 'mystery', bounty_cash_bp: 5_000 }],
	])('the ledger adopts the heads that the floor plays for: %j', (change, adopted) => {
		const { plan, faults } = check(bounty(change), PLACE, NOBODY);
		expect(faults).toEqual({});
		expect(plan!.rules).toMatchObject(adopted);
		const again = draftOf(plan!.setup, plan!.levels, [], plan!.rules, PLACE);
		expect(check(again, PLACE, NOBODY).plan!.rules).toEqual(plan!.rules);
	});

	test('envelopes without a part of the price are none, and are drawn after the close', () => {
		for (const mode of ['mystery', 'progressive', 'fixed'] as const)
			expect(Object.keys(check(bounty({ bounty: mode }, '0'), PLACE, NOBODY).faults)).toEqual(['buy_in']);
		const { plan } = check(bounty({ bounty: 'mystery' }), PLACE, NOBODY);
		expect(plan!.agreed['bounty']).toMatchObject({ mode: 'mystery', begins: 'registration_closed' });
	});

	test('a satellite names its event, what a seat is worth and how the rest goes, and is read back', () => {
		const satellite = { target: 'main', seat: '110.00', step: '20', again: 'cash' as const };
		const { plan } = check(draft({ satellite }), PLACE, NOBODY);
		expect(plan!.rules.satellite).toEqual({
			target: 'main',
			seat_cents: 11_000,
			step_cents: 2_000,
			again: 'cash',
		});
		expect(draftOf(plan!.setup, plan!.levels, [], plan!.rules, PLACE).satellite).toEqual({
			...satellite,
			step: '20.00',
		});
		const { faults } = check(
			draft({ satellite: { target: 'main', seat: '', step: 'x', again: '' } }),
			PLACE,
			NOBODY,
		);
		expect(Object.keys(faults)).toEqual(['satellite.seat', 'satellite.step']);
		expect(check(draft(), PLACE, NOBODY).plan!.rules.satellite).toBeNull();
	});
});
