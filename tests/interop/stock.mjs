// A stock y-websocket client on real yjs: writes edits by hand, off line and on, and is refused one.
// Argument: port of a leaf with a floor. Answers one line of JSON.
import { createRequire } from 'node:module'

const require = createRequire(new URL('../../web/package.json', import.meta.url))
const Y = await import(require.resolve('yjs').replace('yjs.cjs', 'yjs.mjs'))
const { WebsocketProvider } = await import(require.resolve('y-websocket').replace('y-websocket.cjs', '../src/y-websocket.js'))
const { WebSocket } = require('ws')

const port = process.argv[2]

function open(token, room = 'floor') {
	const doc = new Y.Doc()
	class Signed extends WebSocket {
		constructor(url, protocols) {
			super(url, protocols, { headers: { cookie: `felt_session=${token}` } })
		}
	}
	const provider = new WebsocketProvider(`ws://127.0.0.1:${port}/sync/v`, room, doc, {
		WebSocketPolyfill: Signed,
		connect: false,
		disableBc: true,
	})
	return { doc, provider, facts: doc.getMap('f'), counter: 0, device: token.split('-')[1] }
}

function write(hand, name, value, replaces = []) {
	hand.counter += 1
	const stamp = `${hand.counter.toString(36)}.${hand.counter}.${hand.device}-n`
	hand.facts.set(stamp, JSON.stringify([name, value, replaces, ['ana', '']]))
	return stamp
}

function until(hand, true_) {
	return new Promise((resolve) => {
		const look = () => {
			if (true_()) {
				hand.doc.off('update', look)
				resolve()
			}
		}
		hand.doc.on('update', look)
		look()
	})
}

const seat = (n) => ({ table: 't1', seat: n })
const one = open('floor-t1')
const two = open('floor-t2')
for (let n = 0; n < 500; n++) write(one, `seat/p${n}`, seat(1 + (n % 9)))
one.provider.connect()
two.provider.connect()
await until(two, () => two.facts.size >= 502)

const first = write(two, 'seat/q', seat(3))
await until(one, () => one.facts.has(first))

const bad = write(one, 'seat/q', { nonsense: true }, [first])
await until(one, () => !one.facts.has(bad))

one.provider.disconnect()
const late = write(one, 'seat/q', seat(4), [first])
write(one, 'seat/r', seat(5))
one.provider.connect()
await until(two, () => two.facts.has(late))
await until(two, () => !two.facts.has(first)) // pruned
await until(one, () => !one.facts.has(first))

// What yjs decided about presence: each sees the other, and only that.
const people = (hand) => [...hand.provider.awareness.getStates().keys()].sort()
one.provider.awareness.setLocalStateField('name', 'Ana')
two.provider.awareness.setLocalStateField('name', 'Bo')
await new Promise((resolve) => {
	const look = () => people(one).length === 2 && people(two).length === 2 && resolve()
	one.provider.awareness.on('change', look)
	two.provider.awareness.on('change', look)
	look()
})

const picture = (hand) => ({
	facts: Object.fromEntries([...hand.facts.entries()].sort()),
	vector: Object.fromEntries([...Y.decodeStateVector(Y.encodeStateVector(hand.doc))].sort()),
})
const seen = JSON.stringify({ one: picture(one), two: picture(two), people: people(one) })
process.stdout.write(`${seen}\n`, () => process.exit(0))
