/** Vectors, and facts written as plain values: stamped in the order written, 1 ms apart, or as `atMs` says. */
import { readFileSync } from 'node:fs';
import { type Json, stampText } from '#lib/facts/edits.ts';
import { Index } from '#lib/facts/facts.ts';
import { readingsOf } from '#lib/facts/readings.ts';

export function vectors<T>(name: string): T {
	return JSON.parse(
		readFileSync(new URL(`../../../tests/vectors/${name}.json`, import.meta.url), 'utf8'),
	) as T;
}

export type Facts = Record<string, Json>;

/** `acts`: the ids of the acts that facts are of. */
export function reading(
	document: string,
	facts: Facts,
	atMs: Record<string, number> = {},
	acts: Record<string, string> = {},
): Index {
	const index = new Index(readingsOf(document));
	for (const [n, [name, value]] of Object.entries(facts).entries()) {
		const stamp = stampText({ ms: atMs[name] ?? n + 1, counter: n + 1, replica: 'a1-x' });
		index.add(stamp, { name, value, replaces: [], person: '', act: acts[name] ?? '' });
	}
	return index;
}
