import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { IDBFactory } from 'fake-indexeddb';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import type { Checking } from '#lib/money/ledger-keep.ts';
import {
	answers,
	LedgerTerm,
	lostNumbers,
	movedCents,
	type TermTold,
} from '#lib/money/ledger-term.svelte.ts';
import { Outbox } from '#lib/money/outbox.svelte.ts';
import { LeafTime } from '#lib/sync/leaf-time.ts';
import { Store } from '#lib/sync/store.ts';
import { Api } from '#lib/venue/api.ts';
import { browserAt } from './browser.ts';

const RESTORED: TermTold = {
	state: 'new_term',
	why: 'It was restored.',
	term: 1,
	seq: 4,
	highest_seq: 7,
	lost: 3,
	core: { asked: false, seq: null, trouble: '' },
	contradictions: [],
	tills: [],
	may_open: false,
};
const LEFT = {
	device: 'd1',
	hash: 'aa',
	proved: true,
	entry: {
		seq: 6,
		kind: 'buy_in',
		at_ms: 0,
		person: 'ana',
		data: { player: 'p1' },
		postings: [
			{ account: '1010/d', amount: 5_500 },
			{ account: '2010/t', amount: -5_000 },
			{ account: '4000', amount: -500 },
		],
	},
};

/** A box that was restored; it opens its term for whoever was asked, or says in writing why not. */
let told: TermTold | Checking;
let said: Record<string, string>[];
let server: Server;
let outbox: Outbox;
let term: LedgerTerm;

beforeEach(async () => {
	told = RESTORED;
	said = [];
	server = createServer(async (request, response) => {
		let text = '';
		for await (const chunk of request) text += chunk;
		const answer = (status: number, body: object) =>
			response.writeHead(status, { 'Content-Type': 'application/json' }).end(JSON.stringify(body));
		if (request.url === '/api/v1/ledger/term/proposals') return answer(200, { proposals: [LEFT] });
		if (request.method === 'GET') return answer(200, told);
		const body = JSON.parse(text);
		said.push(body);
		if (told.state === 'checking') {
			const details = { checked_percent: told.percent };
			return answer(503, { error: { code: 'not_ready', message: '', details } });
		}
		if (request.url === '/api/v1/ledger/commands') return answer(201, { outcome: 'posted', entry: {} });
		if (!told.may_open && !body.override)
			return answer(409, { error: { code: 'nobody_asked', message: '', details: {} } });
		told = { ...told, state: 'open', term: 2, lost: 0 };
		answer(201, { term: 2, seq: 5, lost: 3 });
	});
	await new Promise<void>((done) => server.listen(0, '127.0.0.1', done));
	const address = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
	browserAt(`${address}/cage`);
	const api = new Api('cage', address);
	const time = new LeafTime({ leafMs: 0, unixMs: 0 }, 0, 0, () => 0);
	outbox = new Outbox(api, await Store.open('felt', new IDBFactory()), time, () => true);
	term = new LedgerTerm({ api, outbox, at: 'leaf' }, true);
	await term.ask();
});
afterEach(() => {
	term.close();
	outbox.close();
	server.closeAllConnections();
	server.close();
});

test('a restored box takes no money, and says who was asked and which numbers nobody has brought', () => {
	expect(term.closed).toBe('No money before the term is opened');
	expect(lostNumbers(term.told!)).toBe('00005 to 00007');
	const name = (device: string) => ({ d1: 'Cage 1' })[device] ?? 'Another till';
	expect(answers(term.told!, name)).toEqual([
		'The core has not answered yet.',
		'No till has handed in anything yet.',
	]);
	const more = { ...RESTORED, core: { asked: true, seq: 4, trouble: '' }, tills: [{ device: 'd1', seq: 6 }] };
	expect(answers(more, name)).toEqual([
		'The core was asked: it holds up to number 00004.',
		'Cage 1 has handed in what it keeps, up to number 00006.',
	]);
	expect(term.proposals.map(movedCents)).toEqual([5_500]);
});

test('without core and tills it is opened in writing only, and money goes on', async () => {
	expect(await term.open('The hall is full.')).toBeNull();
	expect(said).toEqual([{ why: 'Opened without waiting.', override: 'The hall is full.' }]);
	expect(term.closed).toBeNull();
	expect(lostNumbers(term.told!)).toBe('');
});

test('when somebody was asked, what was checked is enough; what the box says against it is told', async () => {
	told = { ...RESTORED, may_open: true, lost: 1 };
	await term.askAgain();
	expect(lostNumbers(term.told!)).toBe('00005');
	told = RESTORED; // meanwhile it is another
	expect(await term.open('Counted.')).toMatch(/^Neither core nor till was asked yet/);
	expect(term.closed).not.toBeNull();
	told = { ...RESTORED, may_open: true };
	await term.askAgain();
	expect(await term.open('Counted.')).toBeNull();
	expect(said.at(-1)).toEqual({ why: 'Counted.' });
});

test('a fenced box says so, and nothing opens it', async () => {
	told = { ...RESTORED, state: 'fenced', why: 'A later term exists.' };
	await term.askAgain();
	expect(term.closed).toBe('This box takes no money any more');
});

test('while a box reads its books a sale is kept and booked by itself, and nothing is paid out', async () => {
	told = { state: 'checking', why: 'The books are being checked, 40 %.', percent: 40 };
	await term.ask();
	expect([term.closed, term.told]).toEqual(['The books are being checked, 40 %', null]);
	const about = { what: '', who: '', amount: '' };
	const sale = { kind: 'buy_in', tournament: 't', player: 'p1', entry: 'e1', method: 'cash' };
	const kept = await outbox.send(sale, about);
	expect(kept.state).toBe('waiting');
	expect(outbox.commands[0]!.intent).toBe(true);
	expect((await outbox.send({ kind: 'pay_prize', method: 'cash' }, about)).state).toBe('needs-leaf');
	told = { ...RESTORED, state: 'open', lost: 0 };
	await vi.waitFor(() => expect(outbox.commands[0]!.state).toBe('posted'), 5_000);
	expect(said.at(-1)).toMatchObject({ ...sale, intent: { recorded_ms: expect.any(Number) } });
	expect(term.closed).toBeNull();
});

test('a sale that the box turned away while it read its books tells the till, and is sent again', async () => {
	told = { ...RESTORED, state: 'open', lost: 0 };
	await term.ask();
	told = { state: 'checking', why: '', percent: 7 };
	const sent = outbox.send({ kind: 'drop_to_vault' }, { what: '', who: '', amount: '' });
	await vi.waitFor(() => expect(outbox.checking).toBe(7), 5_000);
	expect(term.closed).toBe('The books are being checked, 7 %');
	told = { ...RESTORED, state: 'open', lost: 0 };
	expect((await sent).state).toBe('posted');
	expect(outbox.checking).toBeNull();
});
