/**
 * What an act did, as the middle of a sentence: "moved Ben K. T2·7 → T4·4". Who and when stand around it.
 * Twin of `felt/act_words.py`; both read `tests/vectors/act_words.json`.
 */

import type { Json } from '#lib/facts/edits.ts';
import type {
	Announcement,
	Bust,
	Call,
	Carried,
	CashTable,
	Clock,
	Display,
	Entry,
	Explained,
	Held,
	LateRegistration,
	ListEntry,
	Move,
	Player,
	Registration,
	Seat,
	Spot,
	Stack,
	Table,
} from '#lib/facts/facts.gen.ts';
import { countdown } from './ages.ts';
import { chips } from './amounts.ts';
import {
	bagWords,
	checkedWords,
	dealtWords,
	handForHandWords,
	inPlayWords,
	knockerWords,
	wantedWords,
} from './chip-words.ts';
import { changeWords, penaltyWords, servedWords } from './conduct-words.ts';
import type { Names } from './edit-words.ts';
import { seatName } from './edit-words.ts';

export type Told = { name: string; before: Json; after: Json };
export type ActNames = Names & {
	list(id: string): string;
	/** who is on a list by this entry */
	listed(entry: string): string;
};

const PHRASES_MAX = 3;

/** Of one act; what follows from another fact of it is not said twice. */
export function actWords(act: readonly Told[], names: ActNames): string {
	const phrases = act.filter((told) => !implied(told, act)).map((told) => phrase(told, act, names));
	const more = phrases.length - PHRASES_MAX;
	return more > 0 ? `${phrases.slice(0, PHRASES_MAX).join(', ')} and ${more} more` : phrases.join(', ');
}

/** A call-out follows from the move, a freed seat from the bust, a list entry that is seated from the seat … */
function implied({ name, after }: Told, act: readonly Told[]): boolean {
	const [prefix, id] = split(name);
	const others = act.filter((other) => other.name !== name);
	if (prefix === 'setup') return others.length > 0;
	if (prefix === 'move') return others.some((other) => other.name === `seat/${id}`);
	if (prefix === 'settled') return others.some((other) => other.name === id);
	if (prefix === 'waitlist') {
		const seated = after as unknown as ListEntry | null;
		return seated?.state === 'seated' && others.some((other) => other.name === `seat/${seated.player}`);
	}
	if (prefix === 'stack') return others.some((other) => ['checked', 'bag'].includes(split(other.name)[0]));
	if (prefix === 'clock') return others.some((other) => other.name === 'handforhand');
	return prefix === 'seat' && after === null && others.some((other) => isOf(other, 'bust/', id));
}

/** Whether it is a fact of that prefix about this player. */
function isOf({ name, before, after }: Told, prefix: string, player: string): boolean {
	const told = (after ?? before) as unknown as { player?: string } | null;
	return name.startsWith(prefix) && told?.player === player;
}

function phrase(told: Told, act: readonly Told[], names: ActNames): string {
	const { name, before: old, after: now } = told;
	if (old === null && now === null) return 'wrote what was erased since';
	const [prefix, id] = split(name);
	const named = act.some((other) => isOf(other, 'entry/', id) || isOf(other, 'bust/', id));
	if (prefix === 'seat' && named && !old && now)
		return `seated at ${seatName(now as unknown as Seat, names)}`;
	const [before, after] = [old as unknown, now as unknown];
	const words = PHRASES[prefix];
	return words
		? words(id, before as never, after as never, names)
		: now === null
			? `removed ${name}`
			: `set ${name}`;
}

const TERMS: Record<string, string> = {
	re_entry: 're-entries',
	rebuy: 'rebuys',
	add_on: 'add-ons',
	dealer_add_on: 'dealer add-ons',
	early_bird: 'early birds',
};

type Phrase = (id: string, before: never, after: never, names: ActNames) => string;

