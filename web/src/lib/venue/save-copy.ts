/** A copy of all that is only on this device, as a file: for a person to keep, and for whoever mends it. */

import { decode } from '#lib/facts/edits.ts';
import { editWords } from '#lib/words/edit-words.ts';
import { refusedRows } from './unsent-rows.ts';
import type { Venue } from './venue.svelte.ts';

export function saveCopy(venue: Venue): void {
	const text = JSON.stringify(copyOf(venue), null, '\t');
	saveFile(`felt-unsent-${venue.device}.json`, new Blob([text], { type: 'application/json' }));
}

type Copied = Pick<Venue, 'id' | 'device' | 'names' | 'replicas' | 'outbox' | 'time' | 'connection'>;

/** Acts with their stamps and texts as a leaf would take them, refusals, money not booked, money removed. */
export function copyOf({ id, device, names, replicas, outbox, time, connection }: Copied): object {
	const documents = [...replicas].map(({ document, standing }) => ({
		document,
		acts: standing.unsent.map(({ id: act, person, atMs, atCore, edits }) => ({
			act,
			person,
			leaf_ms: atMs,
			at_core: atCore,
			edits: edits.map(([stamp, text]) => {
				const edit = decode(stamp, text);
				return { stamp, text, what: 'code' in edit ? '' : editWords(edit.name, edit.value, names) };
			}),
		})),
	}));
	return {
		venue: id,
		device,
		leaf_ms: time.now(),
		documents: documents.filter(({ acts }) => acts.length),
		refused: refusedRows(connection),
		money: outbox.open.map(({ key, body, about, state }) => ({ key, body, about, state })),
		removed: outbox.commands.flatMap(({ key, body, about, removed }) =>
			removed ? [{ key, body, about, ...removed }] : [],
		),
	};
}

/** Hands a file to the person. */
export function saveFile(name: string, content: Blob): void {
	const url = URL.createObjectURL(content);
	const link = document.createElement('a');
	link.href = url;
	link.download = name;
	link.click();
	// a download that has not begun yet would find nothing
	setTimeout(() => URL.revokeObjectURL(url), 60_000);
}
