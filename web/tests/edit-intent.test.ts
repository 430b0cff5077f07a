import { expect, test } from 'vitest';
import { recorded } from '#lib/money/command.ts';
import { contentOf, edited } from '../src/routes/cage/edit-intent.ts';

const known = {
	paidEntries: (_: string, player: string) => (player === 'paid' ? [{ entry: 'life1' }] : []),
	unpaidLife: (_: string, player: string) => (player === 'seated' ? 'life7' : null),
};
const much = { amount: 5_500, currency: 'EUR' };
const intent = (command: { kind: string; [field: string]: unknown }) =>
	recorded({ drawer: 'd1', amount: much, ...command }, { what: '', who: '', amount: '' }, true, {
		by: 'Cleo',
		atMs: 1,
	});
const buyIn = intent({
	kind: 'buy_in',
	tournament: 'e1',
	player: 'ana',
	entry: 'life9',
	method: 'cash',
	age_seen: 18,
	expects: { entries: 0 },
});

test('a price is the event’s; an amount of chips may be put right', () => {
	expect(contentOf(buyIn)).toEqual({ player: 'ana', cents: 5_500, priced: true, named: false });
	const chips = intent({ kind: 'cash_buy_in', player: 'ana', table: 't1' });
	expect(contentOf(chips)).toMatchObject({ priced: false });
	expect(edited(chips, 'ana', 10_000, known)).toEqual({
		kind: 'cash_buy_in',
		player: 'ana',
		table: 't1',
		drawer: 'd1',
		amount: { amount: 10_000, currency: 'EUR' },
	});
	expect(edited(chips, 'bo', 5_500, known)).not.toHaveProperty('table'); // there sat the other one
});

test('another player’s buy-in has a life of its own, or the one that plays already, and no age that was seen', () => {
	const anew = edited(buyIn, 'bo', 5_500, known);
	expect(anew).toMatchObject({ kind: 'buy_in', player: 'bo', method: 'cash', expects: { entries: 0 } });
	expect(anew).not.toMatchObject({ entry: 'life9' });
	expect(anew).not.toHaveProperty('age_seen');
	expect(anew).not.toHaveProperty('intent');
	expect(edited(buyIn, 'seated', 5_500, known)).toMatchObject({ entry: 'life7' });
	expect(edited(buyIn, 'paid', 5_500, known)).toHaveProperty('why');
});

test('a rebuy goes to the life that the other one paid for', () => {
	const rebuy = intent({ kind: 'rebuy', tournament: 'e1', player: 'ana', entry: 'life9' });
	expect(edited(rebuy, 'paid', 5_500, known)).toMatchObject({ entry: 'life1', expects: { entries: 1 } });
	expect(edited(rebuy, 'bo', 5_500, known)).toHaveProperty('why');
});
