// A tablet of the web on a real leaf that is lost, and then on one restored from an earlier copy.
// Argument: port of the first. Says what it has reached as JSON lines; goes on at a line, the second with a new port.
import { createRequire } from 'node:module';
import { createInterface } from 'node:readline';
import { Keeper } from '../../web/src/lib/sync/keeper.ts';
import { LeafTime } from '../../web/src/lib/sync/leaf-time.ts';
import { Store } from '../../web/src/lib/sync/store.ts';

createRequire(new URL('../../web/package.json', import.meta.url))('fake-indexeddb/auto');
const lines = createInterface({ input: process.stdin })[Symbol.asyncIterator]();
const say = (what: object) => process.stdout.write(`${JSON.stringify(what)}\n`);

const addresses = [`ws://127.0.0.1:${process.argv[2]}`];
const venue = {
	id: 'v',
	device: 't1',
	addresses,
	store: await Store.open('felt'),
	time: new LeafTime({ leafMs: 100_000, unixMs: 0 }, 0, 0),
	token: async () => 'floor-t1',
};
let look = () => {};
const told = { changed: () => look(), standing: () => look(), presence: () => {}, refused: () => {} };
const keeper = new Keeper('floor', venue, told);
const until = (reached: () => boolean) =>
	new Promise<void>((resolve) => {
		look = () => reached() && resolve();
		look();
	});
const inSync = () => keeper.standing.status.kind === 'synced' && !keeper.standing.unsent.length;
const has = (player: string) => keeper.local.index.get(`seat/${player}`) !== null;
const seat = (player: string, n: number) => [`seat/${player}`, { table: 't1', seat: n }] as const;

await until(() => keeper.standing.status.kind === 'synced');
keeper.write([seat('a', 1)], 'ana');
await until(inSync);
say({ reached: 'the backup' });
await lines.next();
keeper.write([seat('b', 2)], 'ana');
keeper.write([seat('a', 5)], 'ana');
await until(() => inSync() && has('x'));
say({ reached: 'what is lost' });
addresses[0] = `ws://127.0.0.1:${(await lines.next()).value}`;
await until(() => keeper.standing.status.kind !== 'synced');
keeper.write([seat('c', 3)], 'ana');
await until(inSync);
say({ reached: 'the restored leaf' });
process.exit(0);
