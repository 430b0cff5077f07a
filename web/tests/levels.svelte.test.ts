import 'fake-indexeddb/auto';
import { beforeEach, describe, expect, onTestFinished, test } from 'vitest';
import type { Json } from '#lib/facts/edits.ts';
import { stampText } from '#lib/facts/edits.ts';
import { Index } from '#lib/facts/facts.ts';
import { readingsOf } from '#lib/facts/readings.ts';
import { Replica } from '#lib/sync/replica.svelte.ts';
import { readClock } from '#lib/twins/structure/clock.ts';
import { addTime, nextLevel, pauseClock, restartLevel, resumeClock } from '#lib/verbs/clock.ts';
import { carryOver } from '#lib/verbs/days.ts';
import { addLevel, editLevel, removeLevel, replaceLevels, retimeLevels, rowOf } from '#lib/verbs/levels.ts';
import { reopenRegistration, setLateUntil } from '#lib/verbs/registration.ts';
import type { Refusal } from '#lib/verbs/verb.ts';
import { Device } from './device.ts';
import { peer } from './opened.ts';
import type { Peer } from './peer.ts';

const MINUTE = 60_000;
let leaf: Peer;
let device: Device;
beforeEach(async () => {
	leaf = await peer();
	device = new Device([leaf.address]);
});

const play = (small: number) => ({
	kind: 'play',
	duration_ms: 20 * MINUTE,
	small,
	big: 2 * small,
	ante: 2 * small,
	ante_by: 'big_blind',
	minutes: 20,
});
const SETUP = {
	kind: 'tournament',
	version: 1,
	name: 'E',
	starts_ms: 0,
	seats_per_table: 9,
	starting_stack: 10_000,
	late_until_level: 2,
};

async function event(facts: Record<string, unknown> = {}) {
	const venue = { ...(await device.venue('felt tournament/e1')), id: 'v tournament/e1' };
	const one = new Replica<'tournament'>('tournament/e1', venue, () => 'ana', {
		standing: () => {},
		refused: () => {},
	});
	onTestFinished(() => one.close());
	await device.until(() => one.live);
	const written = {
		setup: SETUP,
		'level/1': play(100),
		'level/2': play(200),
		'level/3': { kind: 'break', duration_ms: 15 * MINUTE, ante_by: 'big_blind', minutes: 15 },
		'level/4': play(300),
		chips: { values: [25, 100, 500] },
		...facts,
	};
	one.act(Object.entries(written) as [string, Json][]);
	return one;
}
type Event = Awaited<ReturnType<typeof event>>;
/** Level 2 runs, five minutes of it are played. */
const running = (one: Event, state = 'running') =>
	one.act([['clock', { level: 2, state, anchor_ms: one.now(), remaining_ms: 15 * MINUTE }]]);
const level = (one: Event, row: number) => one.reader.get(`level/${row}`);
const left = (one: Event) =>
	readClock(one.reader.get('clock') as never, [1, 2, 3, 4].map((n) => level(one, n)) as never, one.now());

function code(result: { ok: true } | Refusal): string {
	return result.ok ? 'done' : result.code;
}

