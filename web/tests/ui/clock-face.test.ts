import { describe, expect, test } from 'vitest';
import type { ClockView, PlanRow } from '#lib/tournament/views.ts';
import { clockFace } from '../../src/lib/ui/clock-face.ts';

const MINUTE = 60_000;
const play = (number: number, small: number): PlanRow => ({
	kind: 'play',
	number,
	duration_ms: 20 * MINUTE,
	colour_up: [],
	small,
	big: 2 * small,
	ante: 2 * small,
	ante_by: 'big_blind',
});
const pause: PlanRow = {
	kind: 'break',
	number: null,
	duration_ms: 15 * MINUTE,
	colour_up: [25],
	small: 0,
	big: 0,
	ante: 0,
	ante_by: 'big_blind',
};
const plan = [play(1, 100), play(2, 200), pause, play(3, 300)];

function view(clock: ClockView['clock'], starts_ms = 0): ClockView {
	return { clock, plan, starts_ms } as ClockView;
}

describe('a running clock', () => {
	const running = view({ level: 1, state: 'running', anchor_ms: 1_000, remaining_ms: 20 * MINUTE });

	test('is computed from its anchor', () => {
		expect(clockFace(running, 1_000)).toMatchObject({ mode: 'running', title: 'Level 1', timer: '20:00' });
		expect(clockFace(running, 1_000 + 90_000)).toMatchObject({ timer: '18:30', toBreakMs: 38.5 * MINUTE });
	});

	test('says the last minute', () => {
		expect(clockFace(running, 1_000 + 19 * MINUTE)).toMatchObject({ mode: 'last', timer: '1:00' });
	});

	test('goes on to the next level and the break by itself', () => {
		expect(clockFace(running, 1_000 + 21 * MINUTE)).toMatchObject({ title: 'Level 2', timer: '19:00' });
		const rest = clockFace(running, 1_000 + 41 * MINUTE);
		expect(rest).toMatchObject({ mode: 'break', title: 'Break', timer: '14:00', toBreakMs: null });
		expect(rest.next?.small).toBe(300);
	});

	test('is over after its plan', () => {
		expect(clockFace(running, 1_000 + 200 * MINUTE)).toMatchObject({ mode: 'ended', timer: '0:00' });
	});
});

test('a paused clock stands', () => {
	const paused = view({ level: 2, state: 'paused', anchor_ms: 0, remaining_ms: 761_000 });
	expect(clockFace(paused, 10)).toMatchObject({ mode: 'paused', timer: '12:41' });
	expect(clockFace(paused, 999_999)).toMatchObject({ mode: 'paused', timer: '12:41' });
});

test('before the start it counts down to it', () => {
	expect(clockFace(view(null, 50 * MINUTE), 0)).toMatchObject({ mode: 'pending', timer: '50:00' });
	expect(clockFace(view(null, 0), 10)).toMatchObject({ mode: 'pending', title: 'Level 1', timer: '20:00' });
});

test('a clock that stands for hand-for-hand says so', () => {
	const standing = view({ level: 2, state: 'paused', anchor_ms: 0, remaining_ms: 60_000 });
	expect(clockFace({ ...standing, hands: 'on' }, 10)).toMatchObject({ mode: 'hands' });
	expect(clockFace({ ...standing, hands: 'finishing' }, 10)).toMatchObject({ mode: 'paused' });
});
