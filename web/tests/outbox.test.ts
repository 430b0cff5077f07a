import { IDBFactory } from 'fake-indexeddb';
import { afterEach, beforeEach, expect, test } from 'vitest';
import type { Outcome } from '#lib/money/command.ts';
import { Outbox } from '#lib/money/outbox.svelte.ts';
import { LeafTime } from '#lib/sync/leaf-time.ts';
import { Store } from '#lib/sync/store.ts';
import { Api } from '#lib/venue/api.ts';
import { keepSignIn } from '#lib/venue/identity.ts';
import { browserAt } from './browser.ts';
import { Ledger, problem } from './ledger.ts';

const about = { what: 'Buy-in', who: 'Ana', amount: '€55.00' };
const buyIn = (player: string) => ({
	kind: 'buy_in',
	tournament: 'e1',
	player,
	entry: `${player}-1`,
	drawer: 'd1',
});

let ledger: Ledger;
let reachable = true;
let factory: IDBFactory;
let clock = 0;
let api: Api;
const opened: Outbox[] = [];

beforeEach(async () => {
	ledger = new Ledger();
	const address = `http://127.0.0.1:${await ledger.start()}`;
	browserAt(`${address}/cage`);
	keepSignIn('cage', {
		token: 't',
		refresh: 'r',
		expires_ms: 1e15,
		person: 'cleo',
		name: 'Cleo',
		role: 'cashier',
		device: 'c1',
		venue: 'v',
	});
	api = new Api('cage', address);
	factory = new IDBFactory();
	reachable = true;
	clock = 0;
});
afterEach(async () => {
	for (const one of opened.splice(0)) one.close();
	await ledger.stop();
});

async function outbox(): Promise<Outbox> {
	const time = new LeafTime({ leafMs: 1_000_000 + clock, unixMs: 0 }, 0, 0, () => clock);
	const one = new Outbox(api, await Store.open('felt', factory), time, () => reachable);
	opened.push(one);
	await one.load();
	return one;
}
async function until(met: () => boolean): Promise<void> {
	const end = performance.now() + 25_000;
	while (!met()) {
		if (performance.now() > end) throw new Error(`never: ${met}`);
		await new Promise((resolve) => setTimeout(resolve, 10));
	}
}

test('posted: the outcome comes back, and is kept', async () => {
	const box = await outbox();
	const outcome = await box.send(buyIn('p1'), about);
	expect(outcome).toMatchObject({ state: 'posted', entry: { seq: 1 } });
	expect((await outbox()).commands[0]?.outcome).toEqual(outcome);
	expect(box.open).toEqual([]);
});

test('no answer is no outcome: the same bytes go out again under the same key', async () => {
	ledger.next = ['hang up', problem(503, 'not_ready'), problem(429, 'too_many')];
	const box = await outbox();
	const outcome = await box.send(buyIn('p1'), about);
	expect(outcome.state).toBe('posted');
	expect(ledger.asked).toHaveLength(4);
	expect(new Set(ledger.asked.map(({ key, body }) => key + body)).size).toBe(1);
}, 10_000);

test('refused is final', async () => {
	ledger.next = [problem(409, 'limit')];
	const box = await outbox();
	expect(await box.send(buyIn('p1'), about)).toMatchObject({ state: 'refused', code: 'limit' });
	expect(ledger.asked).toHaveLength(1);
});

test('without the leaf money in waits as an intent, also over a reload; money out is not even kept', async () => {
	reachable = false;
	ledger.next = ['hang up'];
	const box = await outbox();
	expect(await box.send({ kind: 'pay_prize', player: 'p1' }, about)).toEqual({ state: 'needs-leaf' });
	const outcome = (await box.send(buyIn('p1'), about)) as Outcome & { key: string };
	expect(outcome.state).toBe('waiting');
	expect(box.open).toHaveLength(1);
	box.close();
	const again = await outbox();
	await until(() => again.commands[0]?.state === 'posted');
	expect(again.commands).toHaveLength(1);
	expect(JSON.parse(ledger.asked.at(-1)!.body)).toMatchObject({
		kind: 'buy_in',
		intent: { recorded_ms: 1_000_000 },
	});
	expect(ledger.asked.at(-1)!.key).toBe(outcome.key);
}, 10_000);

