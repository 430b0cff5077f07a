// Reads updates as JSON lines (a list of base64 texts of one document), answers each document as yjs has it.
import { createRequire } from 'node:module';
import { createInterface } from 'node:readline';

const require = createRequire(new URL('../../web/package.json', import.meta.url));
const Y = require('yjs');

function answer(updates) {
	const doc = new Y.Doc();
	for (const update of updates) Y.applyUpdate(doc, Buffer.from(update, 'base64'));
	const pending = doc.store.pendingStructs !== null || doc.store.pendingDs !== null;
	const vector = Object.fromEntries(Y.decodeStateVector(Y.encodeStateVector(doc)));
	return { facts: doc.getMap('f').toJSON(), vector, pending };
}

for await (const line of createInterface({ input: process.stdin }))
	process.stdout.write(`${JSON.stringify(answer(JSON.parse(line)))}\n`);
