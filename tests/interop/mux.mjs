// Two documents on one socket of `ws`, each a Y.Doc: writes into one, reads both. Argument: port of a leaf.
// Answers one line of JSON: the messages of the server by channel and kind, and what is in the documents.
import { createRequire } from 'node:module'

const require = createRequire(new URL('../../web/package.json', import.meta.url))
const Y = await import(require.resolve('yjs').replace('yjs.cjs', 'yjs.mjs'))
const encoding = await import(require.resolve('lib0/encoding').replace('dist/encoding.cjs', 'encoding.js'))
const decoding = await import(require.resolve('lib0/decoding').replace('dist/decoding.cjs', 'decoding.js'))
const { WebSocket } = require('ws')

const socket = new WebSocket(`ws://127.0.0.1:${process.argv[2]}/sync/v`, ['felt.mux.1', 'felt.token.floor-t1'])
const docs = { 1: new Y.Doc(), 2: new Y.Doc() }
const kinds = { 1: [], 2: [] }
const closed = {}

function send(channel, ...parts) {
	const out = encoding.createEncoder()
	encoding.writeVarUint(out, channel)
	for (const part of parts) {
		if (typeof part === 'number') encoding.writeVarUint(out, part)
		else if (typeof part === 'string') encoding.writeVarString(out, part)
		else encoding.writeVarUint8Array(out, part)
	}
	socket.send(encoding.toUint8Array(out))
}

function hear(channel, kind, message) {
	kinds[channel].push(kind)
	if (kind === 71) closed[channel] = JSON.parse(decoding.readVarString(message)).code
	if (kind !== 0) return
	const step = decoding.readVarUint(message)
	const body = decoding.readVarUint8Array(message)
	if (step === 0) send(channel, 0, 1, Y.encodeStateAsUpdate(docs[channel], body))
	else Y.applyUpdate(docs[channel], body, 'server')
}

socket.on('open', () => {
	for (const [channel, document] of [[1, 'floor@1'], [2, 'roster']]) {
		send(channel, 70, JSON.stringify({ document }))
		send(channel, 0, 0, Y.encodeStateVector(docs[channel]))
	}
	docs[1].on('update', (update, origin) => origin !== 'server' && send(1, 0, 2, update))
	const edit = JSON.stringify(['seat/p1', { table: 't1', seat: 2 }, [], ['ana', '']])
	docs[1].getMap('f').set('1.1.t1-n', edit)
})
socket.on('message', (data) => {
	const message = decoding.createDecoder(new Uint8Array(data))
	hear(decoding.readVarUint(message), decoding.readVarUint(message), message)
	if (kinds[1].includes(64) && docs[2].getMap('f').size === 1 && closed[2] === undefined) {
		if (!kinds[2].includes('bye')) send(2, 71, JSON.stringify({ code: 1000 }))
		kinds[2].push('bye')
	}
	if (closed[2] === 1000 && docs[1].getMap('f').size === 3) {
		socket.removeAllListeners('message') // told once
		const facts = { 1: docs[1].getMap('f').toJSON(), 2: docs[2].getMap('f').toJSON() }
		process.stdout.write(`${JSON.stringify({ protocol: socket.protocol, facts, closed })}\n`, () => process.exit(0))
	}
})
socket.on('close', (code) => {
	process.stderr.write(`closed with ${code}\n`, () => process.exit(1))
})
