/**
 * What a verb of eliminations refuses before it writes; what arrives written is never refused for it.
 * Twin of `crdt_models/rules/elimination/refusal.py`; both read `tests/vectors/refusal.json`.
 */
import type { Clock } from '#lib/facts/facts.gen.ts';
import type { FactReader } from '#lib/facts/facts.ts';
import { byText, one } from '../typed.ts';
import { standings } from './standings.ts';

export type BustFault = 'not_entered' | 'already_out' | 'last_one';
/** What is written of an event that is over: its reopening, and answers to what was left open. */
export const STILL_WRITTEN: ReadonlySet<string> = new Set([
	'clock',
	'explained/',
	'settled/',
	'knocker/',
	'wanted/',
]);

/** Over: the clock was ended, and somebody has won. Whoever starts the clock again opens it again. */
export function finished(tournament: FactReader): boolean {
	if (one<Clock>(tournament, 'clock')?.state !== 'ended') return false;
	const { out, left } = standings(tournament);
	return out.length > 0 && left.size === 1;
}

/** Whether facts of these names are refused because the event is over; what is undone is never asked. */
export function overFor(tournament: FactReader, names: readonly string[]): boolean {
	const still = names.every((name) => STILL_WRITTEN.has(/^[a-z]+\/?/.exec(name)?.[0] ?? name));
	return !still && finished(tournament);
}

/** Why these can't go out in one hand, and who of them; the last one left has won. */
export function bustFault(
	tournament: FactReader,
	going: readonly string[],
): { code: BustFault; player: string } | null {
	const { players, left } = standings(tournament);
	for (const player of going) {
		if (!players.has(player)) return { code: 'not_entered', player };
		if (!left.has(player)) return { code: 'already_out', player };
	}
	const all = going.length > 0 && [...left].every((player) => going.includes(player));
	return all ? { code: 'last_one', player: [...going].sort(byText)[0]! } : null;
}
