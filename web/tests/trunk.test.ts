import 'fake-indexeddb/auto';
import { expect, test } from 'vitest';
import type { Keeper } from '#lib/sync/keeper.ts';
import { trunks } from '#lib/sync/trunk.ts';
import { Device, synced } from './device.ts';
import { load, peer, seat } from './opened.ts';
import type { Peer } from './peer.ts';

/** A peer that speaks `felt.mux.1`. */
async function modern(at: 'leaf' | 'core' = 'leaf'): Promise<Peer> {
	const one = await peer(at);
	one.mux = true;
	return one;
}
/** A page with that many documents; all of the peer's are one, which does not matter here. */
async function page(device: Device, documents: number): Promise<Keeper[]> {
	device.dial = trunks();
	const keepers: Keeper[] = [];
	for (let n = 0; n < documents; n++) keepers.push(await load(device, `tournament/t${n}`));
	return keepers;
}
const all = (keepers: Keeper[], at = 'leaf') => keepers.every(({ standing }) => synced(standing, at));

test('many documents on one socket, each with its own acts, answers and end [DO64]', async () => {
	const leaf = await modern();
	const one = new Device([leaf.address]);
	const keepers = await page(one, 12);
	await one.until(() => all(keepers));
	expect([leaf.sockets.size, leaf.sessions.size]).toEqual([1, 12]);
	for (const [n, keeper] of keepers.entries()) keeper.write([seat(`p${n}`)], 'ana');
	await one.until(() => keepers.every(({ standing }) => !standing.unsent.length));
	expect(leaf.texts().size).toBe(12);
	keepers[0]!.close();
	await one.until(() => leaf.sessions.size === 11);
	leaf.switchEpoch(); // 4409 on each channel: they start over on the same socket
	await one.until(() => keepers.slice(1).every(({ standing }) => standing.status.kind === 'connecting'));
	await one.until(() => all(keepers.slice(1)));
	expect(leaf.sockets.size).toBe(1);
	for (const keeper of keepers) keeper.close();
	await one.until(() => leaf.sockets.size === 0);
});

test('more than a socket carries, and a server that does not speak it: a socket for each document [DO64]', async () => {
	const leaf = await modern();
	const one = new Device([leaf.address]);
	const keepers = await page(one, 70);
	await one.until(() => all(keepers));
	expect([leaf.sockets.size, leaf.sessions.size]).toEqual([1, 70]);
	const older = await peer();
	const two = new Device([older.address]);
	const others = await page(two, 5);
	await two.until(() => all(others));
	expect([older.sockets.size, older.sessions.size]).toEqual([0, 5]);
	others[0]!.write([seat('p1')], 'ana');
	await two.until(() => others[0]!.standing.unsent.length === 0);
});

test('a silent leaf is left for the core by all, and gone back to [DO64]', async () => {
	const [leaf, core] = [await modern(), await modern('core')];
	const one = new Device([leaf.address, core.address]);
	const keepers = await page(one, 8);
	await one.until(() => all(keepers));
	const before = performance.now();
	leaf.silent = true;
	await one.until(() => all(keepers, 'core'));
	expect(performance.now() - before).toBeLessThan(12_000);
	expect(core.sockets.size).toBe(1);
	for (const [n, keeper] of keepers.entries()) keeper.write([seat(`p${n}`)], 'ana');
	leaf.silent = false;
	await one.until(() => all(keepers) && keepers.every(({ standing }) => !standing.unsent.length), 15_000);
	await one.until(() => core.sockets.size === 0 && leaf.sockets.size === 1);
	expect(leaf.texts().size).toBe(8);
}, 30_000);

test('what one document hears keeps the others alive; a beat is for all [DO64]', async () => {
	const leaf = await modern();
	const one = new Device([leaf.address]);
	const keepers = await page(one, 3);
	await one.until(() => all(keepers));
	const [first, ...rest] = [...leaf.sessions];
	const quiet = rest.map((session) => session.send);
	for (const session of rest) session.send = () => {};
	leaf.store = 'full';
	await one.until(() => keepers.every(({ standing }) => standing.trouble === 'full'));
	const opened = leaf.opened.length;
	const end = performance.now() + 2_600;
	await one.until(() => performance.now() > end);
	expect(all(keepers)).toBe(true);
	expect(leaf.opened.length).toBe(opened);
	rest.forEach((session, n) => {
		session.send = quiet[n]!;
	});
	expect(first).toBeDefined();
});

test('broken bytes end the socket: after that each document has its own, so that only one is to blame', async () => {
	const leaf = await modern();
	const one = new Device([leaf.address]);
	const keepers = await page(one, 3);
	await one.until(() => all(keepers));
	for (const socket of leaf.sockets) socket.close(4400);
	await one.until(() => leaf.sockets.size === 0 && leaf.sessions.size === 3);
	await one.until(() => all(keepers));
	expect(keepers.map(({ standing }) => standing.fault)).toEqual([null, null, null]);
});
