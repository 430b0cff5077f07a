/**
 * Hand-for-hand: all tables play one hand at a time, and busts of it are one moment, at whatever table. Hand 0 is the
 * one under way when "finish the hand, then hold" is said. What follows is worked out from what there is, never drawn:
 * two tablets that do the same at once have done it once. Twin of `crdt_models/rules/elimination/hands.py`.
 */
import type { Dealt, HandForHand } from '#lib/facts/facts.gen.ts';
import type { FactReader } from '#lib/facts/facts.ts';
import { many, one } from '../typed.ts';

/** The id of the hand that busts now belong to; null: tables play each for itself. */
export function openHand(tournament: FactReader): string | null {
	const mode = modeOf(tournament);
	return mode.state === 'off' ? null : `hfh-${mode.run}-${mode.hand}`;
}

/** Which of these tables have not finished the open hand, in their order; none where there is no open hand. */
export function stillDealing(tournament: FactReader, tables: readonly string[]): string[] {
	const { state, run, hand } = modeOf(tournament);
	if (state === 'off') return [];
	const done = many<Dealt>(tournament, 'dealt/');
	return tables.filter((table) => done.get(table)?.run !== run || done.get(table)?.hand !== hand);
}

/** "Finish the hand, then hold"; null: it was said already. */
export function announced(tournament: FactReader, now: number): HandForHand | null {
	const { state, run } = modeOf(tournament);
	return state === 'off' ? { state: 'finishing', run: run + 1, hand: 0, at_ms: now } : null;
}

/** Hand 1 is dealt everywhere, after an announcement or without one; null: it goes on already. */
export function handsStarted(tournament: FactReader, now: number): HandForHand | null {
	const { state, run } = modeOf(tournament);
	if (state === 'on') return null;
	return { state: 'on', run: state === 'off' ? run + 1 : run, hand: 1, at_ms: now };
}

/** The next hand; null: not hand for hand. */
export function handDone(tournament: FactReader, now: number): HandForHand | null {
	const { state, run, hand } = modeOf(tournament);
	return state === 'on' ? { state, run, hand: hand + 1, at_ms: now } : null;
}

/** Tables play each for itself again; null: they do. */
export function handsEnded(tournament: FactReader, now: number): HandForHand | null {
	const { state, run, hand } = modeOf(tournament);
	return state === 'off' ? null : { state: 'off', run, hand, at_ms: now };
}

function modeOf(tournament: FactReader): HandForHand {
	return one<HandForHand>(tournament, 'handforhand') ?? { state: 'off', run: 0, hand: 0, at_ms: 0 };
}
