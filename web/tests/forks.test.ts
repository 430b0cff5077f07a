import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { expect, test } from 'vitest';
import { type Fork, forkSteps, forksAt, forkText } from '../src/routes/admin/forks.ts';

const FORK: Fork = { seq: 5, held_hash: 'aa', received_ms: 1, cleared_ms: null };

test('a fork is told by its number and what to do from the last common entry', () => {
	expect(forkText(FORK)).toBe(
		'Number 00005 has two contents: the core holds one, a box of this house signed another.',
	);
	expect(forkText({ ...FORK, cleared_ms: 2 })).toMatch(/^Number 00005 had two contents. Settled/);
	expect(forkSteps(FORK)[1]).toContain('felt ledger set-aside --after 4.');
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
