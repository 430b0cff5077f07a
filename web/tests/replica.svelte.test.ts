import 'fake-indexeddb/auto';
import { flushSync } from 'svelte';
import { afterEach, expect, test } from 'vitest';
import { LeafTime } from '#lib/leaf-time.ts';
import { Replica } from '#lib/replica.svelte.ts';
import { Store } from '#lib/store.ts';
import { Device } from './device.ts';
import { Peer } from './peer.ts';

const ends: (() => void | Promise<void>)[] = [];
afterEach(async () => {
	for (const end of ends.splice(0).reverse()) await end();
});

async function replica(device: Device): Promise<Replica<'floor'>> {
	const venue = {
		id: 'v',
		device: device.name,
		addresses: device.addresses,
		store: await Store.open(`felt ${device.name}`, device.factory),
		time: new LeafTime({ leafMs: 1_000_000, unixMs: 0 }, 0, 0),
		token: async () => 'abc',
	};
	const one = new Replica<'floor'>('floor', venue, () => 'ana', { standing: () => {}, refused: () => {} });
	ends.push(() => one.close());
	return one;
}

test('facts, groups and cells first asked for inside a derived are followed; others are left alone', async () => {
	const leaf = await Peer.start();
	ends.push(() => leaf.stop());
	const device = new Device([leaf.address]);
	const floor = await replica(device);
	await device.until(() => floor.live);
	const seats = floor.cells<{ table: string }>('seat/', (seat) => seat.table);
	const runs = { fact: 0, group: 0, t1: 0, t2: 0 };
	let seen: unknown[] = [];
	ends.push(
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
