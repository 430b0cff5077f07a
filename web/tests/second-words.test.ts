import { expect, test } from 'vitest';
import { whySecond } from '../src/routes/cage/second-words.ts';

const LEAF = 'What took two people is reversed by two: a second person must approve with their PIN.';

test.each([
	[{ amount_cents: 5_000, limit_cents: 4_000 }, /^Above your limit of .*40\.00\. /],
	[{ amount_cents: 5, limit_cents: -1 }, /^This takes two people\. /],
	[{ kind: 'set_aside' }, /^What took two people is reversed by two: /],
])('a till says why it takes two: %o', (details, said) => {
	const why = whySecond({ code: 'needs_second', message: LEAF, details }, 'EUR');
	expect(why?.text).toMatch(said);
	expect(why?.ref).toBe('M-222');
});

test('a wrong PIN leaves the reason, another refusal has none', () => {
	expect(whySecond({ code: 'wrong_second', message: 'x', details: {} }, 'EUR')?.text).toMatch(
		/^This takes two people/,
	);
	expect(whySecond({ code: 'limit', message: 'x', details: {} }, 'EUR')).toBeNull();
});
