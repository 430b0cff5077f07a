/** What the Unsent sheet of a tablet shows of a connection, in words; a phone has no such sheet. */

import { decode } from '#lib/facts/edits.ts';
import type { Act } from '#lib/facts/local-document.ts';
import { mayRemove } from '#lib/money/command.ts';
import { slipCode, whyNoSlip } from '#lib/money/intent-slip.ts';
import type { Diagnosis, IntentRow, RefusedRow, UnsentRow } from '#lib/ui/connection-view.ts';
import { editWords, type Names } from '#lib/words/edit-words.ts';
import type { Connection } from './connection.svelte.ts';

/** what became of money recorded without the leaf stays in view for an evening */
const FATE_SHOWN_MS = 12 * 3_600_000;

export function waitingRows({ view, venue }: Connection): UnsentRow[] {
	void view; // looked at anew with it, as each of these is
	const { time, names } = venue;
	return [...venue.replicas].flatMap(({ standing }) =>
		standing.unsent.map((act) => ({
			id: act.id,
			what: actWords(act.edits, names),
			ageMs: Math.max(0, time.now() - act.atMs),
			target: act.atCore ? 'the leaf; the core has it' : 'the leaf',
		})),
	);
}

export function refusedRows({ refusals, venue }: Connection): RefusedRow[] {
	return refusals.map(({ stamp, text, code, message, name }) => ({
		id: stamp,
		what: text ? words(stamp, text, venue.names) : name,
		code,
		message,
	}));
}

export function intentRows({ view, venue }: Connection): IntentRow[] {
	void view;
	const { outbox, time } = venue;
	const { fates } = outbox;
	const shown = outbox.commands.filter(
		({ intent, recordedMs, outcome }) =>
			!outcome || (intent && (outcome.state === 'refused' || time.now() - recordedMs < FATE_SHOWN_MS)),
	);
	return shown.map((command) => {
		const { key, about, recordedMs, slips = [] } = command;
		const fate = fates.get(key) ?? { state: 'waiting' as const };
		const code = whyNoSlip(command) ? null : slipCode(key);
		const ageMs = Math.max(0, time.now() - recordedMs);
		const loose = mayRemove(command);
		return { id: key, ...about, ageMs, fate, code, slips: slips.length, loose };
	});
}

export function diagnosis({ view, venue }: Connection): Diagnosis {
	void view;
	const { time, addresses } = venue;
	const statuses = [...venue.replicas].map(({ standing }) => standing.status);
	const at = (server: string) => statuses.some((status) => status.kind === 'synced' && status.at === server);
	return {
		network: navigator.onLine,
		leaf: at('leaf'),
		core: at('leaf') ? null : at('core'),
		lastContactMs: time.sinceContact(),
		address: [...venue.replicas].map(({ keeper }) => keeper.address).find(Boolean) ?? addresses[0] ?? '',
	};
}

/** A move says where to; that its seat changes need not be said again. */
function actWords(edits: Act['edits'], names: Names): string {
	const all = edits
		.map(([stamp, text]) => decode(stamp, text))
		.flatMap((edit) => ('code' in edit ? [] : [edit]));
	const moves = all.some(({ name }) => name.startsWith('move/'));
	return all
		.filter(({ name }) => !(moves && name.startsWith('seat/')) && name !== 'setup')
		.map(({ name, value }) => editWords(name, value, names))
		.join('; ');
}

function words(stamp: string, text: string, names: Names): string {
	const edit = decode(stamp, text);
	return 'code' in edit ? stamp : editWords(edit.name, edit.value, names);
}
