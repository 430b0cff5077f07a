/** What a test opens is closed after it, the last first. Nothing here outlives its test. */
import { onTestFinished } from 'vitest';
import type { Keeper } from '#lib/sync/keeper.ts';
import { Device, synced } from './device.ts';
import { Peer } from './peer.ts';

export async function peer(at: 'leaf' | 'core' = 'leaf', port = 0): Promise<Peer> {
	const one = await Peer.start(at, port);
	onTestFinished(() => one.stop());
	return one;
}

/** A page load (or a second tab) of that document. */
export async function load(device: Device, document = 'floor'): Promise<Keeper> {
	const keeper = await device.open(document);
	onTestFinished(() => keeper.close());
	return keeper;
}

/** A leaf and a device whose page is in sync with it. */
export async function inTouch(): Promise<{ leaf: Peer; device: Device; keeper: Keeper }> {
	const leaf = await peer();
	const device = new Device([leaf.address]);
	const keeper = await load(device);
	await device.until(() => synced(keeper.standing));
	return { leaf, device, keeper };
}

/** The fact that a player sits there. */
export const seat = (player: string, seatNumber = 1, table = 't1') =>
	[`seat/${player}`, { table, seat: seatNumber }] as const;

export const at = (keeper: Keeper, player: string) => keeper.local.index.get(`seat/${player}`);
