/**
 * What a clock announces by itself, by words and sound: told from what it said before and says now, and never written.
 * What is left of a level follows a pause, so every warning does.
 */
import type { Cues } from '#lib/facts/facts.gen.ts';

export type CueName = NonNullable<Cues['on']>[number];
/** A pause and going on are always heard. */
export type Cue = CueName | 'pause' | 'resume';

/** What an event announces that says nothing of it; as `CUES_PLAIN` in `crdt_models/documents/structure.py`. */
export const CUES_PLAIN: readonly CueName[] = ['level', 'break', 'back', 'registration', 'five', 'minute'];

/** What a clock says; `title` is "Level 9" or "Break". */
export type Said = {
	mode: 'pending' | 'running' | 'last' | 'paused' | 'hands' | 'break' | 'ended';
	title: string;
	remainingMs: number;
	registration: 'open' | 'closed';
};

const WARNINGS = [
	['five', 300_000],
	['minute', 60_000],
] as const;
const TICKS_MS = 10_000;
/** A clock that passes a mark by more was set, jumped or asleep: the warning would come late, and be wrong. */
const PASSED_MS = 2_000;

/** What is announced when a clock that said `before` says `now`, the weightiest first; `on`: what the event announces. */
export function cuesOf(before: Said | null, now: Said, on: readonly CueName[] = CUES_PLAIN): Cue[] {
	if (!before || before.mode === 'ended') return [];
	const turned = turnOf(before, now);
	const found: (Cue | null)[] = [
		turned,
		before.registration === 'open' && now.registration === 'closed' ? 'registration' : null,
		turned ? null : warningOf(before, now),
	];
	return found.filter(
		(cue) => cue === 'pause' || cue === 'resume' || (cue !== null && on.includes(cue)),
	) as Cue[];
}

function turnOf(before: Said, now: Said): Cue | null {
	const stood = stands(before);
	if (stands(now)) return stood ? null : 'pause';
	if (now.mode === 'ended' || now.mode === 'pending') return null;
	if (before.title !== now.title) {
		if (now.mode === 'break') return stood ? 'resume' : 'break';
		return before.title === 'Break' ? 'back' : 'level';
	}
	if (stood) return 'resume';
	return before.mode === 'pending' ? 'level' : null;
}

function stands({ mode }: Said): boolean {
	return mode === 'paused' || mode === 'hands';
}

function warningOf(before: Said, { mode, remainingMs: left }: Said): CueName | null {
	if (mode === 'ended' || mode === 'pending' || mode === 'paused' || mode === 'hands') return null;
	for (const [cue, mark] of WARNINGS)
		if (before.remainingMs > mark && left <= mark && left > mark - PASSED_MS) return cue;
	const second = Math.ceil(left / 1_000);
	return left <= TICKS_MS && left > 0 && second < Math.ceil(before.remainingMs / 1_000) ? 'seconds' : null;
}

/** As it stands on screens; null: only heard. `back`: the time of day a break ends. */
export function cueWords(cue: Cue, { title }: Said, blinds: string, back: string): string | null {
	const left = title === 'Break' ? 'of the break' : `of ${title.toLowerCase()}`;
	switch (cue) {
		case 'level':
			return `${title}: ${blinds}`;
		case 'break':
			return `Break until ${back}`;
		case 'back':
			return `The break is over. ${title}: ${blinds}`;
		case 'registration':
			return 'Late registration is closed';
		case 'five':
			return `5 minutes left ${left}`;
		case 'minute':
			return `1 minute left ${left}`;
		case 'pause':
			return 'The clock stands';
		case 'resume':
			return 'The clock runs';
		case 'seconds':
			return null;
	}
}