const PHRASES: Record<string, Phrase> = {
	seat: (player, before: Seat | null, after: Seat | null, names) => {
		const who = names.player(player);
		if (!after) return before ? `took ${who} off ${seatName(before, names)}` : `left ${who} without a seat`;
		return before
			? `moved ${who} ${seatName(before, names)} → ${seatName(after, names)}`
			: `seated ${who} at ${seatName(after, names)}`;
	},
	move: (player, _before, after: Move | null, names) => {
		const who = names.player(player);
		if (!after) return `took back the call-out of ${who}`;
		const to = seatName({ table: after.to_table, seat: after.to_seat }, names);
		return after.arrived ? `saw ${who} arrive at ${to}` : `called ${who} out to ${to}`;
	},
	bust: (_life, before: Bust | null, after: Bust | null, names) => {
		if (!after) return `brought ${names.player(before?.player ?? '')} back in`;
		const who = names.player(after.player);
		if (before) return `changed the bust-out of ${who}`;
		if (after.how === 'no_show') return `took out ${who}, who never came`;
		return after.how === 'disqualified' ? `disqualified ${who}` : `busted ${who}`;
	},
	knocker: knockerWords,
	handforhand: handForHandWords,
	dealt: dealtWords,
	checked: checkedWords,
	bag: bagWords,
	inplay: inPlayWords,
	wanted: wantedWords,
	penalty: penaltyWords,
	served: servedWords,
	change: changeWords,
	entry: (_life, before: Entry | null, after: Entry | null, names) => {
		if (!after) return `removed an entry of ${names.player(before?.player ?? '')}`;
		const again = after.number > 1 ? `, entry ${after.number}` : '';
		return `entered ${names.player(after.player)}${again}`;
	},
	stack: (player, _before, after: Stack | null, names) =>
		after
			? `counted ${names.player(player)}: ${chips(after.chips)}`
			: `removed the count of ${names.player(player)}`,
	clock: (_id, before: Clock | null, after: Clock | null) => {
		if (!after) return 'removed the clock';
		if (before && before.level !== after.level) return `went to level ${after.level}`;
		if (after.state === 'ended') return 'ended the clock';
		if (after.state === 'pending') return 'set the clock back';
		if (before?.state !== after.state)
			return after.state === 'paused'
				? `paused the clock, level ${after.level}`
				: `${before?.state === 'paused' ? 'resumed' : 'started'} the clock, level ${after.level}`;
		return `set the clock to ${countdown(after.remaining_ms)}`;
	},
	level: (number, before, after) =>
		after === null ? `removed level ${number}` : `${before === null ? 'added' : 'changed'} level ${number}`,
	table: (table, before: Table | null, after: Table | null, names) => {
		const which = names.table(table);
		if (!after) return `removed ${which}`;
		if (before?.open !== after.open && after.open !== undefined)
			return `${after.open ? 'opened' : 'closed'} ${which}`;
		if (!!before?.locked !== !!after.locked) return `${after.locked ? 'locked' : 'unlocked'} ${which}`;
		const held = (after.held ?? []).join(', ');
		if ((before?.held ?? []).join(', ') !== held)
			return `held ${held ? `seats ${held}` : 'no seat'} at ${which}`;
		return `${before ? 'changed' : 'added'} ${which}`;
	},
	need: (player, _before, after: object | null, names) =>
		`${after ? 'wrote down' : 'removed'} the needs of ${names.player(player)}`,
	seating: (_id, before, after) => changed('the seating rules', before, after),
	button: (table, _before, after: { button: number } | null, names) =>
		after
			? `set the button of ${names.table(table)} to seat ${after.button}`
			: `removed the button of ${names.table(table)}`,
	registration: (_id, _before, after: Registration | null) => {
		if (!after) return 'removed registration';
		if (after.reason && after.state === 'open') return `opened registration again: ${after.reason}`;
		return `${after.state === 'open' ? 'opened' : 'closed'} registration`;
	},
	late: (_id, _before, after: LateRegistration | null) => {
		if (!after) return 'took back the end of registration';
		const also = after.until_minutes ? ` or ${after.until_minutes} minutes` : '';
		return `put the end of registration to level ${after.until_level}${also}`;
	},
	terms: (kind, before, after) => changed(`the terms of ${TERMS[kind] ?? kind}`, before, after),
	bounty: (_id, before, after) => changed('the bounty', before, after),
	flight: (_id, before, after) => changed('the flight', before, after),
	days: (_id, before, after) => changed('the days', before, after),
	carried: (player, _before, after: Carried | null, names) =>
		after
			? `carried ${names.player(player)} over with ${chips(after.chips)}`
			: `left ${names.player(player)} behind`,
	cues: () => 'changed what the clock announces',
	house: (_id, before, after) => changed('the rules of the house', before, after),
	cash: (table, _before, after: CashTable | null, names) =>
		after?.state === 'open'
			? `opened ${names.table(table)} for ${names.list(after.list)}`
			: `closed ${names.table(table)}`,
	list: (_list, before: { name: string } | null, after: { name: string } | null) =>
		after
			? `${before ? 'changed' : 'made'} the list ${after.name}`
			: `removed the list ${before?.name ?? ''}`,
	waitlist: (_entry, before: ListEntry | null, after: ListEntry | null, names) => {
		const told = after ?? before;
		const who = names.player(told?.player ?? '');
		const list = names.list(told?.list ?? '');
		if (!after || after.state === 'left') return `took ${who} off ${list}`;
		if (!before) return `put ${who} on ${list}`;
		return `marked ${who} on ${list} as ${after.state ?? 'waiting'}`;
	},
	spot: (table, _before, after: Spot | null, names) =>
		after
			? `put ${names.table(table)} on the room plan at column ${after.column}, row ${after.row}`
			: `took ${names.table(table)} off the room plan`,
	call: (entry, _before, after: Call | null, names) =>
		after
			? `called ${names.listed(entry)} to ${names.table(after.table)}`
			: `took back the call of ${names.listed(entry)}`,
	player: (_player, before: Player | null, after: Player | null) => {
		if (!after) return `removed player ${before?.name ?? ''}`;
		if (!before) return `added player ${after.name}`;
		return before.name === after.name
			? `changed player ${after.name}`
			: `renamed ${before.name} to ${after.name}`;
	},
	answer: (_id, _before, after: { answer: string } | null) =>
		after ? `answered a request: ${after.answer}` : 'took an answer back',
	request: (_id, _before, after) => (after === null ? 'took a request back' : 'made a request'),
	announce: (_id, before: Announcement | null, after: Announcement | null) =>
		after ? `announced “${after.text}”` : `stopped “${before?.text ?? ''}”`,
	show: (_device, _before, after) => (after === null ? 'cleared a screen' : 'changed what a screen shows'),
	device: (_device, _before, after: Display | null) =>
		after ? `named a screen ${after.name}` : 'removed a screen',
	sound: (_device, before, after) => changed('the sound of a screen', before, after),
	setup: () => 'began it',
	explained: (_id, _before, after: Explained | null) =>
		after ? `explained a difference: ${after.reason}` : 'took an explanation back',
	held: (player, _before, after: Held | null, names) =>
		after
			? `held prizes of ${names.player(player)}: ${after.why === 'no_id' ? 'no ID' : 'another name'}`
			: `let prizes of ${names.player(player)} go`,
	settled: () => 'settled two answers',
	conflict: (_fact, _before, after) => (after === null ? 'closed a conflict' : 'found two answers'),
	arrived: (_id, _before, after: { number: number } | null) =>
		after ? `gave number ${after.number}` : 'removed a number',
	venue: () => 'changed the venue',
	receipt: () => 'changed the receipt text',
	chips: (_id, before, after) => changed('a chip set', before, after),
	blinds: (_id, before, after) => changed('a blind structure', before, after),
	payouts: (_id, before, after) => changed('a payout table', before, after),
};

function changed(what: string, before: unknown, after: unknown): string {
	return `${after === null ? 'removed' : before === null ? 'added' : 'changed'} ${what}`;
}

function split(name: string): [prefix: string, id: string] {
	const slash = name.indexOf('/');
	return slash < 0 ? [name, ''] : [name.slice(0, slash), name.slice(slash + 1)];
}
