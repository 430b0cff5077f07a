// Reads `[text, values]` as JSON lines, answers each with what the TypeScript formula makes of it.
import { createInterface } from 'node:readline';
import { readFormula } from '../../web/src/lib/twins/leagues/formula.ts';

function answer([text, values]) {
	const read = readFormula(text);
	return 'outcome' in read ? { outcome: read.outcome(values) } : { code: read.code, column: read.column };
}

for await (const line of createInterface({ input: process.stdin }))
	process.stdout.write(`${JSON.stringify(answer(JSON.parse(line)))}\n`);
