/** What a satellite leads to, as it is typed: the event, what a seat costs there, and how the rest is given. */
import { amountText } from '#lib/words/amounts.ts';

/** What a further seat is to who holds one: '' nobody wins two here. */
export type Again = '' | 'ticket' | 'cash';
/** `target` '': prizes are money, by place. `step` '': the rest goes to the next finisher alone. */
export type SatelliteDraft = { target: string; seat: string; step: string; again: Again };
export type Satellite = {
	target: string;
	seat_cents: number;
	step_cents?: number | null;
	again?: Exclude<Again, ''> | null;
};

export function satelliteOf(satellite: Satellite | null | undefined, currency: string): SatelliteDraft {
	const text = (cents: number | null | undefined) => (cents ? amountText(cents, currency) : '');
	return {
		target: satellite?.target ?? '',
		seat: text(satellite?.seat_cents),
		step: text(satellite?.step_cents),
		again: satellite?.again ?? '',
	};
}

/** As the ledger adopts it; null: it is none. */
export function checkSatellite(
	{ target, seat, step, again }: SatelliteDraft,
	amount: (field: string, text: string) => number,
	faults: Partial<Record<string, string>>,
): Satellite | null {
	if (!target) return null;
	const seat_cents = amount('satellite.seat', seat);
	const step_cents = step.trim() ? amount('satellite.step', step) : 0;
	if (!faults['satellite.seat'] && seat_cents < 1) faults['satellite.seat'] = 'What a seat costs there.';
	return { target, seat_cents, ...(step_cents ? { step_cents } : {}), ...(again ? { again } : {}) };
}
