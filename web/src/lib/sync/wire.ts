/** The way to a server for one document: bytes both ways and a close code, whatever carries them. */

export type Wire = {
	/** False: it is not open, nothing was sent. */
	send(frame: Uint8Array): boolean;
	/** Without another word to the owner. */
	close(): void;
	/** Nothing is heard on it: like `close`, and whatever else it carries is told, if nothing is heard there either. */
	drop(): void;
};

export type WireOwner = {
	frame(bytes: Uint8Array): void;
	/** Something was heard that is not for this document: the server lives. */
	alive(): void;
	/** The last call. */
	closed(code: number): void;
};

/** `address`: `ws://…` of the server; `venue` and `document` (with `@<epoch>` where it is known) as in its path. */
export type Where = { address: string; venue: string; document: string; token: string };

export type Dial = (where: Where, owner: WireOwner) => Wire;

/** One socket for one document (`felt.sync.1`). */
export const socketOf: Dial = ({ address, venue, document, token }, owner) => {
	const socket = new WebSocket(`${address}/sync/${venue}/${document}`, offers('felt.sync.1', token));
	socket.binaryType = 'arraybuffer';
	socket.onmessage = ({ data }) => owner.frame(new Uint8Array(data as ArrayBuffer));
	socket.onclose = ({ code }) => owner.closed(code);
	return {
		send: (frame) => sendOn(socket, frame),
		close: () => hangUp(socket),
		drop: () => hangUp(socket),
	};
};

/**
 * A server that may be reached at a second address too, where a firewall shuts the first: a try that ends before a
 * word was said sends the next one to the other.
 */
export function alternating(dial: Dial, address: string, other: string): Dial {
	let current = address;
	return (where, owner) => {
		if (where.address !== address) return dial(where, owner);
		const tried = current;
		let heard = false;
		const ended = () => {
			if (!heard && current === tried) current = tried === address ? other : address;
		};
		const wire = dial(
			{ ...where, address: tried },
			{
				alive: () => owner.alive(),
				frame: (bytes) => {
					heard = true;
					owner.frame(bytes);
				},
				closed: (code) => {
					ended();
					owner.closed(code);
				},
			},
		);
		return {
			send: (frame) => wire.send(frame),
			close: () => wire.close(),
			drop: () => {
				ended();
				wire.drop();
			},
		};
	};
}

/** What a client offers; a browser can't send a header, so the token travels here. */
export function offers(kind: string, token: string): string[] {
	return token ? [kind, `felt.token.${token}`] : [kind];
}

export function sendOn(socket: WebSocket, frame: Uint8Array): boolean {
	if (socket.readyState !== WebSocket.OPEN) return false;
	socket.send(frame as Uint8Array<ArrayBuffer>);
	return true;
}

export function hangUp(socket: WebSocket): void {
	socket.onopen = socket.onmessage = socket.onclose = null;
	socket.close();
}
