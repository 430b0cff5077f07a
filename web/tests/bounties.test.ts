import { describe, expect, test } from 'vitest';
import { type Heads, type Named, seatsResult } from '#lib/tournament/event-heads.ts';
import { envelopesOf, goneUnbooked, leftCents, owedBounties, sumOf } from '../src/routes/cage/bounties.ts';
import { reading } from './twins/written.ts';

function heads(change: Partial<Heads> = {}): Heads {
	return {
		bounty: 'plain',
		state: 'closed',
		heads: ['a', 'b', 'c', 'd'].map((name) => [`${name}1`, name, 1_000, false]),
		sealed: false,
		envelopes: [],
		due: [],
		first: [],
		seats: null,
		seq: 9,
		...change,
	};
}

test('what is owed is what was won and not paid, and what lies on heads and in envelopes', () => {
	const due: Heads['due'] = [
		['a', 2_500],
		['b', 250],
	];
	expect(owedBounties(heads({ heads: [], due }))).toEqual({ cents: 2_750, notWon: 0 });
	expect(owedBounties(heads({ due }))).toEqual({ cents: 6_750, notWon: 4_000 });
	expect(owedBounties(heads({ heads: [], envelopes: [[500, 3]], due: [] }))).toEqual({
		cents: 1_500,
		notWon: 1_500,
	});
});

describe('a list of envelopes', () => {
	test('is whole cents and counts; empty rows are none', () => {
		const list = envelopesOf(
			[
				{ worth: '25', count: '1' },
				{ worth: '', count: ' ' },
				{ worth: '5.00', count: '3' },
			],
			'EUR',
		);
		expect(list).toEqual([
			[2_500, 1],
			[500, 3],
		]);
		expect(sumOf(list!)).toBe(4_000);
		expect(leftCents(heads())).toBe(4_000);
	});

	test.each([
		[[{ worth: '5', count: '' }]],
		[[{ worth: 'five', count: '1' }]],
		[[{ worth: '5', count: '0' }]],
		[[{ worth: '5', count: '10001' }]],
		[
			[
				{ worth: '5', count: '1' },
				{ worth: '5.00', count: '2' },
			],
		],
	])('is none where a row can not be read or stands twice: %j', (rows) => {
		expect(envelopesOf(rows, 'EUR')).toBeNull();
	});
});

describe('whose bounty waits to be booked', () => {
	const floor = reading('tournament', {
		'entry/a1': { player: 'a', number: 1, kind: 'initial' },
		'entry/b1': { player: 'b', number: 1, kind: 'initial' },
		'entry/c1': { player: 'c', number: 1, kind: 'initial' },
		'entry/d1': { player: 'd', number: 1, kind: 'initial' },
		registration: { state: 'closed', at_ms: 50 },
		'bust/b1': { player: 'b', at_ms: 10, hand: 'h1' },
		'bust/c1': { player: 'c', at_ms: 60, hand: 'h2' },
		'bust/d1': { player: 'd', at_ms: 70, hand: 'h3' },
		'knocker/c1': { by: ['a1', 'd1'] },
	});

	test('the last who went out first, with who took it', () => {
		expect(goneUnbooked(heads(), floor)).toEqual([
			{ entry: 'd1', player: 'd', by: [] },
			{ entry: 'c1', player: 'c', by: ['a1', 'd1'] },
			{ entry: 'b1', player: 'b', by: [] },
		]);
	});

	test('envelopes only for who went out after the close, and what is booked waits no more', () => {
		const mystery = heads({
			bounty: 'mystery',
			heads: heads().heads.map(([entry, player]) => [entry, player, 0, entry === 'd1']),
		});
		expect(goneUnbooked(mystery, floor).map(({ entry }) => entry)).toEqual(['c1']);
	});

	test('the winner takes their own once the result stands', () => {
		expect(goneUnbooked(heads({ state: 'confirmed', first: ['a1'] }), floor)[0]).toEqual({
			entry: 'a1',
			player: 'a',
			by: ['a1'],
		});
	});
});

describe('the result of a satellite', () => {
	const ranking = ['a', 'b', 'c', 'd'].map((name): Named => [name, `${name}1`]);
	const pays = {
		target: 'main',
		seat_cents: 100,
		step_cents: null,
		awarded: ['b1'],
		left: 1,
		rest_cents: 50,
	};

	test('seats go to the best who have none, the rest to the next', () => {
		expect(seatsResult(pays, ranking)).toEqual({ seats: [['a', 'a1']], rest: [['c', 'c1']] });
		expect(seatsResult({ ...pays, rest_cents: 0 }, ranking).rest).toEqual([]);
	});

	test('in steps to several, as far as there are players', () => {
		expect(seatsResult({ ...pays, step_cents: 30 }, ranking).rest.map(([one]) => one)).toEqual(['c', 'd']);
		expect(seatsResult({ ...pays, step_cents: 10 }, ranking).rest).toHaveLength(2);
		expect(seatsResult({ ...pays, left: 3 }, ranking)).toEqual({
			seats: [ranking[0], ranking[2], ranking[3]],
			rest: [],
		});
	});
});
