import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { decode, type Edit, encode, type Json } from '#lib/facts/edits.ts';
import { SCHEMA } from '#lib/facts/facts.gen.ts';
import { Index } from '#lib/facts/facts.ts';
import { readingsOf } from '#lib/facts/readings.ts';

type Row = [kind: string, fact: string, least: Json, full: Json];

function recorded(name: string): Row[] {
	const file = new URL(`../../tests/vectors/schemas/${name}.json`, import.meta.url);
	return JSON.parse(readFileSync(file, 'utf8')) as Row[];
}

/** What a document says of a fact that holds this value. */
function read(kind: string, fact: string, value: Json): Json {
	const index = new Index(readingsOf(kind));
	const name = fact.endsWith('/') ? `${fact}1` : fact;
	const stamp = '1.1.a1-x';
	const text = encode({ name, value, replaces: [], person: '', act: '' });
	index.add(stamp, decode(stamp, text) as Edit);
	return index.get(name);
}

test('what was written in a former shape reads as Python reads it [DO86]', () => {
	for (const [kind, fact, was, now] of recorded('upgraded')) expect(read(kind, fact, was)).toEqual(now);
});

test('what has the current shape reads as it is [DO86]', () => {
	for (const [kind, fact, ...values] of recorded(String(SCHEMA)))
		for (const value of values) expect(read(kind, fact, value)).toEqual(value);
});
