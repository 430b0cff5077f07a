/** What a player asks from a phone; the request waits on the phone until a server has it. */
import type { PhoneRequest, PhoneSetup, Preferences } from '#lib/facts/facts.gen.ts';
import { newId } from '#lib/facts/ids.ts';
import type { Replica } from '#lib/sync/replica.svelte.ts';
import { type Refusal, refusal, type Written, writeFacts } from './written.ts';

type Phone = Replica<'phone'>;

const CLAIM_MS = 30 * 24 * 3_600_000;

/** One request; `until_ms` says until when it makes sense. */
export function ask(phone: Phone, request: PhoneRequest): Written<{ request: string }> | Refusal {
	const id = newId();
	const done = writeFacts(phone, { ...setup(phone), [`request/${id}`]: request });
	return done.ok ? { ...done, request: id } : done;
}

/** Takes back a request that was not answered. */
export function takeBack(phone: Phone, request: string): Written | Refusal {
	if (phone.reader.get(`request/${request}`) === null)
		return refusal('gone', 'That is no longer there.', { request });
	return writeFacts(phone, { [`request/${request}`]: null });
}

export function setPreferences(phone: Phone, preferences: Preferences): Written | Refusal {
	return writeFacts(phone, { ...setup(phone), preferences });
}

/** A phone's document begins with its first edit. */
function setup(phone: Phone): { setup?: PhoneSetup } {
	if (phone.reader.get('setup') !== null) return {};
	return { setup: { kind: 'phone', version: 1, until_ms: phone.now() + CLAIM_MS } };
}
