/** How rivals of each fact are read, from the generated catalogue. */
import type { Json } from './edits.ts';
import { type FactPolicy, type Kind, policies } from './facts.gen.ts';
import type { Reading } from './facts.ts';
import { upgrades } from './upgrades.ts';

/** The reading of fact names of a document; undefined: no such fact in it. */
export function readingsOf(document: string): (name: string) => Reading | undefined {
	const kind = document.split('/', 1)[0] as Kind;
	const facts = Object.entries(policies[kind] ?? {});
	const readings = new Map(facts.map(([name, policy]) => [name, reading(policy, upgrades[kind]?.[name])]));
	return (name) => readings.get(name.includes('/') ? name.slice(0, name.indexOf('/') + 1) : name);
}

type Upgrade = (value: { [key: string]: Json }) => Json;

function reading({ policy, conflict, sameBy }: FactPolicy, upgrade?: Upgrade): Reading {
	const same = sameBy ? (one: Json, other: Json) => sameIn(sameBy, one, other) : equal;
	const current = (value: Json) => (upgrade && isObject(value) ? upgrade(value) : value);
	return { policy, conflict, same, current };
}

function sameIn(fields: readonly string[], one: Json, other: Json): boolean {
	if (!isObject(one) || !isObject(other)) return equal(one, other);
	return fields.every((field) => equal(one[field] ?? null, other[field] ?? null));
}

/** The same JSON value, whatever the order of its fields. */
export function equal(one: Json, other: Json): boolean {
	if (one === other) return true;
	if (Array.isArray(one) && Array.isArray(other))
		return one.length === other.length && one.every((item, n) => equal(item, other[n]!));
	if (!isObject(one) || !isObject(other)) return false;
	const keys = Object.keys(one);
	return (
		keys.length === Object.keys(other).length &&
		keys.every((key) => key in other && equal(one[key]!, other[key]!))
	);
}

function isObject(value: Json): value is { [key: string]: Json } {
	return value !== null && typeof value === 'object' && !Array.isArray(value);
}
