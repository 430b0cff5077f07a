/** A ledger for tests of a till: a real server that answers each key once, and the same for ever. */
import { once } from 'node:events';
import { createServer, type IncomingMessage, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';

export type Asked = { key: string; body: string; head?: unknown };
export type Answer = { status: number; body: object } | 'hang up';

/** A ledger that answers each key once, and the same for ever. */
export class Ledger {
	readonly asked: Asked[] = [];
	readonly outcomes = new Map<string, Answer & object>();
	/** hangs up on all who ask */
	down = false;
	/** what it says next; then it posts */
	next: Answer[] = [];
	standing: object = { state: 'open', why: '', term: 1, core: { seq: 0 } };
	readonly handedIn: { entries: { entry: { seq: number } }[] }[] = [];
	#server: Server;

	constructor() {
		this.#server = createServer(async (request, response) => {
			const body = await text(request);
			if (this.down) return request.socket.destroy();
			if (request.url?.startsWith('/api/v1/ledger/term')) {
				if (request.method === 'POST') this.handedIn.push(JSON.parse(body));
				response.writeHead(200).end(JSON.stringify(this.standing));
				return;
			}
			const key = String(request.headers['idempotency-key']);
			const head = request.headers['ledger-head'];
			this.asked.push({ key, body, ...(head ? { head: JSON.parse(String(head)) } : {}) });
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
	body: { outcome: 'posted', entry: { seq }, hash: 'h', head: { term: 1, seq }, receipt: {} },
});
export const problem = (status: number, code: string, details = {}): Answer => ({
	status,
	body: { error: { code, message: code, details } },
});
