/** The server's half of `felt.mux.1` for the test peer: a conversation for each channel of a socket. */
import { EventEmitter } from 'node:events';
import * as decoding from 'lib0/decoding';
import * as encoding from 'lib0/encoding';
import type { WebSocket } from 'ws';

/** What the peer needs of a socket, or of a channel of one. */
export type Conversation = Pick<WebSocket, 'send' | 'close' | 'terminate'> & {
	on(event: 'message', hear: (data: Buffer) => void): unknown;
	on(event: 'close', end: () => void): unknown;
};

class Channel extends EventEmitter {
	constructor(
		readonly socket: WebSocket,
		readonly n: number,
	) {
		super();
	}

	send(message: Uint8Array): void {
		const encoder = encoding.createEncoder();
		encoding.writeVarUint(encoder, this.n);
		encoding.writeUint8Array(encoder, message);
		this.socket.send(encoding.toUint8Array(encoder));
	}

	close(code = 1000): void {
		const encoder = encoding.createEncoder();
		encoding.writeVarUint(encoder, 71);
		encoding.writeVarString(encoder, JSON.stringify({ code }));
		this.send(encoding.toUint8Array(encoder));
		this.emit('close');
	}

	terminate(): void {
		this.socket.terminate();
	}
}

export function channels(socket: WebSocket, open: (channel: Conversation, document: string) => void): void {
	const all = new Map<number, Channel>();
	socket.on('close', () => {
		for (const channel of all.values()) channel.emit('close');
	});
	socket.on('message', (data: Buffer) => {
		const decoder = decoding.createDecoder(new Uint8Array(data));
		const n = decoding.readVarUint(decoder);
		const message = new Uint8Array(data).subarray(decoder.pos);
		const kind = decoding.readVarUint(decoder);
		if (kind === 70) {
			if (all.has(n)) return socket.close(4400);
			const channel = new Channel(socket, n);
			all.set(n, channel);
			channel.on('close', () => all.delete(n));
			return open(channel as unknown as Conversation, JSON.parse(decoding.readVarString(decoder)).document);
		}
		if (kind === 71) return all.get(n)?.close(1000);
		all.get(n)?.emit('message', Buffer.from(message));
	});
}
