import { expect, test } from 'vitest';
import { WORDS } from '#lib/words/words.ts';

test('a reference a person reads out names one sentence', () => {
	const said = new Map<string, Set<string>>();
	for (const [ref, text] of Object.values(WORDS))
		said.set(ref, new Set([...(said.get(ref) ?? []), String(text)]));
	expect([...said].filter(([, texts]) => texts.size > 1)).toEqual([]);
});
