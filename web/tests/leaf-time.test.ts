import { expect, test } from 'vitest';
import { LeafTime } from '#lib/leaf-time.ts';

function clocked(kept: { leafMs: number; unixMs: number } | null, unixMs = 50_000) {
	const clock = { ms: 0 };
	return { clock, time: new LeafTime(kept, 10_000, unixMs, () => clock.ms) };
}

test('without a word it goes by what was kept and the wall clock since, then by the monotonic clock', () => {
	const { clock, time } = clocked({ leafMs: 1_000, unixMs: 48_000 });
	expect(time.now()).toBe(3_000);
	clock.ms = 250;
	expect(time.now()).toBe(3_250);
	expect(time.sinceContact()).toBeNull();
});

test('a wall clock that was set back adds nothing', () => {
	expect(clocked({ leafMs: 1_000, unixMs: 60_000 }).time.now()).toBe(1_000);
	expect(clocked(null).time.now()).toBe(40_000);
});

test('a server is right: ahead or behind is corrected, and the sum of corrections is remembered', () => {
	const { clock, time } = clocked({ leafMs: 100_000, unixMs: 50_000 });
	expect(time.heard(40_000)).toBe(60_000);
	expect(time.now()).toBe(40_000);
	expect(time.shift).toBe(60_000);
	clock.ms = 1_000;
	expect(time.heard(43_000)).toBe(-2_000);
	expect(time.now()).toBe(43_000);
	expect(time.shift).toBe(58_000);
	expect(time.sinceContact()).toBe(0);
});

test('a message that was late on its way does not turn the clock back', () => {
	const { clock, time } = clocked(null);
	time.heard(5_000);
	clock.ms = 1_000;
	time.heard(5_800); // said 200 ms ago
	expect(time.now()).toBe(6_000);
});
