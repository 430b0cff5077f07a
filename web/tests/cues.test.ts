import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { CUES_PLAIN, type CueName, cuesOf, cueWords, type Said } from '#lib/tournament/cues.ts';
import type { ClockView, PlanRow } from '#lib/tournament/views.ts';
import { clockFace } from '../src/lib/ui/clock-face.ts';

const ALL: CueName[] = [...CUES_PLAIN, 'seconds'];
const at = (mode: Said['mode'], title = 'Level 1', remainingMs = 600_000): Said => ({
	mode,
	title,
	remainingMs,
	registration: 'open',
});

test('an event that says nothing announces what the server says it does', () => {
	const source = readFileSync(new URL('../../crdt_models/documents/structure.py', import.meta.url), 'utf8');
	const plain = /CUES_PLAIN.* = \((.*)\)/.exec(source)![1]!;
	expect(plain.split(', ').map((one) => one.replaceAll('"', ''))).toEqual(CUES_PLAIN);
});

describe('what a clock announces', () => {
	test.each([
		['a new level', at('last'), at('running', 'Level 2'), 'level'],
		['five minutes', at('running', 'Level 1', 300_500), at('running', 'Level 1', 299_900), 'five'],
		['the last minute', at('running', 'Level 1', 60_500), at('last', 'Level 1', 59_900), 'minute'],
		['the last minute of a break', at('break', 'Break', 60_500), at('break', 'Break', 60_000), 'minute'],
		['a tick', at('last', 'Level 1', 10_400), at('last', 'Level 1', 9_900), 'seconds'],
		['the next', at('last', 'Level 1', 9_900), at('last', 'Level 1', 8_900), 'seconds'],
		['within a second', at('last', 'Level 1', 9_900), at('last', 'Level 1', 9_100), null],
		['a break', at('last'), at('break', 'Break'), 'break'],
		['back from it', at('break', 'Break'), at('running', 'Level 2'), 'back'],
		['a pause', at('running'), at('paused'), 'pause'],
		['going on', at('paused'), at('running'), 'resume'],
		['going on in a break', at('paused', 'Break'), at('break', 'Break'), 'resume'],
		['hand for hand after a pause', at('paused'), at('hands'), null],
		['the start', at('pending'), at('running'), 'level'],
		['the same', at('running'), at('running'), null],
		['the end', at('last'), at('ended'), null],
		['a level that is jumped to while it stands', at('paused'), at('paused', 'Level 5'), null],
		['a time that was set', at('running', 'Level 1', 700_000), at('running', 'Level 1', 200_000), null],
		['a screen that slept', at('running', 'Level 1', 70_000), at('last', 'Level 1', 30_000), null],
	] as const)('%s', (_what, before, now, cue) => {
		expect(cuesOf(before, now, ALL)).toEqual(cue ? [cue] : []);
	});

	test('what a screen that was just opened announces: nothing', () => {
		expect(cuesOf(null, at('running'))).toEqual([]);
	});

	test('what the event switched off is quiet, a pause never', () => {
		expect(cuesOf(at('last'), at('running', 'Level 2'), [])).toEqual([]);
		expect(cuesOf(at('running'), at('paused'), [])).toEqual(['pause']);
		expect(cuesOf(at('last', 'Level 1', 10_400), at('last', 'Level 1', 9_900))).toEqual([]);
	});

	test('the end of registration beside the break that it comes with', () => {
		const closed = { ...at('break', 'Break'), registration: 'closed' } as const;
		expect(cuesOf(at('last'), closed)).toEqual(['break', 'registration']);
	});

	test('in words', () => {
		expect(cueWords('back', at('running', 'Level 5'), '400 / 800', '')).toBe(
			'The break is over. Level 5: 400 / 800',
		);
		expect(cueWords('break', at('break', 'Break'), '', '22:25')).toBe('Break until 22:25');
		expect(cueWords('minute', at('break', 'Break'), '', '')).toBe('1 minute left of the break');
		expect(cueWords('five', at('running', 'Level 5'), '', '')).toBe('5 minutes left of level 5');
		expect(cueWords('seconds', at('last'), '', '')).toBeNull();
	});
});

/** A level of 20 minutes, then a break of 10, second by second; the clock stands for `heldMs` after `runMs`. */
function evening(runMs: number, heldMs: number): [cue: string, atMs: number][] {
	const play = { kind: 'play', number: 1, duration_ms: 1_200_000 } as PlanRow;
	const rest = { kind: 'break', number: null, duration_ms: 600_000 } as PlanRow;
	const view = (clock: ClockView['clock']) =>
		({
			clock,
			plan: [play, rest, { ...play, number: 2 }],
			starts_ms: 0,
			hands: 'off',
		}) as unknown as ClockView;
	const left = 1_200_000 - runMs;
	const clockAt = (now: number): ClockView['clock'] =>
		now < runMs
			? { level: 1, state: 'running', anchor_ms: 0, remaining_ms: 1_200_000 }
			: now < runMs + heldMs
				? { level: 1, state: 'paused', anchor_ms: runMs, remaining_ms: left }
				: { level: 1, state: 'running', anchor_ms: runMs + heldMs, remaining_ms: left };
	const heard: [string, number][] = [];
	let before: Said | null = null;
	for (let now = 0; now < 2_000_000 + heldMs; now += 1_000) {
		const said: Said = { ...clockFace(view(clockAt(now)), now), registration: 'open' };
		for (const cue of cuesOf(before, said)) heard.push([cue, now]);
		before = said;
	}
	return heard;
}

test.each([0, 1_000, 7_777, 3_600_000])(
	'[RU13] a pause of %i ms puts off all that comes after it',
	(heldMs) => {
		const [runMs, late] = [850_000, Math.ceil(heldMs / 1_000) * 1_000];
		const plain = evening(runMs, 0);
		expect(plain.map(([cue]) => cue)).toEqual(['five', 'minute', 'break', 'five', 'minute', 'back']);
		const told = evening(runMs, heldMs).filter(([cue]) => cue !== 'pause' && cue !== 'resume');
		expect(told).toEqual(plain.map(([cue, ms]) => [cue, ms + late]));
	},
);