test('intents go in order; a refused one holds back those of the same player, not others', async () => {
	reachable = false;
	ledger.next = [problem(409, 'limit')];
	const box = await outbox();
	const first = (await box.send(buyIn('p1'), about)) as { key: string };
	await until(() => box.commands.some(({ state }) => state === 'refused'));
	await box.send(buyIn('p1'), about);
	await box.send(buyIn('p2'), about);
	await until(() => box.commands.some(({ state }) => state === 'posted'));
	const states = Object.fromEntries(
		box.commands.map(({ key, subject, state }) => [`${subject}${key === first.key ? ' first' : ''}`, state]),
	);
	expect(states).toEqual({ 'e1/p1 first': 'refused', 'e1/p1': 'waiting', 'e1/p2': 'posted' });
	expect(await box.remove(first.key, 'Given back')).toBe(true);
	await until(() => box.open.length === 0);
	expect(box.commands.map(({ state }) => state)).toEqual(['posted', 'posted', 'removed']);
});

test('an intent older than fifteen minutes waits for a look', async () => {
	reachable = false;
	ledger.next = ['hang up'];
	const box = await outbox();
	const { key } = (await box.send(buyIn('p1'), about)) as { key: string };
	await until(() => ledger.asked.length === 1 && box.commands[0]?.state === 'waiting');
	clock = 16 * 60_000;
	await new Promise((resolve) => setTimeout(resolve, 1_200)); // longer than it waits between two tries
	expect(ledger.asked).toHaveLength(1);
	expect(box.old(box.commands[0]!)).toBe(true);
	await box.retry(key);
	await until(() => box.commands[0]?.state === 'posted');
});

test('each request shows the newest head that the till has seen', async () => {
	const box = await outbox();
	for (const player of ['p1', 'p2', 'p3']) await box.send(buyIn(player), about);
	expect(ledger.asked.map(({ head }) => head)).toEqual([undefined, { term: 1, seq: 1 }, { term: 1, seq: 2 }]);
	await (await outbox()).send(buyIn('p4'), about);
	expect(ledger.asked.at(-1)?.head).toEqual({ term: 1, seq: 3 });
});

test('a restored box gets every entry that the till keeps, and the command goes in when it takes money', async () => {
	const box = await outbox();
	for (const player of ['p1', 'p2']) await box.send(buyIn(player), about);
	ledger.standing = { state: 'new_term', why: 'It was restored.', term: 1, core: { seq: null } };
	ledger.next = [problem(503, 'term_needed')];
	const sent = box.send(buyIn('p3'), about);
	await until(() => ledger.handedIn.length === 1);
	expect(ledger.handedIn[0]?.entries.map(({ entry }) => entry.seq)).toEqual([1, 2]);
	await until(() => box.standing?.why === 'It was restored.');
	expect((await sent).state).toBe('posted');
}, 10_000);

test('what the core has for a day is forgotten, but the newest head; what it lacks is kept', async () => {
	const box = await outbox();
	for (const player of ['p1', 'p2', 'p3', 'p4']) await box.send(buyIn(player), about);
	ledger.standing = { state: 'open', why: '', term: 1, core: { seq: 2 } };
	box.tryNow();
	await until(() => box.standing?.core.seq === 2);
	expect(box.commands).toHaveLength(4);
	clock = 25 * 3_600_000;
	box.tryNow();
	await until(() => box.commands.length === 2);
	ledger.standing = { state: 'open', why: '', term: 1, core: { seq: 4 } };
	clock += 120_000;
	box.tryNow();
	await until(() => box.commands.length === 1);
	expect((await outbox()).commands.map(({ outcome }) => outcome)).toMatchObject([{ head: { seq: 4 } }]);
});

