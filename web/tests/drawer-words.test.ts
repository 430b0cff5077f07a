import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { drawerId, drawerName, nextDrawer } from '#lib/words/drawer-words.ts';

const said = JSON.parse(
	readFileSync(new URL('../../tests/vectors/drawers.json', import.meta.url), 'utf8'),
) as [string, string][];

test.each(said)('%s is called %s', (id, name) => {
	expect(drawerName(id)).toBe(name);
});

test('one drawer has one id, however its number is typed', () => {
	expect(['Drawer 1', 'drawer 01', ' d1', '1'].map(drawerId)).toEqual(['d1', 'd1', 'd1', 'd1']);
	expect(['Bar till', '-x', '  ', '€'].map(drawerId)).toEqual(['Bar-till', 'x', '', '']);
});

test('the next drawer has the next number', () => {
	expect(nextDrawer([])).toBe('Drawer 1');
	expect(nextDrawer(['d2', 'Bar-till', 'd10'])).toBe('Drawer 11');
});
