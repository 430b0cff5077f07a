/**
 * Which penalties are still being served (TDA 71). Hands are over when they were missed, minutes when their time is
 * over; either when a person ends it. A warning is over at once.
 * Twin of `crdt_models/rules/penalties.py`; both read `tests/vectors/penalties.json`.
 */
import type { Penalty, Served } from '#lib/facts/facts.gen.ts';
import type { FactReader } from '#lib/facts/facts.ts';
import { byText, many } from './typed.ts';

/** What is left of a penalty: hands to miss, or leaf time at which its minutes end (null: no minutes). */
export type Serving = { penalty: string; player: string; handsLeft: number; untilMs: number | null };

const MINUTE_MS = 60_000;

/** The penalties that are not over, the oldest first. */
export function serving(tournament: FactReader, now: number): Serving[] {
	const served = many<Served>(tournament, 'served/');
	return [...many<Penalty>(tournament, 'penalty/')]
		.sort(([a, one], [b, other]) => one.at_ms - other.at_ms || byText(a, b))
		.flatMap(([penalty, { player, hands = 0, minutes = 0, at_ms: atMs }]) => {
			const done = served.get(penalty);
			const handsLeft = Math.max(0, hands - (done?.hands ?? 0));
			const untilMs = minutes ? atMs + minutes * MINUTE_MS : null;
			const goesOn = !done?.ended && (handsLeft > 0 || (untilMs !== null && untilMs > now));
			return goesOn ? [{ penalty, player, handsLeft, untilMs }] : [];
		});
}