test('three days away with two hundred intents: each waits for a look, then all go in, once, in their order', async () => {
	reachable = false;
	ledger.down = true;
	let box = await outbox();
	for (let n = 0; n < 200; n++) await box.send(buyIn(`p${n % 40}`), about);
	box.close();
	box = await outbox();
	clock = 3 * 86_400_000;
	ledger.down = false;
	box.tryNow();
	expect(box.open).toHaveLength(200);
	expect(new Set([...box.fates.values()].map(({ state }) => state))).toEqual(new Set(['look', 'held']));
	expect(ledger.asked).toEqual([]);
	await box.retryAll();
	await box.retryAll();
	await until(() => box.open.length === 0);
	expect(ledger.asked.map(({ key }) => key)).toEqual([...box.commands].reverse().map(({ key }) => key));
}, 30_000);

test('two tabs are one line: what one recorded the other sends, and what was refused in one holds back in both', async () => {
	reachable = false;
	ledger.down = true;
	const [one, other] = [await outbox(), await outbox()];
	await one.send(buyIn('p1'), about);
	await other.send(buyIn('p1'), about);
	await one.send(buyIn('p2'), about);
	ledger.down = false;
	ledger.next = [problem(409, 'limit')];
	one.tryNow();
	await until(() => one.commands.length === 3 && one.commands[0]?.state === 'posted');
	expect([...one.commands].reverse().map(({ key }) => one.fates.get(key)?.state)).toEqual([
		'refused',
		'held',
		'booked',
	]);
	other.tryNow();
	await until(() => other.commands.filter(({ outcome }) => outcome).length === 2);
	expect(new Set(ledger.asked.map(({ key }) => key)).size).toBe(2);
	await one.remove(one.commands.at(-1)!.key, 'Given back');
	await until(() => one.open.length === 0);
	other.tryNow();
	await until(() => other.open.length === 0);
}, 20_000);

test('money that only the leaf knows to be there is not recorded without it', async () => {
	reachable = false;
	ledger.down = true;
	const box = await outbox();
	expect(await box.send({ ...buyIn('p1'), method: 'balance' }, about)).toEqual({ state: 'needs-leaf' });
	expect((await box.send({ ...buyIn('p1'), method: 'card', reference: '1' }, about)).state).toBe('waiting');
});

test('money booked although a rule objects says which: a person settles it', async () => {
	reachable = false;
	const entry = { seq: 7, kind: 'suspense', data: { refusal: 'entries_used' } };
	ledger.next = [{ status: 201, body: { outcome: 'posted', entry, hash: 'h', head: {}, receipt: {} } }];
	const box = await outbox();
	const { key } = (await box.send(buyIn('p1'), about)) as { key: string };
	await until(() => box.open.length === 0);
	expect(box.fates.get(key)).toEqual({ state: 'unsettled', seq: 7, code: 'entries_used' });
});

test('a till that was away brings what the box has left behind', async () => {
	const box = await outbox();
	await box.send(buyIn('p1'), about);
	ledger.standing = { state: 'open', why: '', term: 2, core: { seq: 0 } };
	box.tryNow();
	await until(() => ledger.handedIn.length === 1);
	expect(ledger.handedIn[0]?.entries.map(({ entry }) => entry.seq)).toEqual([1]);
});

test('a slip is the original once, over tabs and reloads, and there is none of what has its outcome', async () => {
	reachable = false;
	ledger.down = true;
	const box = await outbox();
	const { key } = (await box.send(buyIn('p1'), about)) as { key: string };
	const twin = await outbox();
	expect(await box.slipPrinted(key)).toBe(0);
	expect(await twin.slipPrinted(key)).toBe(1);
	box.close();
	twin.close();
	const again = await outbox();
	expect(await again.slipPrinted(key)).toBe(2);
	expect(again.commands[0]?.slips).toHaveLength(3);
	expect(await again.slipPrinted('another')).toBeNull();
	ledger.down = false;
	reachable = true;
	again.tryNow();
	await until(() => again.commands[0]?.state === 'posted');
	expect(await again.slipPrinted(key)).toBeNull();
}, 10_000);

