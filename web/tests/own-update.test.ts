import fc from 'fast-check';
import { expect, test } from 'vitest';
import * as Y from 'yjs';
import { LocalDocument, type WrittenAct } from '#lib/facts/local-document.ts';
import { answer, ownUpdate } from '#lib/facts/own-update.ts';

const clients = (update: Uint8Array) => [...Y.parseUpdateMeta(update).to.keys()];
const replica = () => new LocalDocument('floor', 'd1', () => 1_000);
const write = (one: LocalDocument, n: number) =>
	one.write([[`seat/p${n}`, { table: 't1', seat: (n % 9) + 1 }]], 'ana');

test('of others nothing, not even what was deleted', () => {
	const [mine, other, leaf] = [replica(), replica(), new Y.Doc()];
	for (let n = 0; n < 5; n++) {
		Y.applyUpdate(mine.doc, write(other, n).update);
		write(mine, 100 + n);
	}
	Y.applyUpdate(leaf, Y.encodeStateAsUpdate(mine.doc));
	const [first] = [...leaf.getMap('f').keys()];
	leaf.getMap('f').delete(first!);
	Y.applyUpdate(mine.doc, Y.encodeStateAsUpdate(leaf));
	const own = ownUpdate(mine.doc, new Set([mine.doc.clientID]), Y.encodeStateVector(new Y.Doc()));
	expect(clients(own)).toEqual([mine.doc.clientID]);
	expect(Y.decodeUpdate(own).ds.clients.size).toBe(0);
	const nothing = ownUpdate(mine.doc, new Set([mine.doc.clientID]), Y.encodeStateVector(mine.doc));
	expect([...nothing]).toEqual([0, 0]);
});

test('a long answer goes in parts, each of whole acts, and together they are the whole', () => {
	fc.assert(
		fc.property(
			fc.integer({ min: 1, max: 60 }),
			fc.integer({ min: 150, max: 4_000 }),
			fc.nat(59),
			(count, bytesMax, known) => {
				const mine = replica();
				const acts: WrittenAct[] = Array.from({ length: count }, (_, n) => write(mine, n));
				const server = new Y.Doc();
				for (const act of acts.slice(0, Math.min(known, count))) Y.applyUpdate(server, act.update);
				const updates = acts.map(({ update }) => update);
				let theirs: Uint8Array | null = Y.encodeStateVector(server);
				for (let turns = 0; theirs; turns++) {
					expect(turns).toBeLessThanOrEqual(count);
					const part = answer(mine.doc, new Set([mine.doc.clientID]), theirs, updates, bytesMax);
					Y.applyUpdate(server, part.update);
					expect(server.store.pendingStructs).toBeNull();
					if (part.next)
						expect(part.update.length).toBeLessThanOrEqual(Math.max(bytesMax, updates[0]!.length + 20));
					theirs = part.next;
				}
				expect(server.getMap('f').size).toBe(count);
			},
		),
		{ numRuns: 60 },
	);
});
