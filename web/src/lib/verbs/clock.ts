/** The tournament clock, by the pure rules of `twins/structure/clock.ts`; nothing to do is a refusal, and writes nothing. */
import type { Clock } from '#lib/facts/facts.gen.ts';
import type { Replica } from '#lib/sync/replica.svelte.ts';
import type { CueName } from '../tournament/cues.ts';
import * as rules from '../twins/structure/clock.ts';
import { one } from '../twins/typed.ts';
import { type Done, perform, type Refusal, refuse } from './verb.ts';

type Tournament = Replica<'tournament'>;
type Rule = (clock: Clock | null, plan: rules.Plan, now: number) => Clock | null;

export const resumeClock = (tournament: Tournament) => turn(tournament, rules.startClock);
export const pauseClock = (tournament: Tournament) => turn(tournament, rules.pauseClock);
export const restartLevel = (tournament: Tournament) => turn(tournament, rules.restartLevel);

/** One level on from row `seen`: where somebody has done so since, nothing is left to do. */
export function nextLevel(tournament: Tournament, seen?: number): Done | Refusal {
	return turn(tournament, (clock, plan, now) => where(seen, clock, plan, now, rules.nextLevel));
}

/** One level back from row `seen`; likewise. */
export function previousLevel(tournament: Tournament, seen?: number): Done | Refusal {
	return turn(tournament, (clock, plan, now) => where(seen, clock, plan, now, rules.previousLevel));
}

/** To row `row` in full. */
export function goToLevel(tournament: Tournament, row: number): Done | Refusal {
	return turn(tournament, (clock, plan, now) =>
		rules.setClock(clock, plan, now, row, plan[row - 1]?.duration_ms ?? 0),
	);
}

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
		const { level, state, remaining_ms } = rules.readClock(clock, plan, now);
		if (state === 'ended') return null;
		return rules.setClock(clock, plan, now, level, Math.max(1_000, remaining_ms + deltaMs));
	});
}

/** What the clock announces by itself, on every screen of the event. */
export function setCues(tournament: Tournament, on: readonly CueName[]): Done | Refusal {
	return perform(tournament, { cues: { on } });
}

function where(seen: number | undefined, clock: Clock | null, plan: rules.Plan, now: number, rule: Rule) {
	const { level } = rules.readClock(clock, plan, now);
	return seen === undefined || seen === level ? rule(clock, plan, now) : null;
}

function turn(tournament: Tournament, rule: Rule): Done | Refusal {
	const clock = one<Clock>(tournament.reader, 'clock');
	const [plan, now] = [rules.planOf(tournament.reader), tournament.now()];
	const next = rule(clock, plan, now);
	if (next) return perform(tournament, { clock: next });
	return refuse(rules.readClock(clock, plan, now).state === 'ended' ? 'event_ended' : 'clock_unchanged');
}