test('what never left is removed with a record, in all tabs, till a manager has seen it for a day', async () => {
	reachable = false;
	ledger.down = true;
	const [box, other] = [await outbox(), await outbox()];
	const { key } = (await box.send(buyIn('p1'), about)) as { key: string };
	clock = 60_000;
	expect(await box.remove(key, 'Given back')).toBe(true);
	expect(await box.remove(key, 'Given back')).toBe(false);
	expect(box.open).toEqual([]);
	const record = { reason: 'Given back', by: 'Cleo', atMs: 1_060_000, instead: null, seenBy: null };
	expect(box.fates.get(key)).toEqual({ state: 'removed', ...record });
	ledger.down = false;
	box.tryNow();
	other.tryNow();
	await other.send(buyIn('p2'), about);
	await until(() => other.commands.some(({ state }) => state === 'posted'));
	expect(other.fates.get(key)).toMatchObject({ state: 'removed' });
	expect(ledger.asked.map(({ body }) => JSON.parse(body).player)).toEqual(['p2']);
	clock = 30 * 86_400_000;
	expect((await outbox()).fates.get(key)).toMatchObject({ state: 'removed' });
	await box.removalSeen(key);
	expect((await outbox()).fates.has(key)).toBe(false);
}, 10_000);

test('what may have arrived stays as it is till its outcome is known', async () => {
	reachable = false;
	ledger.next = ['hang up'];
	const box = await outbox();
	const { key } = (await box.send(buyIn('p1'), about)) as { key: string };
	await until(() => ledger.asked.length === 1);
	ledger.down = true;
	await until(() => box.commands[0]?.state === 'waiting');
	expect(await box.remove(key, 'Given back')).toBe(false);
	expect(await box.replace(key, buyIn('p2'), about, 'Edited')).toBe(false);
	const again = await outbox();
	expect(await again.remove(key, 'Given back')).toBe(false);
	expect(again.commands).toHaveLength(1);
	ledger.down = false;
	await until(() => again.commands[0]?.state === 'posted');
	expect(await again.remove(key, 'Given back')).toBe(false);
	expect(new Set(ledger.asked.map((one) => one.key))).toEqual(new Set([key]));
}, 10_000);

test('recorded anew it goes out under another key, once, and says when the money came in', async () => {
	reachable = false;
	ledger.down = true;
	const box = await outbox();
	const { key } = (await box.send(buyIn('p1'), about)) as { key: string };
	await box.send(buyIn('p1'), about);
	clock = 16 * 60_000; // looked at just now: it does not wait for another look
	expect(await box.replace(key, { kind: 'pay_prize' }, about, 'Edited')).toBe(false);
	expect(await box.replace(key, buyIn('p2'), { ...about, who: 'Bo' }, 'Edited')).toBe(true);
	const old = box.commands.find((one) => one.key === key)!;
	const anew = box.commands.find((one) => one.key === old.removed?.instead)!;
	expect(anew).toMatchObject({ about: { who: 'Bo' }, subject: 'e1/p2', state: 'waiting' });
	ledger.down = false;
	box.tryNow();
	await until(() => box.commands.some(({ state }) => state === 'posted'));
	await box.retryAll();
	await until(() => box.open.length === 0);
	expect(ledger.asked.map((one) => [one.key, JSON.parse(one.body).player])).toEqual([
		[anew.key, 'p2'],
		[expect.not.stringContaining(key), 'p1'],
	]);
	expect(JSON.parse(ledger.asked[0]!.body).intent).toEqual({ recorded_ms: 1_000_000 });
}, 10_000);

test('a refused intent is recorded anew', async () => {
	reachable = false;
	ledger.next = [problem(409, 'limit')];
	const box = await outbox();
	const { key } = (await box.send(buyIn('p1'), about)) as { key: string };
	await until(() => box.commands[0]?.state === 'refused');
	expect(await box.replace(key, buyIn('p2'), about, 'Edited')).toBe(true);
	await until(() => box.open.length === 0);
	expect(box.commands.map(({ state }) => state)).toEqual(['posted', 'removed']);
	expect(ledger.asked[1]?.key).not.toBe(key);
});
