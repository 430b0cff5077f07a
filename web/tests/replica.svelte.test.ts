import 'fake-indexeddb/auto';
import { flushSync } from 'svelte';
import { expect, onTestFinished, test } from 'vitest';
import { Replica } from '#lib/sync/replica.svelte.ts';
import { Device } from './device.ts';
import { peer } from './opened.ts';

async function replica(device: Device): Promise<Replica<'floor'>> {
	const venue = await device.venue(`felt ${device.name}`);
	const one = new Replica<'floor'>('floor', venue, () => 'ana', { standing: () => {}, refused: () => {} });
	onTestFinished(() => one.close());
	return one;
}

test('facts, groups and cells first asked for inside a derived are followed; others are left alone', async () => {
	const leaf = await peer();
	const device = new Device([leaf.address]);
	const floor = await replica(device);
	await device.until(() => floor.live);
	const seats = floor.cells<{ table: string }>('seat/', (seat) => seat.table);
	const runs = { fact: 0, group: 0, t1: 0, t2: 0 };
	let seen: unknown[] = [];
	onTestFinished(
		$effect.root(() => {
			const fact = $derived.by(() => {
				runs.fact++;
				return floor.fact('seat/p1')?.seat ?? null;
			});
			const group = $derived.by(() => {
				runs.group++;
				return [...floor.group('seat/').keys()];
			});
			const t1 = $derived.by(() => {
				runs.t1++;
				return [...seats('t1').keys()];
			});
			const t2 = $derived.by(() => {
				runs.t2++;
				return [...seats('t2').keys()];
			});
			$effect(() => {
				seen = [fact, group, t1, t2];
			});
		}),
	);
	flushSync();
	expect(seen).toEqual([null, [], [], []]);
	floor.act([['seat/p1', { table: 't1', seat: 4 }]]);
	flushSync();
	expect(seen).toEqual([4, ['p1'], ['p1'], []]);
	floor.act([['seat/p2', { table: 't1', seat: 5 }]]);
	flushSync();
	expect(seen).toEqual([4, ['p1', 'p2'], ['p1', 'p2'], []]);
	floor.act([['seat/p1', { table: 't2', seat: 1 }]]);
	flushSync();
	expect(seen).toEqual([1, ['p1', 'p2'], ['p2'], ['p1']]);
	expect(runs).toEqual({ fact: 3, group: 4, t1: 4, t2: 2 });
});
