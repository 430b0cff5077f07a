import { IDBFactory, IDBKeyRange } from 'fake-indexeddb';
import { beforeAll, expect, test } from 'vitest';
import { LocalDocument } from '#lib/local-document.ts';
import { type KeptAct, Store } from '#lib/store.ts';

beforeAll(() => {
	globalThis.IDBKeyRange = IDBKeyRange;
});

function act(one: LocalDocument, n: number): KeptAct {
	return {
		...one.write([[`seat/p${n}`, { table: 't1', seat: 1 }]], 'ana'),
		sent: false,
		atCore: false,
		blank: false,
	};
}

test('acts come back in their order with their client ids, of their own document only', async () => {
	const factory = new IDBFactory();
	const store = await Store.open('felt', factory);
	const [floor, roster] = [
		new LocalDocument('floor', 'd1', () => 1),
		new LocalDocument('roster', 'd1', () => 1),
	];
	const acts = [act(floor, 0), act(floor, 1), act(floor, 2)];
	for (const [order, one] of acts.entries()) await store.keepAct('floor', [7, 8], 3, one, order);
	await store.keepAct('roster', [9], 1, act(roster, 0), 0);
	await store.keepUpdate('floor', new Uint8Array([0, 0]));
	store.close();
	const again = await Store.open('felt', factory);
	const kept = await again.load('floor');
	expect(kept.acts.map(({ id }) => id)).toEqual(acts.map(({ id }) => id));
	expect(kept.own).toEqual([7, 8]);
	expect(kept.epoch).toBe(3);
	expect(kept.updates).toHaveLength(4);
	await again.forgetActs('floor', [acts[0]!.id]);
	await again.markActs('floor', [[{ ...acts[1]!, sent: true }, 1]]);
	const { acts: left } = await again.load('floor');
	expect(left.map(({ id, sent }) => [id, sent])).toEqual([
		[acts[1]!.id, true],
		[acts[2]!.id, false],
	]);
	again.close();
});

test('replacing a document is all or nothing and leaves others alone', async () => {
	const store = await Store.open('felt', new IDBFactory());
	const floor = new LocalDocument('floor', 'd1', () => 1);
	await store.keepAct('floor', [7], 1, act(floor, 0), 0);
	await store.keepUpdate('config', new Uint8Array([0, 0]));
	await store.replace('floor', { updates: [new Uint8Array([1])], own: [8], epoch: 2, acts: [] });
	expect(await store.load('floor')).toEqual({ updates: [new Uint8Array([1])], own: [8], epoch: 2, acts: [] });
	expect((await store.load('config')).updates).toHaveLength(1);
	store.close();
});

test('a store that can not write rejects', async () => {
	const store = await Store.open('felt', new IDBFactory());
	store.close();
	await expect(store.keepUpdate('floor', new Uint8Array([0]))).rejects.toThrow();
});
