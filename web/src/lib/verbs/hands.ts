/** Hand-for-hand: announced, begun, one hand after the other, ended; and which tables hold. */
import type { Clock, Dealt, HandForHand, HouseRules } from '#lib/facts/facts.gen.ts';
import type { Replica } from '#lib/sync/replica.svelte.ts';
import * as hands from '../twins/elimination/hands.ts';
import { handDone as clockAfterHand, pauseClock, planOf } from '../twins/structure/clock.ts';
import { one } from '../twins/typed.ts';
import { type Done, perform, type Refusal, refuse } from './verb.ts';

type Tournament = Replica<'tournament'>;

/** "Finish the hand, then hold": from now on busts count together. */
export function announceHands(tournament: Tournament): Done | Refusal {
	return write(tournament, hands.announced(tournament.reader, tournament.now()));
}

/** Hand 1 everywhere; the clock stands from now on, and hands take their time off it. */
export function startHands(tournament: Tournament): Done | Refusal {
	const now = tournament.now();
	const clock = pauseClock(one<Clock>(tournament.reader, 'clock'), planOf(tournament.reader), now);
	return write(tournament, hands.handsStarted(tournament.reader, now), clock);
}

/** All tables have finished the hand: its minutes go off the clock, and the next one is open. */
export function doHand(tournament: Tournament): Done | Refusal {
	const [now, plan] = [tournament.now(), planOf(tournament.reader)];
	const clock = clockAfterHand(one<Clock>(tournament.reader, 'clock'), plan, now, handMinutes(tournament));
	return write(tournament, hands.handDone(tournament.reader, now), clock);
}

/** Tables play each for itself again; a person starts the clock. */
export function endHands(tournament: Tournament): Done | Refusal {
	return write(tournament, hands.handsEnded(tournament.reader, tournament.now()));
}

/** This table has finished the open hand and holds; or it has not after all. */
export function tickTable(tournament: Tournament, table: string, holds: boolean): Done | Refusal {
	const mode = one<HandForHand>(tournament.reader, 'handforhand');
	if (!mode || mode.state === 'off') return refuse('no_hand', { table });
	const dealt: Dealt = { run: mode.run, hand: mode.hand };
	return perform(tournament, { [`dealt/${table}`]: holds ? dealt : null });
}

/** Minutes that a hand takes off the clock here. */
export function handMinutes(tournament: Tournament): number {
	return one<HouseRules>(tournament.reader, 'house')?.hand_minutes ?? 2;
}

function write(tournament: Tournament, mode: HandForHand | null, clock: Clock | null = null): Done | Refusal {
	if (!mode) return refuse('no_hand', {});
	return perform(tournament, { handforhand: mode, ...(clock ? { clock } : {}) });
}
