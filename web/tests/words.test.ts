import { expect, test } from 'vitest';
import { saying, WORDS } from '#lib/words/words.ts';

test('a reference a person reads out names one sentence', () => {
	const said = new Map<string, Set<string>>();
	for (const [ref, text] of Object.values(WORDS))
		said.set(ref, new Set([...(said.get(ref) ?? []), String(text)]));
	expect([...said].filter(([, texts]) => texts.size > 1)).toEqual([]);
});

test('what is wrong in a form is said in the words of the page', () => {
	const fields = {
		'amount.amount': 'this is too much',
		reason: 'fill it in',
		'profile.day_starts_min': '1439 is the most',
	};
	expect(saying('invalid', { fields }).text).toBe(
		'Amount: this is too much. Reason: fill it in. Day starts min: 1439 is the most. Nothing was changed.',
	);
	expect(saying('invalid').text).toBe('Nothing was changed.');
});
