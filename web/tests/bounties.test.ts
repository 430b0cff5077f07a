import { describe, expect, test } from 'vitest';
import { type Heads, type Named, seatsResult } from '#lib/tournament/event-heads.ts';
import { unbookedBounties } from '#lib/tournament/unbooked-bounties.ts';
import { envelopesOf, leftCents, owedBounties, sumOf, wonOf } from '../src/routes/cage/bounties.ts';
import { reading } from './twins/written.ts';

function heads(change: Partial<Heads> = {}): Heads {
	return {
		bounty: 'plain',
		cash_bp: 10_000,
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

describe('what is paid of a head', () => {
	const progressive = heads({ bounty: 'progressive', cash_bp: 5_000 });

	test.each<[Heads, number, string[], { cash: number; onto: number }]>([
		[heads(), 2_500, ['a1'], { cash: 2_500, onto: 0 }],
		[progressive, 2_500, ['a1'], { cash: 1_250, onto: 1_250 }],
		[progressive, 2_501, ['a1'], { cash: 1_250, onto: 1_251 }],
		[progressive, 2_503, ['a1', 'b1'], { cash: 1_251, onto: 1_252 }],
		[{ ...progressive, state: 'confirmed' }, 2_500, ['a1'], { cash: 2_500, onto: 0 }],
		[{ ...progressive, heads: [['a1', 'a', 0, true]] }, 2_500, ['a1'], { cash: 2_500, onto: 0 }],
	])('%#: cash, and what goes onto who took it', (of, cents, by, won) => {
		expect(wonOf(of, cents, by)).toEqual(won);
	});

	test('odd cents on heads go to who is named first, and stay cash where that head can not grow', () => {
		const out = { ...progressive, heads: [...progressive.heads.slice(1), ['a1', 'a', 0, true]] } as Heads;
		expect(wonOf(out, 2_501, ['a1', 'b1'])).toEqual({ cash: 1_876, onto: 625 });
		expect(wonOf(out, 2_501, ['b1', 'a1'])).toEqual({ cash: 1_875, onto: 626 });
		expect(wonOf(out, 102, ['b1', 'a1'])).toEqual({ cash: 77, onto: 25 });
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
		expect(unbookedBounties(heads(), floor)).toEqual([
			{ entry: 'd1', player: 'd', by: [], after: null },
			{ entry: 'c1', player: 'c', by: ['a1', 'd1'], after: null },
			{ entry: 'b1', player: 'b', by: [], after: null },
		]);
	});

	test('heads that grow are booked in the order of play: what goes onto one, before it is taken', () => {
		const grow = heads({ bounty: 'progressive', cash_bp: 5_000, state: 'confirmed', first: ['a1'] });
		expect(unbookedBounties(grow, floor)).toEqual([
			{ entry: 'b1', player: 'b', by: [], after: null },
			{ entry: 'c1', player: 'c', by: ['a1', 'd1'], after: null },
			{ entry: 'd1', player: 'd', by: [], after: 'c1' },
			{ entry: 'a1', player: 'a', by: ['a1'], after: 'c1' },
		]);
	});

	test('envelopes only for who went out after the close, and what is booked waits no more', () => {
		const mystery = heads({
			bounty: 'mystery',
			heads: heads().heads.map(([entry, player]) => [entry, player, 0, entry === 'd1']),
		});
		expect(unbookedBounties(mystery, floor).map(({ entry }) => entry)).toEqual(['c1']);
	});

	test('the winner takes their own once the result stands', () => {
		expect(unbookedBounties(heads({ state: 'confirmed', first: ['a1'] }), floor)[0]).toEqual({
			entry: 'a1',
			player: 'a',
			by: ['a1'],
			after: null,
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
