/** Facts as their generated types. The gate has checked them against the same models, so a cast is enough. */
import type { FactReader } from '#lib/facts/facts.ts';

/** The fact that counts, or null where there is none. */
export function one<F>(facts: FactReader, name: string): F | null {
	return facts.get(name) as F | null;
}

/** All facts `prefix` + id, by id, ids sorted. */
export function many<F>(facts: FactReader, prefix: string): ReadonlyMap<string, F> {
	return facts.group(prefix) as ReadonlyMap<string, unknown> as ReadonlyMap<string, F>;
}

/** Compares ids by code units, as Python does for them. */
export function byText(one: string, other: string): number {
	return one < other ? -1 : one > other ? 1 : 0;
}
