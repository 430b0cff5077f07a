/**
 * Taking acts back: what to write so that facts say again what they said before. Pure; nothing is deleted.
 * An act is taken back whole or not at all; what was changed since stays, unless a person wants it all the same.
 * Twin of `crdt_models/take_back.py`; both read `tests/vectors/take_back.json`.
 */

import { type HindranceCode, hindrance } from '#lib/twins/hindrance.ts';
import { byText } from '#lib/twins/typed.ts';
import { compareStamps, type Json, REPLACES_MAX } from './edits.ts';
import type { Conflict, Kind, Settled } from './facts.gen.ts';
import type { FactReader, Index } from './facts.ts';
import { equal } from './readings.ts';

/** One edit, as history tells it. */
export type Told = { stamp: string; name: string; before: Json; after: Json };
/** One edit to write: `replaces` is what it undoes and what counts now; what comes meanwhile is a rival. */
export type Writing = { name: string; value: Json; replaces: readonly string[] };
/** An act to write, for the act whose first edit is `stamp`; without edits where others do it all. */
export type Taking = { stamp: string; edits: readonly Writing[] };
/** An act that stays: the fact of it that is concerned, and the fact that has to go first ("": nothing helps). */
export type Stays = { stamp: string; code: 'changed' | HindranceCode; name: string; fact: string };
export type Plan = { taken: readonly Taking[]; stays: readonly Stays[] };

type Acts = Map<string, readonly Told[]>;

const SETTLED = 'settled/';
const SETTLED_STAMPS_MAX = 12;

/** Each of `acts` whole. `allTheSame`: also over what was changed since. */
export function planTakeBack(
	kind: Kind,
	facts: Index,
	acts: readonly (readonly Told[])[],
	allTheSame = false,
): Plan {
	const given = acts.map((act) => [...act].sort(byStamp)).sort(([a], [b]) => byStamp(a!, b!));
	const standing: Acts = new Map(given.map((act) => [act[0]!.stamp, butPlainSetup(act)]));
	const stays: Stays[] = [];
	for (;;) {
		const { writings, changed } = writingsOf(facts, standing, allTheSame);
		const falls = fallsOf(kind, facts, standing, writings, changed);
		if (!falls.length) return { taken: takings(standing, writings), stays };
		// without them others may fall: look again
		for (const { stamp } of falls) standing.delete(stamp);
		stays.push(...falls);
	}
}

/** What to write, under the first act that said something of the fact. */
function takings(standing: Acts, writings: readonly Writing[]): Taking[] {
	const of = new Map<string, Writing[]>([...standing.keys()].map((first) => [first, []]));
	const firsts = new Map<string, string>();
	for (const [first, act] of standing)
		for (const { name } of act) if (!firsts.has(name)) firsts.set(name, first);
	for (const writing of writings) {
		const first = firsts.get(writing.name) ?? firsts.get(writing.name.slice(SETTLED.length))!;
		of.get(first)!.push(writing);
	}
	return [...of].map(([stamp, edits]) => ({ stamp, edits }));
}

/** A document that only began with this act goes on to be there; the rest of the act goes back. */
function butPlainSetup(act: readonly Told[]): readonly Told[] {
	const plain = (setup: Json) =>
		setup !== null && Object.keys(setup).every((key) => key === 'kind' || key === 'version');
	const rest = act.filter(({ name, after }) => name !== 'setup' || !plain(after));
	return rest.length ? rest : act;
}

