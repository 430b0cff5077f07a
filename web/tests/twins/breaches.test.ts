import { expect, test } from 'vitest';
import { breaches } from '#lib/twins/breaches.ts';
import { type Facts, reading, vectors } from './written.ts';

type Case = {
	id: string;
	tournament: Facts;
	config: Facts;
	cage: Facts;
	at_ms: Record<string, number>;
	acts?: Record<string, string>;
	now: number;
	rows: [string, string, number, string | null][];
};

const { cases } = vectors<{ cases: Case[] }>('breaches');

test.each(cases)('[RU120] [RU121] $id', ({ tournament, config, cage, at_ms, acts, now, rows }) => {
	const event = reading('tournament/e', tournament, at_ms, acts);
	const found = breaches(event, 'e', reading('cage', cage), reading('config', config), now);
	expect(found.map(({ kind, fact, since_ms, explained }) => [kind, fact, since_ms, explained])).toEqual(rows);
});
