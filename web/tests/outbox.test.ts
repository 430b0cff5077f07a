import { once } from 'node:events';
import { createServer, type IncomingMessage, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { IDBFactory } from 'fake-indexeddb';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { Api } from '#lib/api.ts';
import { keepSignIn } from '#lib/identity.ts';
import { LeafTime } from '#lib/leaf-time.ts';
import { Outbox, type Outcome } from '#lib/outbox.svelte.ts';
import { Store } from '#lib/store.ts';
import { browserAt } from './browser.ts';

type Asked = { key: string; body: string };
type Answer = { status: number; body: object } | 'hang up';

/** A ledger that answers each key once, and the same for ever. */
class Ledger {
	readonly asked: Asked[] = [];
	readonly outcomes = new Map<string, Answer & object>();
	/** what it says next; then it posts */
	next: Answer[] = [];
	#server: Server;

	constructor() {
		this.#server = createServer(async (request, response) => {
			const body = await text(request);
			const key = String(request.headers['idempotency-key']);
			this.asked.push({ key, body });
			const answer = this.outcomes.get(key) ?? this.next.shift() ?? posted(this.outcomes.size + 1);
			if (answer === 'hang up') return request.socket.destroy();
			if (answer.status < 429) this.outcomes.set(key, answer);
			response
				.writeHead(answer.status, { 'Content-Type': 'application/json' })
				.end(JSON.stringify(answer.body));
		});
	}

	async start(port = 0): Promise<number> {
		this.#server.listen(port, '127.0.0.1');
		await once(this.#server, 'listening');
		return (this.#server.address() as AddressInfo).port;
	}

	stop(): Promise<void> {
		this.#server.closeAllConnections();
		return new Promise((resolve) => this.#server.close(() => resolve()));
	}
}

async function text(request: IncomingMessage): Promise<string> {
	let body = '';
	for await (const chunk of request) body += chunk;
	return body;
}
const posted = (seq: number): Answer => ({
	status: 201,
	body: { outcome: 'posted', entry: { seq }, hash: 'h', head: {}, receipt: {} },
});
const problem = (status: number, code: string): Answer => ({
	status,
	body: { error: { code, message: code, details: {} } },
});
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
	const time = new LeafTime({ leafMs: 1_000_000, unixMs: 0 }, 0, 0, () => clock);
	const one = new Outbox(api, await Store.open('felt', factory), time, () => reachable);
	opened.push(one);
	await one.load();
	return one;
}
async function until(met: () => boolean): Promise<void> {
	const end = performance.now() + 5_000;
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
	await box.remove(first.key);
	await until(() => box.commands.every(({ state }) => state === 'posted'));
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
