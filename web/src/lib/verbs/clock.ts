/** The tournament clock, by the pure rules of `twins/clock.ts`; nothing to do is a refusal, and writes nothing. */
import type { Clock } from '../facts.gen.ts';
import type { Replica } from '../replica.svelte.ts';
import * as rules from '../twins/clock.ts';
import { one } from '../twins/typed.ts';
import { type Done, perform, type Refusal, refuse } from './verb.ts';

type Tournament = Replica<'tournament'>;
type Rule = (clock: Clock | null, plan: rules.Plan, now: number) => Clock | null;

export const resumeClock = (tournament: Tournament) => turn(tournament, rules.startClock);
export const pauseClock = (tournament: Tournament) => turn(tournament, rules.pauseClock);
export const nextLevel = (tournament: Tournament) => turn(tournament, rules.nextLevel);
export const previousLevel = (tournament: Tournament) => turn(tournament, rules.previousLevel);

/** The event is over: nothing of it is written any more, until somebody starts its clock again. */
export function endEvent(tournament: Tournament): Done | Refusal {
	return turn(tournament, (clock, plan, now) => {
		const { level, state } = rules.readClock(clock, plan, now);
		return state === 'ended' && clock?.state === 'ended'
			? null
			: { level, state: 'ended', anchor_ms: now, remaining_ms: 0 };
	});
}

/** Another time left of the level that stands now, or of `level`. */
export function setRemaining(tournament: Tournament, remainingMs: number, level?: number): Done | Refusal {
	return turn(tournament, (clock, plan, now) =>
		rules.setClock(clock, plan, now, level ?? rules.readClock(clock, plan, now).level, remainingMs),
	);
}

/** A minute more or less; never below one second. */
export function addTime(tournament: Tournament, deltaMs: number): Done | Refusal {
	return turn(tournament, (clock, plan, now) => {
		const { level, remaining_ms } = rules.readClock(clock, plan, now);
		return rules.setClock(clock, plan, now, level, Math.max(1_000, remaining_ms + deltaMs));
	});
}

/** Minutes of a level that has not been played. */
export function setLevelMinutes(tournament: Tournament, level: number, minutes: number): Done | Refusal {
	const fact = tournament.reader.get(`level/${level}`);
	if (fact === null) return refuse('gone', { level });
	return perform(tournament, {
		[`level/${level}`]: { ...(fact as object), minutes, duration_ms: minutes * 60_000 },
	});
}

function turn(tournament: Tournament, rule: Rule): Done | Refusal {
	const clock = one<Clock>(tournament.reader, 'clock');
	const next = rule(clock, rules.planOf(tournament.reader), tournament.now());
	return next ? perform(tournament, { clock: next }) : refuse('clock_unchanged');
}
