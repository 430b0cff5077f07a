/**
 * Facts written in a former shape, in today's: documents hold them, and tablets that were away bring them.
 * Twin of the `former` shapes in `crdt_models/documents`; both read `tests/vectors/schemas/`.
 */
import type { Json } from './edits.ts';
import type { Kind } from './facts.gen.ts';

type Value = { [key: string]: Json };

/** By kind and fact name (or prefix). Each leaves a value of today's shape as it is. */
export const upgrades: { readonly [K in Kind]?: Readonly<Record<string, (value: Value) => Value>> } = {
	// up to schema 1 an ante was always the big blind's
	tournament: { 'level/': (level) => ('ante_by' in level ? level : { ...level, ante_by: 'big_blind' }) },
};
