import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { expect, test } from 'vitest';
import { acknowledge, type Fork, forkSteps, forksAt, forkText, standing } from '../src/routes/admin/forks.ts';

const FORK: Fork = { seq: 5, held_hash: 'aa', received_ms: 1, cleared_ms: null, seen_ms: null, seen_by: '' };

test('a fork is told by its number and what to do from the last common entry', () => {
	expect(forkText(FORK)).toBe(
		'Two different bookings have the number 00005: the core keeps one, a box of this house the other. All after it may differ too.',
	);
	expect(forkText({ ...FORK, cleared_ms: 2 })).toMatch(
		/^Two different bookings had the number 00005. Settled/,
	);
	expect(forkSteps(FORK, 'Mara')[1]!.command).toContain('felt ledger set-aside --after 4 --by "Mara" --why');
});

test('the core is asked with the sign-in of the leaf; no answer, or a no, says nothing', async () => {
	const core = createServer((request, response) => {
		const known = request.headers.authorization === 'Bearer good' && request.url === '/api/v1/ledger/forks';
		response
			.writeHead(known ? 200 : 403, { 'Content-Type': 'application/json' })
			.end(JSON.stringify({ stopped: 'fork at entry 5', forks: [FORK] }));
	});
	await new Promise<void>((done) => core.listen(0, '127.0.0.1', done));
	const url = `http://127.0.0.1:${(core.address() as AddressInfo).port}`;
	expect(await forksAt(url, { Authorization: 'Bearer good' })).toEqual({
		stopped: 'fork at entry 5',
		forks: [FORK],
	});
	expect(await forksAt(url, {})).toBeNull();
	core.closeAllConnections();
	await new Promise((done) => core.close(done));
	expect(await forksAt(url, { Authorization: 'Bearer good' })).toBeNull();
});

test('what stands is told once, and known by name at the core', async () => {
	expect(standing({ stopped: null, forks: [FORK, { ...FORK, seq: 7, cleared_ms: 3 }] })).toEqual(FORK);
	expect(standing({ stopped: null, forks: [{ ...FORK, cleared_ms: 3 }] })).toBeNull();
	expect(standing(null)).toBeNull();
	const said: unknown[] = [];
	const core = createServer(async (request, response) => {
		let text = '';
		for await (const chunk of request) text += chunk;
		said.push([request.method, request.url, JSON.parse(text)]);
		response.writeHead(request.headers.authorization === 'Bearer good' ? 204 : 403).end();
	});
	await new Promise<void>((done) => core.listen(0, '127.0.0.1', done));
	const url = `http://127.0.0.1:${(core.address() as AddressInfo).port}`;
	expect(await acknowledge(url, { Authorization: 'Bearer good' }, 'Mara')).toBe(true);
	expect(await acknowledge(url, {}, 'Mara')).toBe(false);
	expect(said[0]).toEqual(['POST', '/api/v1/ledger/forks/seen', { name: 'Mara' }]);
	core.closeAllConnections();
	await new Promise((done) => core.close(done));
	expect(await acknowledge(url, { Authorization: 'Bearer good' }, 'Mara')).toBe(false);
});