function writingsOf(facts: Index, standing: Acts, allTheSame: boolean) {
	const chains = new Map<string, Told[]>();
	// a call-out goes with its seat: that somebody saw the player arrive changes nothing of the move
	const follows = new Set<string>();
	for (const act of standing.values())
		for (const told of act) {
			chains.set(told.name, [...(chains.get(told.name) ?? []), told]);
			const seat = told.name.replace(/^move\//, 'seat/');
			if (seat !== told.name && act.some(({ name }) => name === seat)) follows.add(told.name);
		}
	const writings: Writing[] = [];
	const changed = new Set<string>();
	for (const [name, chain] of chains) {
		chain.sort(byStamp);
		if (!allTheSame && !follows.has(name)) for (const { stamp } of overlaid(facts, chain)) changed.add(stamp);
		writings.push(...undone(facts, name, chain));
	}
	return { writings, changed };
}

/** Those of the chain (edits of one fact, oldest first) on which somebody else has built since. */
function overlaid(facts: Index, chain: readonly Told[]): readonly Told[] {
	const live = new Set(facts.live(chain[0]!.name));
	if (!live.has(chain.at(-1)!.stamp)) return chain;
	for (let n = chain.length - 1; n > 0; n--) {
		const [older, newer] = [chain[n - 1]!, chain[n]!];
		if (!live.has(older.stamp) && !equal(older.after, newer.before)) return chain.slice(0, n);
	}
	return [];
}

/** The fact without this chain: as before it, or as the rivals say that were not made by it. */
function undone(facts: Index, name: string, chain: readonly Told[]): Writing[] {
	const live = facts.live(name);
	const mine = new Set(chain.map(({ stamp }) => stamp));
	const rest = live.filter((stamp) => !mine.has(stamp));
	if (!rest.length || rest.length === live.length) {
		const replaces = [...new Set([...live, ...mine])].sort(compareStamps).slice(-REPLACES_MAX);
		return [{ name, value: chain[0]!.before, replaces }];
	}
	const stands = facts.pick(name, rest);
	const replaces = live.filter((stamp) => mine.has(stamp) || stamp === stands).slice(-REPLACES_MAX);
	const { value } = facts.edits.get(stands)!;
	return [{ name, value, replaces }, ...settled(facts, name, live, rest)];
}

/** Who takes one of two answers back has looked at both: the conflict is closed. */
function settled(facts: Index, name: string, live: readonly string[], rest: readonly string[]): Writing[] {
	if (facts.meanings(name) < 2 || facts.meanings(name, rest) > 1) return [];
	const conflict = facts.get(`conflict/${name}`) as unknown as Conflict | null;
	const told = (conflict?.answers ?? []).map(({ stamp }) => stamp);
	const value: Settled = {
		stamps: [...new Set([...told, ...live])].slice(0, SETTLED_STAMPS_MAX),
		how: rest.includes(facts.stamp(name)) ? 'kept' : 'used',
	};
	const fact = SETTLED + name;
	return [{ name: fact, value: value as unknown as Json, replaces: facts.live(fact).slice(-REPLACES_MAX) }];
}

/** The acts that can't go with these writings; those changed since first: others may depend on them. */
function fallsOf(
	kind: Kind,
	facts: Index,
	standing: Acts,
	writings: readonly Writing[],
	changed: ReadonlySet<string>,
): Stays[] {
	const falls: Stays[] = [];
	for (const [stamp, act] of standing) {
		const told = act.find((one) => changed.has(one.stamp));
		if (told) falls.push({ stamp, code: 'changed', name: told.name, fact: told.name });
	}
	if (falls.length) return falls;
	const after = afterwards(facts, writings);
	for (const [stamp, act] of standing)
		for (const { name } of act) {
			const why = hindrance(kind, after, name);
			if (!why) continue;
			falls.push({ stamp, code: why.code, name, fact: why.fact });
			break;
		}
	return falls;
}

/** The facts as they would be. */
function afterwards(facts: Index, writings: readonly Writing[]): FactReader {
	const written = new Map(writings.map(({ name, value }) => [name, value]));
	return {
		get: (name) => (written.has(name) ? written.get(name)! : facts.get(name)),
		group(prefix) {
			const group = new Map(facts.group(prefix));
			for (const [name, value] of written) {
				if (!name.startsWith(prefix)) continue;
				if (value === null) group.delete(name.slice(prefix.length));
				else group.set(name.slice(prefix.length), value);
			}
			return new Map([...group].sort(([a], [b]) => byText(a, b)));
		},
		stamp: (name) => facts.stamp(name),
		rivals: (prefix) => facts.rivals(prefix),
	};
}

function byStamp(one: Told, other: Told): number {
	return compareStamps(one.stamp, other.stamp);
}
