/** What phones and dealers ask of the floor. */
import type { Answer, ListEntry, OpenRequest } from '#lib/facts/facts.gen.ts';
import type { Replica } from '#lib/sync/replica.svelte.ts';
import { one } from '../twins/typed.ts';
import { waiting } from '../twins/waitlist.ts';
import { listEntry } from './lists.ts';
import { type Done, perform, type Refusal, refuse } from './verb.ts';

/** Answers a request; accepting *join* or *leave a list* does it in the same act. */
export function answerRequest(
	floor: Replica<'floor'>,
	requests: Replica<'requests'>,
	request: string,
	answer: Answer['answer'],
	text = '',
): Done | Refusal {
	const asked = one<OpenRequest>(requests.reader, `request/${request}`);
	if (!asked || floor.reader.get(`answer/${request}`) !== null) return refuse('gone', { request });
	const changes: Record<string, unknown> = { [`answer/${request}`]: { answer, text } satisfies Answer };
	const { player, list } = asked;
	if (answer === 'accepted' && player && list) {
		const rows = waiting(floor.reader, list).filter((row) => row.player === player);
		if (asked.kind === 'join_list' && !rows.length)
			changes[`waitlist/${request}`] = listEntry({ list, player, source: 'phone', request });
		if (asked.kind === 'leave_list')
			for (const { entry } of rows) {
				const place = one<ListEntry>(floor.reader, `waitlist/${entry}`)!;
				changes[`waitlist/${entry}`] = { ...place, state: 'left' } satisfies ListEntry;
			}
	}
	return perform(floor, changes);
}
