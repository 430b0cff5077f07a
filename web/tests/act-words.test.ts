import { describe, expect, test } from 'vitest';
import type { Json } from '#lib/facts/edits.ts';
import { actWords } from '#lib/words/act-words.ts';
import { vectors } from './twins/written.ts';

type Vectors = {
	players: Record<string, string>;
	tables: Record<string, string>;
	lists: Record<string, string>;
	listed: Record<string, string>;
	cases: { id: string; act: [string, Json, Json][]; words: string }[];
};

describe('acts in words', () => {
	const { players, tables, lists, listed, cases } = vectors<Vectors>('act_words');
	const names = {
		player: (id: string) => players[id] ?? `Player ${id}`,
		table: (id: string) => tables[id] ?? id,
		list: (id: string) => lists[id] ?? 'a list',
		listed: (entry: string) => listed[entry] ?? 'a player',
	};
	test.each(cases)('$id', ({ act, words }) => {
		const told = act.map(([name, before, after]) => ({ name, before, after }));
		expect(actWords(told, names)).toBe(words);
	});
});
