import { expect, test } from 'vitest';
import { waitWords } from '#lib/words/wait-words.ts';

test.each([
	[null, 'no estimate yet'],
	[0, 'a seat is open'],
	[5, 'about 5 min'],
	[60, 'about 1 h'],
	[135, 'about 2 h 15 min'],
])('%s minutes: %s', (minutes, words) => {
	expect(waitWords(minutes)).toBe(words);
});
