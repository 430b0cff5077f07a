// Tablets on stock yjs and y-websocket, and screens on server-sent events: each change is told as a line of JSON
// `{at, who, what}` (`at` Unix ms; `what`: the fact's name, or the view). Argument: JSON
// `{sync, url, event, tablets: [token], screens: [[token, view]]}`.
import { createRequire } from 'node:module';

const require = createRequire(new URL('../../web/package.json', import.meta.url));
const Y = await import(require.resolve('yjs').replace('yjs.cjs', 'yjs.mjs'));
const { WebsocketProvider } = await import(
	require.resolve('y-websocket').replace('y-websocket.cjs', '../src/y-websocket.js')
);
const { WebSocket } = require('ws');
process.setMaxListeners(0);
const { sync, url, event, tablets, screens } = JSON.parse(process.argv[2]);

const now = () => performance.timeOrigin + performance.now();
const tell = (at, who, what) => process.stdout.write(`${JSON.stringify({ at, who, what })}\n`);

function tablet(token, who) {
	class Signed extends WebSocket {
		constructor(address, protocols) {
			super(address, protocols, { headers: { cookie: `felt_session=${token}` } });
		}
	}
	return [`tournament/${event}`, 'config', 'roster', 'cage', 'floor'].map((document) => {
		const doc = new Y.Doc();
		const provider = new WebsocketProvider(sync, document, doc, { WebSocketPolyfill: Signed, disableBc: true });
		const facts = doc.getMap('f');
		return new Promise((resolve) =>
			provider.once('sync', () => {
				resolve();
				if (!document.startsWith('tournament/')) return;
				facts.observe(({ keysChanged }) => {
					const at = now();
					for (const key of keysChanged)
						if (facts.has(key)) tell(at, who, JSON.parse(facts.get(key))[0]);
				});
			}),
		);
	});
}

/** Comes back when its stream ends, as a screen does. */
async function screen([token, view], who) {
	for (;;) {
		try {
			const headers = { authorization: `Bearer ${token}` };
			const response = await fetch(`${url}/events/${view}`, { headers });
			const decoder = new TextDecoder();
			for await (const chunk of response.body)
				if (decoder.decode(chunk, { stream: true }).includes('data:')) tell(now(), who, view.split('/')[0]);
		} catch (error) {
			console.error(`${who} (${view}): ${error.cause ?? error}`);
		}
		await new Promise((resolve) => setTimeout(resolve, 500));
	}
}

screens.forEach((one, n) => void screen(one, `screen ${n}`));
await Promise.all(tablets.flatMap((token, n) => tablet(token, `tablet ${n}`)));
tell(now(), 'all', 'ready');
