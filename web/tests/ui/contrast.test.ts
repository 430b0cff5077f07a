/** Recomputes the contrast of the design tokens in `app.css` (WCAG 2.x): text 7:1, large numerals and icons 4.5:1, edges 3:1. */
import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';

const css = readFileSync(new URL('../../src/app.css', import.meta.url), 'utf8');

function tokens(block: string): Map<string, string> {
	return new Map(
		[...block.matchAll(/--color-([\w-]+):\s*(#[0-9a-f]{6})/g)].map((found) => [found[1]!, found[2]!]),
	);
}

/** What stands between two words of the file, which have to be there. */
function between(start: string, end: string): string {
	const from = css.indexOf(start);
	const to = css.indexOf(end, from);
	if (from < 0 || to < 0) throw new Error(`no ${start} … ${end} in app.css`);
	return css.slice(from, to);
}

const dark = tokens(between('@theme static', '@layer theme'));
const light = new Map([...dark, ...tokens(between(':root[data-theme=', '@layer base'))]);

function luminance(hex: string): number {
	const [r, g, b] = [1, 3, 5].map((at) => {
		const part = Number.parseInt(hex.slice(at, at + 2), 16) / 255;
		return part <= 0.04045 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4;
	});
	return 0.2126 * r! + 0.7152 * g! + 0.0722 * b!;
}

function contrast(one: string, other: string): number {
	const [bright, dim] = [luminance(one), luminance(other)].sort((a, b) => b - a);
	return (bright! + 0.05) / (dim! + 0.05);
}

/** `share` of `over` on `under`, as a browser mixes them in sRGB. */
function tint(over: string, share: number, under: string): string {
	const part = (hex: string, at: number) => Number.parseInt(hex.slice(at, at + 2), 16);
	const mixed = [1, 3, 5].map((at) => Math.round(share * part(over, at) + (1 - share) * part(under, at)));
	return `#${mixed.map((value) => value.toString(16).padStart(2, '0')).join('')}`;
}

const ROLES = ['act', 'pick', 'focus', 'good', 'warn', 'care', 'stop', 'wait'];
const EVENTS = ['a', 'b', 'c', 'd', 'e', 'f', 'cash'].map((letter) => `event-${letter}`);

test('both themes are there', () => {
	expect(dark.size).toBeGreaterThan(25);
	expect(light.get('page')).not.toBe(dark.get('page'));
});

describe.each([
	['dark', dark],
	['light', light],
])('%s', (name, theme) => {
	const ratio = (one: string, other: string) => contrast(theme.get(one)!, theme.get(other)!);

	test('body text reads on every surface', () => {
		for (const surface of ['rail', 'page', 'raised']) {
			expect(ratio('fg', surface), `fg on ${surface}`).toBeGreaterThanOrEqual(7);
			expect(ratio('fg-2', surface), `fg-2 on ${surface}`).toBeGreaterThanOrEqual(name === 'dark' ? 7 : 6.9);
		}
	});

	test('captions read on the page and deeper', () => {
		for (const surface of ['rail', 'page']) expect(ratio('fg-3', surface)).toBeGreaterThanOrEqual(6.9);
	});

	test('state words read on the page', () => {
		for (const role of ROLES) expect(ratio(role, 'page'), role).toBeGreaterThanOrEqual(7);
	});

	test('badges are solid accents with dark or white words', () => {
		for (const role of ROLES) expect(ratio('on', role), role).toBeGreaterThanOrEqual(7);
		for (const letter of EVENTS) expect(ratio('on', letter), letter).toBeGreaterThanOrEqual(7);
	});

	test('a control has an edge that is seen on every surface', () => {
		for (const surface of ['rail', 'page', 'raised'])
			expect(ratio('line-control', surface), surface).toBeGreaterThanOrEqual(3);
	});

	test('words read on a tint of their state', () => {
		for (const role of ROLES) {
			const ground = tint(theme.get(role)!, 0.14, theme.get('page')!);
			expect(contrast(theme.get('fg')!, ground), role).toBeGreaterThanOrEqual(7);
		}
	});
});

test('a paused display is dark red with white numerals and the word in the colour of stopping', () => {
	expect(contrast(dark.get('paused-fg')!, dark.get('paused')!)).toBeGreaterThanOrEqual(16);
	expect(contrast(dark.get('stop')!, dark.get('paused')!)).toBeGreaterThanOrEqual(7);
});

test('the published table still holds', () => {
	const published: [string, string, number][] = [
		['fg', 'sunken', 12.97],
		['fg', 'page', 11.34],
		['fg', 'raised', 8.69],
		['fg-2', 'raised', 7.1],
		['act', 'page', 7.79],
		['good', 'page', 11.03],
		['warn', 'page', 12.91],
		['care', 'page', 9.27],
		['stop', 'page', 7.08],
		['wait', 'page', 10.54],
		['line-control', 'page', 4.44],
	];
	for (const [one, other, ratio] of published)
		expect(contrast(dark.get(one)!, dark.get(other)!), `${one} on ${other}`).toBeCloseTo(ratio, 2);
});
