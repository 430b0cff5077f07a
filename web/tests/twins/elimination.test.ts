import { describe, expect, test } from 'vitest';
import type { HandForHand } from '#lib/facts/facts.gen.ts';
import { chipsInPlay, chipsOff, expectedAt, knownStacks, unbagged } from '#lib/twins/elimination/chips.ts';
import {
	announced,
	handDone,
	handsEnded,
	handsStarted,
	openHand,
	stillDealing,
} from '#lib/twins/elimination/hands.ts';
import { byPosition, knockers, unclaimed } from '#lib/twins/elimination/knockers.ts';
import { bustFault, finished, overFor } from '#lib/twins/elimination/refusal.ts';
import { stillWanted } from '#lib/twins/elimination/wanted.ts';
import { type Facts, reading, vectors } from './written.ts';

type Mode = [state: string, run: number, hand: number] | null;
type Hands = {
	id: string;
	facts: Facts;
	open_hand: string | null;
	still_dealing: string[];
	announced: Mode;
	hands_started: Mode;
	hand_done: Mode;
	hands_ended: Mode;
};
type Chips = {
	id: string;
	tournament: Facts;
	cage: Facts;
	at_ms: Record<string, number>;
	in_play: number[];
	expected: Record<string, number>;
	known?: Record<string, [number, number | null]>;
	off: [string, number][];
};
type Heads = {
	id: string;
	tournament: Facts;
	cage: Facts;
	knockers: Record<string, string[]>;
	unclaimed: string[];
};
type Refused = {
	id: string;
	tournament: Facts;
	finished: boolean;
	bust: [string[], string | null, string][];
};

const told = (mode: HandForHand | null): Mode => mode && [mode.state, mode.run, mode.hand];

describe('hand for hand', () => {
	const { cases } = vectors<{ cases: Hands[] }>('hands');
	test.each(cases)('$id', ({ facts, ...wanted }) => {
		const event = reading('tournament/e', facts);
		expect(openHand(event)).toBe(wanted.open_hand);
		expect(stillDealing(event, ['t1', 't2', 't3'])).toEqual(wanted.still_dealing);
		expect(told(announced(event, 7))).toEqual(wanted.announced);
		expect(told(handsStarted(event, 7))).toEqual(wanted.hands_started);
		expect(told(handDone(event, 7))).toEqual(wanted.hand_done);
		expect(told(handsEnded(event, 7))).toEqual(wanted.hands_ended);
	});
});

describe('chips in play', () => {
	const { cases } = vectors<{ cases: Chips[] }>('chips');
	test.each(cases)('$id', ({ tournament, cage, at_ms, in_play, expected, known = {}, off }) => {
		const event = reading('tournament/e', tournament, at_ms);
		const sold = reading('cage', cage);
		const sums = chipsInPlay(event, 'e', sold);
		const { entries, rebuys, add_ons, early_birds, raced, removed, corrected, total } = sums;
		expect([entries, rebuys, add_ons, early_birds, raced, removed, corrected, total]).toEqual(in_play);
		for (const [table, chips] of Object.entries(expected))
			expect(expectedAt(event, 'e', sold, table)).toBe(chips);
		const stacks = knownStacks(event, 'e', sold);
		for (const [player, [chips, bought]] of Object.entries(known))
			expect(stacks.get(player)).toEqual({ chips, bought });
		expect(chipsOff(event).map(({ table, difference }) => [table, difference])).toEqual(off);
	});

	test('a bag is done when it is signed and counted twice', () => {
		const bags = {
			'bag/a': { chips: 5, at_ms: 1, signed: true, second: 5 },
			'bag/b': { chips: 5, at_ms: 1, signed: true, second: 6 },
			'bag/c': { chips: 5, at_ms: 1, second: 5 },
		};
		expect(unbagged(reading('tournament/e', bags), ['d', 'c', 'b', 'a'])).toEqual(['d', 'c', 'b']);
	});
});

describe('heads', () => {
	const { cases } = vectors<{ cases: Heads[] }>('knockers');
	test.each(cases)('$id', ({ tournament, cage, knockers: wanted, unclaimed: open }) => {
		const event = reading('tournament/e', tournament);
		expect(Object.fromEntries(knockers(event))).toEqual(wanted);
		expect(unclaimed(event, 'e', reading('cage', cage))).toEqual(open);
	});

	test('shares go by position from the seat after the button', () => {
		const seats = new Map(Object.entries({ ana: 1, bea: 4, cyd: 5, dag: 9 }));
		const button = { button: 4, small_blind: 5, big_blind: 9 };
		expect(byPosition(button, seats)).toEqual(['cyd', 'dag', 'ana', 'bea']);
		expect(byPosition(null, seats)).toEqual(['ana', 'bea', 'cyd', 'dag']);
	});
});

describe('wanted of the cage', () => {
	type Wanted = { id: string; tournament: Facts; cage: Facts; waits: string[] };
	const { cases } = vectors<{ cases: Wanted[] }>('wanted');
	test.each(cases)('$id', ({ tournament, cage, waits }) => {
		const open = stillWanted(reading('tournament/e', tournament), 'e', reading('cage', cage));
		expect([...open.keys()]).toEqual(waits);
	});
});

describe('refused before it is written', () => {
	const { cases } = vectors<{ cases: Refused[] }>('refusal');
	test.each(cases)('$id', ({ tournament, finished: over, bust }) => {
		const event = reading('tournament/e', tournament);
		expect(finished(event)).toBe(over);
		for (const [players, code, player] of bust)
			expect(bustFault(event, players)).toEqual(code && { code, player });
		for (const names of [['seat/ana'], ['bust/e1', 'clock'], ['level/1'], ['setup']])
			expect(overFor(event, names)).toBe(over);
		expect(overFor(event, ['clock', 'explained/x.y.z', 'settled/seat/ana', 'knocker/e1'])).toBe(false);
	});
});
