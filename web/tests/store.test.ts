import { IDBFactory, IDBKeyRange } from 'fake-indexeddb';
import { beforeAll, expect, test } from 'vitest';
import { LocalDocument } from '#lib/local-document.ts';
import { Store } from '#lib/store.ts';
import { type KeptAct, UnsentActs } from '#lib/unsent.ts';

beforeAll(() => {
	globalThis.IDBKeyRange = IDBKeyRange;
});

const unsent = new UnsentActs();
function act(one: LocalDocument, n: number): KeptAct {
	return unsent.add(one.write([[`seat/p${n}`, { table: 't1', seat: 1 }]], 'ana'), { shift: 0, sent: false });
}
const head = (document: string, own: number[], epoch: number) => ({ document, own, epoch });

test('acts come back in their order with their client ids, of their own document only', async () => {
	const factory = new IDBFactory();
	const store = await Store.open('felt', factory);
	const [floor, roster] = [
		new LocalDocument('floor', 'd1', () => 1),
		new LocalDocument('roster', 'd1', () => 1),
	];
	const acts = [act(floor, 0), act(floor, 1), act(floor, 2)];
	for (const one of acts) await store.keepAct(head('floor', [7, 8], 3), one);
	await store.keepAct(head('roster', [9], 1), act(roster, 0));
	await store.keepUpdate('floor', new Uint8Array([0, 0]));
	store.close();
	const again = await Store.open('felt', factory);
	const kept = await again.load('floor');
	expect(kept.acts.map(({ id }) => id)).toEqual(acts.map(({ id }) => id));
	expect(kept.head).toEqual(head('floor', [7, 8], 3));
	expect(kept.updates).toHaveLength(4);
	await again.forgetActs('floor', [acts[0]!]);
	await again.markActs('floor', [{ ...acts[1]!, sent: true }]);
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
	await store.keepAct(head('floor', [7], 1), act(floor, 0));
	await store.keepUpdate('config', new Uint8Array([0, 0]));
	await store.replace(head('floor', [8], 2), new Uint8Array([1]), []);
	expect(await store.load('floor')).toEqual({
		head: head('floor', [8], 2),
		updates: [new Uint8Array([1])],
		acts: [],
	});
	expect((await store.load('config')).updates).toHaveLength(1);
	store.close();
});

test('a store that can not write rejects', async () => {
	const store = await Store.open('felt', new IDBFactory());
	store.close();
	await expect(store.keepUpdate('floor', new Uint8Array([0]))).rejects.toThrow();
});
