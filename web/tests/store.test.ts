import { IDBFactory, IDBKeyRange } from 'fake-indexeddb';
import { beforeAll, expect, test } from 'vitest';
import { LocalDocument } from '#lib/facts/local-document.ts';
import { DocumentStore, NO_HEAD, TakenOver } from '#lib/sync/document-store.ts';
import { Store } from '#lib/sync/store.ts';
import { type KeptAct, UnsentActs } from '#lib/sync/unsent.ts';

beforeAll(() => {
	globalThis.IDBKeyRange = IDBKeyRange;
});

const unsent = new UnsentActs();
function act(one: LocalDocument, n: number): KeptAct {
	return unsent.add(one.write([[`seat/p${n}`, { table: 't1', seat: 1 }]], 'ana'), {
		shift: 0,
		timed: false,
		sent: false,
	});
}
const head = (own: number[], epoch: number) => ({ ...NO_HEAD, own, epoch });
async function claimed(store: Store, document: string): Promise<DocumentStore> {
	const one = new DocumentStore(store, document);
	await one.claim();
	return one;
}

test('acts come back in their order with their client ids, of their own document only', async () => {
	const factory = new IDBFactory();
	const store = await Store.open('felt', factory);
	const [floor, roster] = [
		new LocalDocument('floor', 'd1', () => 1),
		new LocalDocument('roster', 'd1', () => 1),
	];
	const [one, other] = [await claimed(store, 'floor'), await claimed(store, 'roster')];
	const acts = [act(floor, 0), act(floor, 1), act(floor, 2)];
	for (const each of acts) await one.keepAct(head([7, 8], 3), each);
	await other.keepAct(head([9], 1), act(roster, 0));
	await one.keepUpdate(new Uint8Array([0, 0]));
	store.close();
	const again = new DocumentStore(await Store.open('felt', factory), 'floor');
	const kept = await again.claim();
	expect(kept.acts.map(({ id }) => id)).toEqual(acts.map(({ id }) => id));
	expect(kept.head).toEqual(head([7, 8], 3));
	expect(kept.updates).toHaveLength(4);
	await again.forgetActs({ ...kept.head, promised: { 'd1-x': 1 } }, [acts[0]!]);
	await again.markActs([{ ...acts[1]!, sent: true }]);
	const left = await again.claim();
	expect(left.acts.map(({ id, sent }) => [id, sent])).toEqual([
		[acts[1]!.id, true],
		[acts[2]!.id, false],
	]);
	expect(left.head.promised).toEqual({ 'd1-x': 1 });
	again.store.close();
});

test('replacing a document is all or nothing and leaves others alone', async () => {
	const store = await Store.open('felt', new IDBFactory());
	const local = new LocalDocument('floor', 'd1', () => 1);
	const [floor, config] = [await claimed(store, 'floor'), await claimed(store, 'config')];
	await floor.keepAct(head([7], 1), act(local, 0));
	await config.keepUpdate(new Uint8Array([0, 0]));
	const offer = { edits: [['1.1.d2-x', '["a",1,[],["",""]]']] as const, vector: { 'd1-x': 2 } };
	await floor.replace(head([8], 2), new Uint8Array([1]), [], offer);
	const kept = await floor.claim();
	expect({ ...kept, offer: kept.offer?.vector }).toEqual({
		head: head([8], 2),
		updates: [new Uint8Array([1])],
		acts: [],
		offer: offer.vector,
	});
	await floor.forgetOffer();
	expect((await floor.claim()).offer).toBeNull();
	expect((await config.claim()).updates).toHaveLength(1);
	store.close();
});

test('one tab writes a document: who claimed it last [DO63]', async () => {
	const factory = new IDBFactory();
	const [first, second] = [await Store.open('felt', factory), await Store.open('felt', factory)];
	const local = new LocalDocument('floor', 'd1', () => 1);
	const one = await claimed(first, 'floor');
	await one.keepAct(head([7], 1), act(local, 0));
	const two = await claimed(second, 'floor');
	await expect(one.keepAct(head([7], 1), act(local, 1))).rejects.toThrow(TakenOver);
	await expect(one.replace(head([7], 1), new Uint8Array([1]), [])).rejects.toThrow(TakenOver);
	await two.check();
	expect((await two.claim()).acts).toHaveLength(1);
	first.close();
	second.close();
});

test('a store that can not write rejects', async () => {
	const store = await Store.open('felt', new IDBFactory());
	const floor = await claimed(store, 'floor');
	store.close();
	await expect(floor.keepUpdate(new Uint8Array([0]))).rejects.toThrow();
});
