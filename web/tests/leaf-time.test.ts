import fc from 'fast-check';
import { expect, test } from 'vitest';
import { LeafTime } from '#lib/sync/leaf-time.ts';

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

test('a device whose clock runs fast is set right again by what comes fastest', () => {
	const { clock, time } = clocked(null);
	for (let second = 0; second <= 3_600; second += 2) {
		const delay = second % 10 ? 40 : 2;
		clock.ms = 1_000 * second * 1.0001 + delay; // 100 parts in a million
		time.heard(50_000 + 1_000 * second);
	}
	expect(Math.abs(time.now() - (50_000 + 3_600_000))).toBeLessThan(50);
});

test('screens that hear the same leaf over different lines show the same moment within 100 ms', () => {
	const delays = fc.array(fc.integer({ min: 0, max: 400 }), { minLength: 30, maxLength: 60 });
	const drifts = fc.double({ min: -1e-4, max: 1e-4, noNaN: true });
	const screen = fc.record({ delays, drift: drifts, starts: fc.integer({ min: 0, max: 10_000 }) });
	fc.assert(
		fc.property(fc.array(screen, { minLength: 2, maxLength: 6 }), (screens) => {
			const leafNow = 1_000_000;
			const shown = screens.map(({ delays: late, drift, starts }) => {
				const clock = { ms: 0 };
				const at = (leafMs: number) => (leafMs - starts) * (1 + drift);
				clock.ms = at(starts);
				const time = new LeafTime(null, 0, 7, () => clock.ms);
				// one word in ten comes within 50 ms, as on any line that carries a clock at all
				for (const [n, ms] of late.entries()) {
					const said = leafNow - 2_000 * (late.length - n);
					clock.ms = at(said + (n % 10 === 9 ? ms % 50 : ms));
					time.heard(said);
				}
				clock.ms = at(leafNow);
				return time.now();
			});
			for (const moment of shown) expect(Math.abs(moment - leafNow)).toBeLessThan(100);
			expect(Math.max(...shown) - Math.min(...shown)).toBeLessThan(100);
		}),
	);
});
