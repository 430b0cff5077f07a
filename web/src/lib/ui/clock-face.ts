/** What a clock shows at leaf time `now`, computed from the anchor and the plan of levels; the same on wall and phone. */

import type { ClockView, PlanRow } from '#lib/tournament/views.ts';
import { readClock } from '#lib/twins/structure/clock.ts';
import { countdown } from '#lib/words/ages.ts';

export type ClockFace = {
	mode: 'pending' | 'running' | 'last' | 'paused' | 'hands' | 'break' | 'ended';
	/** "Level 9", "Break" */
	title: string;
	timer: string;
	remainingMs: number;
	/** the row that is played now, or will be first */
	row: PlanRow | undefined;
	/** the next row that is played */
	next: PlanRow | undefined;
	/** until the next break begins; null when there is none or it is break */
	toBreakMs: number | null;
};

const LAST_MINUTE_MS = 60_000;

export function clockFace(view: ClockView, now: number): ClockFace {
	const reading = view.clock ? readClock(view.clock, view.plan, now) : null;
	const level = reading?.level ?? 1;
	const row = view.plan[level - 1];
	const pending = !reading || reading.state === 'pending';
	const remainingMs = reading?.remaining_ms ?? row?.duration_ms ?? 0;
	let mode: ClockFace['mode'] = 'pending';
	if (!pending && reading.state !== 'running')
		mode = reading.state === 'ended' ? 'ended' : view.hands === 'on' ? 'hands' : 'paused';
	else if (!pending && row?.kind === 'break') mode = 'break';
	else if (!pending) mode = remainingMs <= LAST_MINUTE_MS ? 'last' : 'running';
	return {
		mode,
		title: row?.kind === 'break' ? 'Break' : `Level ${row?.number ?? level}`,
		timer:
			mode === 'ended'
				? '0:00'
				: countdown(pending && now < view.starts_ms ? view.starts_ms - now : remainingMs),
		remainingMs,
		row,
		next: view.plan.slice(level).find((later) => later.kind === 'play'),
		toBreakMs: row?.kind === 'break' ? null : toBreak(view.plan.slice(level), remainingMs),
	};
}

function toBreak(later: readonly PlanRow[], remainingMs: number): number | null {
	let wait = remainingMs;
	for (const row of later) {
		if (row.kind === 'break') return wait;
		wait += row.duration_ms;
	}
	return null;
}
