import { describe, expect, test } from 'vitest';
import { Dealing, type Shares } from '#lib/money/dealing.svelte.ts';
import type { Api } from '#lib/venue/api.ts';

const SHARES: Shares = {
	players: ['ann', 'bob'],
	left_cents: 15_000,
	first_cents: 10_000,
	ways: [
		{ way: 'table', amounts: [10_000, 5_000], errors: [], beyond_first: false },
		{ way: 'icm', amounts: [8_000, 7_000], errors: [], beyond_first: false },
		{ way: 'chips', amounts: [8_500, 6_500], errors: [], beyond_first: false },
		{ way: 'even', amounts: [7_500, 7_500], errors: [], beyond_first: false },
	],
};
const IN_PLAY = [
	{ player: 'ann', entry: 'a1', chips: 70 },
	{ player: 'bob', entry: 'b1', chips: 30 },
];

async function dealing(shares: Shares = SHARES): Promise<{ deal: Dealing; asked: unknown[] }> {
	const asked: unknown[] = [];
	const api = {
		post: (_path: string, body: unknown) => {
			asked.push(body);
			return Promise.resolve(shares);
		},
	};
	const deal = new Dealing(api as unknown as Api, 't', 'EUR');
	await deal.reckon(IN_PLAY);
	return { deal, asked };
}

describe('a deal is put together', () => {
	test('it is booked only whole and with every yes', async () => {
		const { deal, asked } = await dealing();
		expect(asked).toEqual([
			{
				stacks: [
					['ann', 70],
					['bob', 30],
				],
				aside_cents: 0,
			},
		]);
		expect(deal.open).toBe(null);
		deal.pick('chips');
		expect(deal.open).toBe(0);
		expect(deal.command(IN_PLAY)).toBe(null);
		deal.say('ann', true);
		expect(deal.missing).toEqual(['bob']);
		deal.say('bob', true);
		expect(deal.command(IN_PLAY)).toEqual({
			kind: 'agree_deal',
			tournament: 't',
			way: 'chips',
			shares: [
				['ann', 'a1', 8_500],
				['bob', 'b1', 6_500],
			],
			aside_cents: 0,
			consents: ['ann', 'bob'],
		});
	});

	test('a sum that is typed over takes back who had said yes, and has to add up', async () => {
		const { deal } = await dealing();
		deal.pick('even');
		deal.say('ann', true);
		deal.type('ann', '80.00');
		expect(deal.consents.size).toBe(0);
		expect(deal.open).toBe(-500);
		deal.type('bob', '70.00');
		expect([deal.open, deal.way]).toEqual([0, 'custom']);
		deal.type('bob', 'seventy');
		expect(deal.open).toBe(null);
	});

	test('what stays for the winner is not shared', async () => {
		const { deal } = await dealing();
		deal.pick('even');
		deal.aside = '10.00';
		expect(deal.open).toBe(-1_000);
		deal.aside = 'ten';
		expect(deal.open).toBe(null);
	});

	test('an estimate is booked as one', async () => {
		const ways = SHARES.ways.map((way) => (way.way === 'icm' ? { ...way, errors: [40, 40] } : way));
		const { deal } = await dealing({ ...SHARES, ways });
		deal.pick('icm');
		expect(deal.way).toBe('estimate');
	});
});
