import { expect, test } from 'vitest';
import { csv } from '#lib/words/csv.ts';

test('numbers stay numbers, commas and quotes are quoted', () => {
	expect(
		csv([
			['name', 'chips'],
			['Silva, Ana', 52400],
			['the "kid"', -5],
		]),
	).toBe('name,chips\r\n"Silva, Ana",52400\r\n"the ""kid""",-5\r\n');
});

test.each(['=1+1', '+1', '-1', '@SUM(A1)', '|calc', '%x', '\t=1', ' =1', '\r=1'])(
	'a name that could be a formula is none: %j',
	(name) => {
		const [first] = csv([[name]]).split('\r\n');
		expect(first!.replace(/^"/, '').startsWith("'")).toBe(true);
	},
);
