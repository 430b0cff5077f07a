/** What a proposal costs in the twin, for `bench/seating.py`: facts on stdin, milliseconds on stdout. */
import { readFileSync } from 'node:fs';
import { type Json, stampText } from '#lib/facts/edits.ts';
import { Index } from '#lib/facts/facts.ts';
import { readingsOf } from '#lib/facts/readings.ts';
import { propose } from '../src/lib/twins/seating/balancing.ts';
import { seatChart } from '../src/lib/twins/seating/chart.ts';
import { halted } from '../src/lib/twins/seating/halting.ts';
import { buttonsOf } from '../src/lib/twins/seating/proposal.ts';

const { facts, furniture, rounds } = JSON.parse(readFileSync(0, 'utf8'));
const tournament = reading('tournament/e', facts);
const config = reading('config', furniture);
const chart = seatChart(tournament, config);
const buttons = buttonsOf(tournament);
console.log(
	JSON.stringify([median(() => propose(tournament, config)), median(() => halted(chart, buttons))]),
);

function reading(document: string, values: Record<string, Json>): Index {
	const index = new Index(readingsOf(document));
	for (const [n, [name, value]] of Object.entries(values).entries()) {
		const stamp = stampText({ ms: n + 1, counter: n + 1, replica: 'a1-x' });
		index.add(stamp, { name, value, replaces: [], person: '', act: '' });
	}
	return index;
}

function median(work: () => unknown): number {
	const took = Array.from({ length: rounds }, () => {
		const started = performance.now();
		work();
		return performance.now() - started;
	});
	return took.sort((a, b) => a - b)[Math.floor(rounds / 2)]!;
}
