/**
 * Who is out and in which place: places are given backwards, from the busts alone; undoing one restores all.
 * Busts of one hand at different tables tie; at one table the larger stack at its start is placed better.
 * Twin of `crdt_models/rules/elimination/standings.py`; both read `tests/vectors/elimination.json`.
 */

import type { Bust, Entry } from '#lib/facts/facts.gen.ts';
import type { FactReader } from '#lib/facts/facts.ts';
import { byText, many } from '../typed.ts';

/** One player who is out, by the last life `entry`; holds places `place` to `place_to` with those tied. */
export type Finish = { player: string; entry: string; place: number; place_to: number; at_ms: number };

/** `lives`: tournament entries, re-entries too; `left`: players with a life, `out` best place first. */
export type Standings = {
	lives: number;
	players: ReadonlySet<string>;
	left: ReadonlySet<string>;
	out: readonly Finish[];
	/** player → the life they play or played last */
	lifeOf: ReadonlyMap<string, string>;
};

/** Everybody's standing. A bust whose entry is unknown (has not arrived) counts for its player. */
export function standings(tournament: FactReader): Standings {
	const entries = many<Entry>(tournament, 'entry/');
	const busts = many<Bust>(tournament, 'bust/');
	const lives = new Map<string, string[]>();
	const add = (player: string, life: string) => lives.set(player, [...(lives.get(player) ?? []), life]);
	const byNumber = [...entries].sort(([a, x], [b, y]) => x.number - y.number || byText(a, b));
	for (const [life, { player }] of byNumber) add(player, life);
	for (const [life, { player }] of busts) if (!entries.has(life)) add(player, life);
	const left = new Set<string>();
	const lifeOf = new Map<string, string>();
	const out: Ended[] = [];
	for (const [player, own] of lives) {
		const life = own.findLast((each) => !busts.has(each)) ?? own.at(-1)!;
		lifeOf.set(player, life);
		const bust = busts.get(life);
		if (bust) out.push({ player, entry: life, bust });
		else left.add(player);
	}
	const count = [...lives.values()].reduce((sum, own) => sum + own.length, 0);
	return { lives: count, players: new Set(lives.keys()), left, out: finishesOf(out, left.size), lifeOf };
}

/** The place of whoever goes out next, alone in the hand and without re-entering. */
export function nextPlace(tournament: FactReader): number {
	return standings(tournament).left.size;
}

/** Everybody who has a place, best first: who is out, and the winner once only one is left. */
export function finishes(standing: Standings): Finish[] {
	if (standing.left.size !== 1 || standing.out.length === 0) return [...standing.out];
	const [player] = standing.left;
	const entry = standing.lifeOf.get(player!)!;
	return [{ player: player!, entry, place: 1, place_to: 1, at_ms: 0 }, ...standing.out];
}

type Ended = { player: string; entry: string; bust: Bust };

function finishesOf(out: readonly Ended[], left: number): Finish[] {
	const hands = new Map<string, Ended[]>();
	for (const ended of out) hands.set(ended.bust.hand, [...(hands.get(ended.bust.hand) ?? []), ended]);
	const lastMs = (lives: readonly Ended[]) => Math.max(...lives.map(({ bust }) => bust.at_ms));
	const inOrder = [...hands].sort(([a, x], [b, y]) => lastMs(y) - lastMs(x) || byText(a, b));
	const placed: Finish[] = [];
	for (const [, lives] of inOrder) {
		const better = left + placed.length;
		const above = new Map(lives.map((one) => [one, aboveOf(one, lives)]));
		const sorted = [...lives].sort((a, b) => above.get(a)! - above.get(b)! || byText(a.entry, b.entry));
		for (const one of sorted) {
			const own = above.get(one)!;
			const place = better + sorted.filter((other) => above.get(other)! < own).length + 1;
			const place_to = better + sorted.filter((other) => above.get(other)! <= own).length;
			placed.push({ player: one.player, entry: one.entry, place, place_to, at_ms: one.bust.at_ms });
		}
	}
	return placed;
}

/** How many of its own table went out in this hand with more chips; 0 where one of them does not say. */
function aboveOf({ bust }: Ended, hand: readonly Ended[]): number {
	const here = hand.filter((other) => (other.bust.table ?? '') === (bust.table ?? ''));
	const stacks = here.map((other) => other.bust.stack_before ?? null);
	if (stacks.includes(null)) return 0;
	return stacks.filter((stack) => stack! > bust.stack_before!).length;
}