describe('an edit of a level [RU73]', () => {
	test('that falls is refused with the row and the rule, and writes nothing', async () => {
		const one = await event();
		const edits = one.keeper.local.index.edits.size;
		const refused = editLevel(one, 4, { small: 150, big: 350 });
		expect(refused).toMatchObject({ code: 'ladder', details: { row: 4, rule: 'big_falls', against: 400 } });
		expect((refused as Refusal).message).toContain('falls at level 3: 350 after 400');
		expect(code(editLevel(one, 4, { small: 310 }))).toBe('ladder');
		expect(code(addLevel(one, 3, { kind: 'break', minutes: 10, big: 100 }))).toBe('ladder');
		expect(one.keeper.local.index.edits.size).toBe(edits);
	});

	test('leaves a fault alone that was there before', async () => {
		const one = await event({ 'level/2': play(50) });
		expect(code(editLevel(one, 4, { small: 400, big: 800, ante: 800 }))).toBe('done');
	});

	test('of a played row, or of the blinds that are played, is refused', async () => {
		const one = await event();
		running(one);
		expect(code(editLevel(one, 1, { minutes: 10 }))).toBe('level_played');
		expect(code(editLevel(one, 2, { big: 500 }))).toBe('level_current');
		expect(code(removeLevel(one, 2))).toBe('level_current');
		expect(code(addLevel(one, 1, { kind: 'break', minutes: 5 }))).toBe('level_current');
		expect(code(editLevel(one, 4, { big: 700, ante: 700 }))).toBe('done');
	});

	test('of the minutes that run keeps what was played; Undo puts the end back', async () => {
		const one = await event();
		running(one);
		const longer = editLevel(one, 2, { minutes: 25 });
		expect(code(longer)).toBe('done');
		expect(Math.round(left(one).remaining_ms / MINUTE)).toBe(20);
		expect(code(editLevel(one, 2, { minutes: 5 }))).toBe('level_shorter');
		if (longer.ok) expect(code(longer.undo())).toBe('done');
		expect(Math.round(left(one).remaining_ms / MINUTE)).toBe(15);
		expect(level(one, 2)).toMatchObject({ minutes: 20 });
	});

	test('of a first level that waits for its start is what the clock then shows', async () => {
		const clock = { level: 1, state: 'pending', anchor_ms: 0, remaining_ms: 20 * MINUTE };
		const one = await event({ clock });
		expect(code(editLevel(one, 1, { minutes: 30 }))).toBe('done');
		expect(left(one)).toMatchObject({ state: 'pending', remaining_ms: 30 * MINUTE });
		expect(code(addLevel(one, 0, { kind: 'play', minutes: 10, small: 50, big: 100 }))).toBe('done');
		expect(left(one)).toMatchObject({ level: 1, remaining_ms: 10 * MINUTE });
	});

	test('after the end is refused by every verb', async () => {
		const one = await event();
		one.act([['clock', { level: 4, state: 'ended', anchor_ms: 0, remaining_ms: 0 }]]);
		const coming = [{ kind: 'play', minutes: 10, small: 1, big: 2 }] as const;
		const tried = [
			editLevel(one, 4, { minutes: 10 }),
			addLevel(one, 3, coming[0]),
			removeLevel(one, 4),
			retimeLevels(one, [[4, 10]]),
			replaceLevels(one, coming),
			addTime(one, MINUTE),
			pauseClock(one),
			resumeClock(one),
			nextLevel(one),
			restartLevel(one),
		];
		expect(new Set(tried.map(code))).toEqual(new Set(['event_ended']));
	});

	test('a row put in moves the others on, taken out back again', async () => {
		const one = await event();
		expect(code(addLevel(one, 2, { kind: 'play', minutes: 20, small: 300, big: 500, ante: 500 }))).toBe(
			'done',
		);
		expect(level(one, 4)).toMatchObject({ kind: 'break' });
		expect(level(one, 5)).toMatchObject({ small: 300, big: 600 });
		expect(code(removeLevel(one, 3))).toBe('done');
		expect(level(one, 5)).toBeNull();
		expect(level(one, 4)).toMatchObject({ big: 600 });
	});

	test('an event takes so many rows and no more', async () => {
		const one = await event();
		const coming = Array.from(
			{ length: 60 },
			() => ({ kind: 'play', minutes: 20, small: 300, big: 600 }) as const,
		);
		expect(code(replaceLevels(one, coming))).toBe('done');
		expect(code(addLevel(one, 60, coming[0]!))).toBe('too_many_levels');
		expect(code(replaceLevels(one, [...coming, coming[0]!]))).toBe('too_many_levels');
	});

	test('one that says nothing new writes nothing', async () => {
		const one = await event();
		expect(code(editLevel(one, 4, { small: 300 }))).toBe('unchanged');
		expect(rowOf(level(one, 4) as never)).toMatchObject({ minutes: 20, colour_up: [] });
	});

	test('a level played shorter than it is called keeps its length with its minutes', async () => {
		const one = await event({ 'level/4': { ...play(300), duration_ms: 5_000 } });
		expect(code(editLevel(one, 4, { big: 700, ante: 700 }))).toBe('done');
		expect(level(one, 4)).toMatchObject({ duration_ms: 5_000, minutes: 20 });
		expect(code(editLevel(one, 4, { minutes: 30 }))).toBe('done');
		expect(level(one, 4)).toMatchObject({ duration_ms: 30 * MINUTE });
	});
});

test('the next level from where one looked: the second of two has nothing left to do', async () => {
	const one = await event();
	running(one);
	expect(code(nextLevel(one, 2))).toBe('done');
	expect(code(nextLevel(one, 2))).toBe('clock_unchanged');
	expect(left(one).level).toBe(3);
});

test('Undo of a level step restores level and remaining, and time that went by', async () => {
	const one = await event();
	running(one);
	const step = nextLevel(one, 2);
	if (step.ok) step.undo();
	expect(left(one)).toMatchObject({ level: 2, state: 'running' });
	expect(left(one).remaining_ms).toBeGreaterThan(14.9 * MINUTE);
});

test('a day takes each player once, from the best of the flights, and Undo leaves all behind [RU77]', async () => {
	const day = await event({ days: { carry: 'best' } });
	const bags = (chips: number, players: number) => {
		const facts = new Index(readingsOf('tournament/f'));
		const add = (name: string, value: Json, counter: number) =>
			facts.add(stampText({ ms: 1, counter, replica: 'a1-x' }), {
				name,
				value,
				replaces: [],
				person: '',
				act: '',
			});
		for (let n = 0; n < players; n++) {
			add(`entry/p${n}-${chips}`, { player: `p${n}`, number: 1 }, 2 * n);
			add(`bag/p${n}`, { chips: chips + n, at_ms: 1 }, 2 * n + 1);
		}
		return facts;
	};
	const flights = [['a', bags(1_000, 70)] as const, ['b', bags(2_000, 3)] as const];
	const done = carryOver(day, flights);
	expect(code(done)).toBe('done');
	expect(day.reader.group('carried/').size).toBe(70);
	expect(day.reader.get('carried/p2')).toEqual({ flight: 'b', entry: 'p2-2000', chips: 2_002 });
	expect(day.reader.get('entry/p69-1000')).toMatchObject({ player: 'p69', number: 1 });
	expect(code(carryOver(day, flights))).toBe('unchanged');
	if (done.ok) expect(code(done.undo())).toBe('done');
	expect(day.reader.group('carried/').size).toBe(0);
});

test('registration goes on to another level, and opens again only with a reason [RU75]', async () => {
	const one = await event();
	running(one);
	expect(code(setLateUntil(one, { until_level: 2 }))).toBe('unchanged');
	expect(code(setLateUntil(one, { until_level: 3, until_minutes: 90 }))).toBe('done');
	expect(code(setLateUntil(one, { until_level: 1 }))).toBe('done');
	expect(code(setLateUntil(one, { until_level: 3 }))).toBe('registration_over');
	expect(code(reopenRegistration(one, '  '))).toBe('empty');
	expect(code(reopenRegistration(one, 'the bus was late'))).toBe('done');
	expect(code(reopenRegistration(one, 'again'))).toBe('unchanged');
});
