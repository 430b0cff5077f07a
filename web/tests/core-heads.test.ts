import { once } from 'node:events';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, beforeEach, expect, test } from 'vitest';
import type { Command } from '#lib/money/command.ts';
import { showHeads } from '#lib/money/core-heads.ts';

let server: Server;
let url: string;
let shown: { seq: number }[][];

beforeEach(async () => {
	shown = [];
	server = createServer(async (request, response) => {
		let text = '';
		for await (const chunk of request) text += chunk;
		if (request.headers.authorization !== 'Bearer good') return response.writeHead(403).end('{}');
		shown.push(JSON.parse(text).heads);
		response.end(JSON.stringify({ verdicts: shown.at(-1)!.map(() => 'extends') }));
	});
	server.listen(0, '127.0.0.1');
	await once(server, 'listening');
	url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
});
afterEach(() => {
	server.closeAllConnections();
	return new Promise<void>((resolve) => server.close(() => resolve()));
});

function posted(seq: number): Command {
	const outcome = {
		state: 'posted',
		key: `k${seq}`,
		entry: { seq },
		hash: 'h',
		head: { term: 1, seq },
		receipt: {},
	};
	return { key: `k${seq}`, outcome } as unknown as Command;
}

test('the newest heads that a till kept go to the core, a bounded number at once', async () => {
	const commands = Array.from({ length: 30 }, (_, n) => posted(n + 1));
	const verdicts = await showHeads(url, { Authorization: 'Bearer good' }, commands);
	expect(verdicts).toHaveLength(20);
	expect(shown[0]!.map(({ seq }) => seq)).toEqual(Array.from({ length: 20 }, (_, n) => 30 - n));
});

test('a till without heads asks nothing, and a core that does not say is nothing to worry about', async () => {
	expect(await showHeads(url, { Authorization: 'Bearer good' }, [])).toBeNull();
	expect(await showHeads(url, {}, [posted(1)])).toBeNull();
	expect(await showHeads('http://127.0.0.1:1', { Authorization: 'Bearer good' }, [posted(1)])).toBeNull();
	expect(shown).toEqual([]);
});
