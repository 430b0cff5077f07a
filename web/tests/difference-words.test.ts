import { expect, test } from 'vitest';
import { type Disagreement, differenceId } from '#lib/twins/reconcile.ts';
import { DIFFERENCES, ENDED_BY, EXPLANATIONS } from '#lib/words/difference-words.ts';
import { vectors } from './twins/written.ts';

type Rows = { cases: { expect: [Disagreement['kind'], string, string | null, number][] }[] };

/** Kinds whose row at the cage has a verb that ends it there. */
const AT_THE_CAGE = ['seated_unpaid', 'busted_unpaid', 'stack_unpaid', 'paid_unseated'];

test('every difference has words of its own, and either an act at the cage or who ends it elsewhere', () => {
	const { cases } = vectors<Rows>('reconcile');
	const kinds = new Set(cases.flatMap((one) => one.expect.map(([kind]) => kind)));
	expect([...kinds].sort()).toEqual(Object.keys(DIFFERENCES).sort());
	expect(new Set(Object.values(DIFFERENCES)).size).toBe(kinds.size);
	for (const kind of kinds) expect(kind in ENDED_BY, kind).toBe(!AT_THE_CAGE.includes(kind));
});

test('who ends a prize paid in play, and a place that differs', () => {
	expect(ENDED_BY.paid_out_in_play).toBe(
		'Void the payout if it was wrong; else the floor takes the player out',
	);
	expect(ENDED_BY.place_differs).toBe(
		'The floor puts the order right, or a manager corrects the result at the cage',
	);
});

test('what a person explains is one difference, and a reason is given in few words', () => {
	const row = { kind: 'place_differs', player: 'ana', entry: null, since_ms: 5 } as const;
	expect(differenceId(row)).toBe('place_differs.ana.-');
	for (const reason of EXPLANATIONS) expect(reason.length).toBeLessThanOrEqual(24);
});
