/** What a dealer hands in from the own table; the floor accepts it. It waits on the tablet until a server has it. */
import type { TableRequest } from '#lib/facts/facts.gen.ts';
import { newId } from '#lib/facts/ids.ts';
import type { Replica } from '#lib/sync/replica.svelte.ts';
import { type Done, perform, type Refusal } from './verb.ts';

const GOOD_FOR_MS = 900_000;

export function handIn(
	own: Replica<'table'>,
	request: Omit<TableRequest, 'until_ms'>,
): Done<{ request: string }> | Refusal {
	const id = newId();
	const setup = own.reader.get('setup') === null ? { setup: { kind: 'table', version: 1 } } : {};
	const until_ms = own.now() + GOOD_FOR_MS;
	const done = perform(own, { ...setup, [`request/${id}`]: { ...request, until_ms } });
	return done.ok ? { ...done, request: id } : done;
}
