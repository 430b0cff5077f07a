/**
 * Act ids: which edits stand together, and which act takes another back: `<nonce>~<its first stamp>`.
 * Twin of `crdt_models/acts.py`.
 */
import { parseStamp } from './edits.ts';
import { newNonce } from './ids.ts';

const NONCE = 6;
const PLAIN_NONCE = 10;

/** A new act id; `takesBack`: first stamp of the act it takes back. */
export function newActId(takesBack: string | null = null): string {
	return takesBack === null ? newNonce(PLAIN_NONCE) : `${newNonce(NONCE)}~${takesBack}`;
}

/** The first stamp of what an act takes back; null: it takes nothing back. */
export function takenBack(act: string): string | null {
	const mark = act.indexOf('~');
	return mark >= 0 && parseStamp(act.slice(mark + 1)) ? act.slice(mark + 1) : null;
}
