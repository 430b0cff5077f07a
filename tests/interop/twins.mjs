// Reads cases as JSON lines, answers each with what the twins make of it, as `test_twins.py` has it from Python.
import { createInterface } from 'node:readline';
import { stampText } from '../../web/src/lib/facts/edits.ts';
import { Index } from '../../web/src/lib/facts/facts.ts';
import { readingsOf } from '../../web/src/lib/facts/readings.ts';
import { reading } from './reading.mjs';

function rivals(document, edits) {
	const index = new Index(readingsOf(document));
	edits.forEach(([name, value], n) => {
		const stamp = stampText({ ms: (n + 1) * 700, counter: n + 1, replica: 'a1-x' });
		index.add(stamp, { name, value, replaces: [], person: '', act: '' });
	});
	return index;
}

function answer({ facts, now }) {
	const read = (document) => rivals(document, facts[document] ?? []);
	const [tournament, config, floor, cage] = ['tournament/a', 'config', 'floor', 'cage'].map(read);
	return reading({ tournament, config, floor, cage }, 'a', now);
}

for await (const line of createInterface({ input: process.stdin }))
	process.stdout.write(`${JSON.stringify(answer(JSON.parse(line)))}\n`);
