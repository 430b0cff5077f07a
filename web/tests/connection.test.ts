import { expect, test } from 'vitest';
import { AT_FIRST, type Standing } from '#lib/sync/standing.ts';
import { backOffMs } from '#lib/sync/sync.ts';
import { kindOf } from '#lib/venue/connection-kind.ts';

const standing = (status: Standing['status'], fault: Standing['fault'] = null): Standing => ({
	...AT_FIRST,
	status,
	fault,
	loaded: true,
});
const leaf = standing({ kind: 'synced', at: 'leaf' });
const core = standing({ kind: 'synced', at: 'core' });
const away = standing({ kind: 'connecting' });
const absent = standing({ kind: 'absent' });
const kind = (standings: Standing[], unsent = 0, oldestMs = 0, sinceStartMs = 60_000) =>
	kindOf(standings, unsent, oldestMs, sinceStartMs).kind;

test('the worst document counts; one that is not there yet does not', () => {
	expect(kind([leaf, leaf, absent])).toBe('synced');
	expect(kind([leaf, core])).toBe('at-core');
	expect(kind([leaf, core, away])).toBe('no-leaf');
	expect(kind([leaf, standing({ kind: 'ended', code: 4403 })])).toBe('reading-only');
	expect(kind([away, standing({ kind: 'ended', code: 4422 }, 'fenced')])).toBe('reading-only');
	expect(kind([leaf, standing({ kind: 'connecting' }, 'store')])).toBe('cant-save');
});

test('a full disk, an old box, an old page: said in words, with what to do', () => {
	const full = { ...leaf, trouble: 'full' as const };
	const said = (...standings: Standing[]) => kindOf(standings, 1, 5_000, 60_000);
	expect(said(leaf, full)).toMatchObject({
		kind: 'disk',
		reason: "The leaf's disk is full. Changes are kept on this tablet. Free space on it.",
	});
	expect(said({ ...full, status: { kind: 'connecting' } }).kind).toBe('no-leaf');
	expect(said(standing({ kind: 'connecting', oldBox: true })).reason).toContain('An old leaf has come back');
	expect(said(standing({ kind: 'synced', at: 'core', oldBox: true }))).toMatchObject({ kind: 'at-core' });
	expect(said(leaf, standing(leaf.status, 'old-page'))).toMatchObject({
		kind: 'reading-only',
		remedy: 'reload',
	});
	expect(said(leaf, standing(leaf.status, 'fenced'))).toMatchObject({ kind: 'reading-only', remedy: 'copy' });
	expect(said(leaf, standing({ kind: 'ended', code: 4413 })).reason).toContain('too large');
});

test('never synced while a change is older than a moment', () => {
	expect(kind([leaf], 1, 100)).toBe('synced');
	expect(kind([leaf], 1, 500)).toBe('sending');
	expect(kind([leaf], 1, 5_000)).toBe('saved-here');
});

test('at the start it catches up; a leaf that stays away is said within seconds', () => {
	expect(kind([away], 0, 0, 1_000)).toBe('catching-up');
	expect(kind([away], 0, 0, 3_000)).toBe('no-leaf');
});

test('a room full of tablets does not knock at once: 50 to 500 ms at first, 8 s at most', () => {
	expect(backOffMs(0, () => 0)).toBe(50);
	expect(backOffMs(0, () => 1)).toBe(500);
	for (let tries = 0; tries < 40; tries++) expect(backOffMs(tries)).toBeLessThanOrEqual(8_000);
});
