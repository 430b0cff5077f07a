import { expect, test } from 'vitest';
import {
	adoptingJackpot,
	awardMax,
	type JackpotForm,
	jackpotFault,
	jackpotForm,
} from '../src/routes/cage/jackpot-form.ts';

function form(change: Partial<JackpotForm> = {}): JackpotForm {
	return { ...jackpotForm(null), jackpot: 'red box', name: 'Bad beat', ...change };
}

test('rules of a jackpot become whole basis points and names the ledger takes', () => {
	expect(jackpotFault(form())).toBeNull();
	const typed = form({ reserve: '12,5', award: '80' });
	expect(adoptingJackpot(typed)).toEqual({
		kind: 'adopt_jackpot',
		jackpot: 'red_box',
		rules: {
			name: 'Bad beat',
			reserve_basis_points: 1_250,
			award_max_basis_points: 8_000,
			shares: [
				{ name: 'losing_hand', basis_points: 5_000 },
				{ name: 'winning_hand', basis_points: 2_500 },
				{ name: 'table', basis_points: 2_500 },
			],
		},
	});
});

test('what does not add up is said before it is sent', () => {
	expect(jackpotFault(form({ name: ' ' }))).toBe('Give it a name');
	expect(jackpotFault(form({ reserve: '101' }))).toMatch(/^The reserve/);
	expect(jackpotFault(form({ award: '0' }))).toMatch(/^An award/);
	const odd = [
		{ name: 'a', percent: '33.33' },
		{ name: 'b', percent: '33.33' },
	];
	expect(jackpotFault(form({ shares: odd }))).toBe('The shares are 66.66 % together, not 100');
	expect(jackpotFault(form({ shares: [...odd, { name: 'A b', percent: 'x' }] }))).toMatch(/^Each share/);
	expect(jackpotFault(form({ shares: [odd[0]!, odd[0]!] }))).toBe('A share stands twice');
});

test('rules that were adopted come back as they were typed', () => {
	const rules = {
		name: 'High',
		reserve_basis_points: 0,
		award_max_basis_points: 3_333,
		shares: [{ name: 'high_hand', basis_points: 10_000 }],
	};
	const one = { jackpot: 'hh', fund_cents: 10_001, reserve_cents: 0, rules };
	const back = jackpotForm(one);
	expect(jackpotFault(back)).toBeNull();
	expect(adoptingJackpot(back)).toEqual({ kind: 'adopt_jackpot', jackpot: 'hh', rules });
	expect(awardMax(one)).toBe(3_333);
});
