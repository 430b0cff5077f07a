import { expect, test } from 'vitest';
import { whySecond } from '../src/routes/cage/second-words.ts';

const LEAF = 'What took two people is reversed by two: a second person must approve with their PIN.';

test.each([
	[{ amount_cents: 5_000, limit_cents: 4_000 }, /^Above your limit of .*40\.00\. .* M-222$/],
	[{ amount_cents: 5, limit_cents: -1 }, /^This takes two people\. .* M-222$/],
	[{ kind: 'set_aside' }, /^What took two people is reversed by two: .* M-222$/],
])('a till says why it takes two: %o', (details, said) => {
	expect(whySecond({ code: 'needs_second', message: LEAF, details }, 'EUR')).toMatch(said);
});

test('a wrong PIN leaves the reason, another refusal has none', () => {
	expect(whySecond({ code: 'wrong_second', message: 'x', details: {} }, 'EUR')).toMatch(
		/^This takes two .* M-222$/,
	);
	expect(whySecond({ code: 'limit', message: 'x', details: {} }, 'EUR')).toBeNull();
});
