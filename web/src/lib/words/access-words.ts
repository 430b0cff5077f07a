/**
 * What happened, what stands, what to do: the words for each code the servers and verbs answer with, and the short
 * reference (letter by area, three digits) people read out to the technician. A code not in the table is said in the
 * server's own words. Here: what any app may meet, of access (A) and sync (S).
 */
import { span } from './ages.ts';

type Details = Record<string, unknown>;
type Say = (details: Details) => string;
export type Words = Readonly<Record<string, readonly [ref: string, say: string | Say]>>;
export type Saying = { text: string; ref: string };

export const ACCESS: Words = {
	// A: access
	wrong_pin: [
		'A-101',
		({ tries_left: tries }) => (tries === undefined ? 'Wrong PIN.' : `Wrong PIN. ${tries} tries left.`),
	],
	wait: ['A-102', 'Too many tries. Wait, then try again.'],
	locked: ['A-103', 'This PIN is locked. Ask a manager to reset your PIN.'],
	key_used: ['A-110', 'This key was used. Ask a manager for a new one.'],
	key_expired: ['A-111', 'This key is older than 15 minutes. Ask a manager for a new one.'],
	unknown_key: ['A-112', 'There is no such key. Check it letter by letter.'],
	code_used: ['A-120', 'This code was used. Ask the desk for a new one.'],
	code_expired: ['A-121', 'This code is too old. Ask the desk for a new one.'],
	unknown_code: ['A-122', 'There is no such code. Check the digits, or ask the desk for a new one.'],
	wrong_codes: ['A-123', 'Too many wrong codes were typed here. Scan the QR code, or wait 15 minutes.'],
	unauthenticated: ['A-130', 'You are signed out. Sign in again; your drafts are kept.'],
	token_expired: ['A-130', 'You are signed out. Sign in again; your drafts are kept.'],
	refresh_reused: ['A-131', 'This sign-in was used on another device and has ended. Sign in again.'],
	not_writable: [
		'S-017',
		"This device can't change that now. It is not in touch with the room yet, or was signed out.",
	],
	gone: ['S-018', 'That is no longer there.'],
	forbidden: ['A-140', "Your role can't do this."],
	other_leaf: ['A-141', 'Money needs a sign-in on this leaf. Sign in again here.'],

	last_manager: ['A-150', 'Nobody would be left who can manage the venue. Make another manager first.'],
	person_exists: ['A-151', 'Somebody has this id already, perhaps one who left.'],
	no_person: ['A-152', 'This person is no longer on the staff list.'],
	own_device: ['A-153', 'This is the device you are on. Revoke it from another one.'],
	unknown_device: ['A-154', 'This device was revoked already.'],

	not_ready: ['S-040', 'The leaf is starting. It answers in a moment.'],
	unreachable: ['S-001', "Can't reach the leaf."],
	too_many: ['S-041', 'Too many requests at once. It goes on in a moment.'],
	size: ['S-011', 'The change was too large.'],
	full: ['S-012', 'The document is full. Call the technician.'],
	ahead: ['S-013', "This tablet's clock is ahead. Felt corrects for it; do it again."],
	clock_in_doubt: [
		'S-043',
		({ off_ms: off, now }) =>
			`The box's clock is ${span(Math.abs(Number(off)))} ${Number(off) > 0 ? 'ahead of' : 'behind'} Felt's, which says ${now}. Levels and receipts go by ${now}. If your watch agrees, set the box's clock; if not, call the technician.`,
	],
	model: ['S-014', 'The leaf did not understand the change. Reload this page, then do it again.'],
	erased: ['S-015', 'That person was erased.'],
	person: ['S-016', 'The change was made under another name. Sign in, then do it again.'],
};

export function saying(code: string, details: Details = {}, message = '', among: Words = ACCESS): Saying {
	const known = among[code];
	if (!known) return { text: message || 'This did not work. Nothing was changed.', ref: code };
	const [ref, say] = known;
	return { text: typeof say === 'string' ? say : say(details), ref };
}

/** The sentence with its reference behind it. */
export function words(code: string, details: Details = {}, message = '', among: Words = ACCESS): string {
	const { text, ref } = saying(code, details, message, among);
	return `${text} ${ref}`;
}
