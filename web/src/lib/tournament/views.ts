/**
 * Views as the servers send them (`crdt_models/rules/views/__init__.py` is the reference). Times ending in `_ms` are leaf time
 * unless they are durations; amounts ending in `_cents` are minor units; `table` is the number on the furniture.
 */

import type { Draw, Series } from '#lib/facts/facts.gen.ts';
import type { CueName } from '#lib/tournament/cues.ts';

export type ClockFact = {
	level: number;
	state: 'pending' | 'running' | 'paused' | 'ended';
	anchor_ms: number;
	remaining_ms: number;
};

export type AnteBy = 'big_blind' | 'button' | 'each';

export type PlanRow = {
	kind: 'play' | 'break';
	/** the number players see; null for a break */
	number: number | null;
	duration_ms: number;
	/** denominations that leave play in this break */
	colour_up: number[];
	small: number;
	big: number;
	ante: number;
	ante_by: AnteBy;
};

export type ClockView = {
	view: 'clock';
	tournament: string;
	name: string;
	letter: string;
	currency: string;
	clock: ClockFact | null;
	plan: PlanRow[];
	starts_ms: number;
	left: number;
	entries: number;
	/** of a flight: of all flights of its event */
	entries_all: number | null;
	players: number;
	average: number;
	chips: number;
	pool_cents: number;
	guarantee_cents: number;
	provisional: boolean;
	amounts: number[];
	/** so many of the first amounts are of a deal, and belong to no place yet */
	dealt: number;
	/** what a deal leaves to who wins, beside their sum */
	aside_cents: number;
	late_until_level: number;
	/** of the clock since its start, breaks included; whichever end comes first */
	late_until_minutes: number | null;
	registration: 'open' | 'closed';
	starting_stack: number;
	hands: 'off' | 'finishing' | 'on';
	/** what it announces by itself */
	cues: CueName[];
};

export type MoveCall = {
	name: string;
	from_table: number | null;
	from_seat: number | null;
	to_table: number;
	to_seat: number;
	at_ms: number;
};

export type SeatingView = {
	view: 'seating';
	tournament: string;
	name: string;
	letter: string;
	seats: { name: string; table: number; seat: number; player: string }[];
	moves: MoveCall[];
};

export type PayoutsView = {
	view: 'payouts';
	tournament: string;
	name: string;
	letter: string;
	currency: string;
	pool_cents: number;
	provisional: boolean;
	places: { place: number; place_to: number; amount_cents: number; name: string | null }[];
};

export type RankingsView = {
	view: 'rankings';
	tournament: string;
	name: string;
	letter: string;
	currency: string;
	left: number;
	as_of_ms: number | null;
	rows: {
		place: number | null;
		place_to: number | null;
		name: string;
		chips: number | null;
		table: number | null;
		seat: number | null;
		busted: boolean;
		amount_cents: number | null;
	}[];
};

export type WaitlistView = {
	view: 'waitlist';
	lists: {
		list: string;
		name: string;
		tables: number;
		open_seats: number;
		waiting: { name: string; state: string }[];
		calls: { name: string; table: number; seat: number | null; until_ms: number }[];
	}[];
};

export type BlankView = { view: 'blank' };
export type StageView = ClockView | SeatingView | PayoutsView | RankingsView | WaitlistView | BlankView;

export type DisplayView = {
	view: 'display';
	device: string;
	name: string | null;
	assigned: boolean;
	views: StageView[];
	seconds: number;
	announcements: { id: string; text: string; until_ms: number }[];
	theme: { accent: string; logo: string } | null;
	/** null: nobody has said; then a tap on the screen decides */
	sound: { on: boolean; volume: number; test_ms: number | null } | null;
};

export type PhoneList = {
	list: string;
	name: string;
	tables: number;
	waiting: number;
	place: number | null;
	entry: string | null;
	request: string | null;
	/** about; 0: a seat is open; null: it can't be told, or who is called or away asks nothing */
	wait_minutes: number | null;
	state: string | null;
};

/** How a player came to the seat: drawn by the room, or on a tablet while the room was out of reach. */
export type OwnDraw = { by: 'tablet' } | { by: 'leaf'; id: string; draw: Draw; series: Series | null };

export type PhoneView = {
	view: 'phone';
	player: string;
	name: string;
	club_number: number | null;
	tournament: string | null;
	event: string | null;
	letter: string | null;
	seat: { table: number; seat: number } | null;
	draw: OwnDraw | null;
	/** what is told of the seed of draws to come */
	commitment: { series: number; commitment: string; at_ms: number } | null;
	move: {
		from_table: number | null;
		from_seat: number | null;
		to_table: number;
		to_seat: number;
		at_ms: number;
	} | null;
	entry: { number: number; paid: boolean; seq: number | null } | null;
	/** who is out, and who won */
	busted: { place: number | null; amount_cents: number | null } | null;
	/** what is sure by the deal that stands, and what stays for the winner */
	deal: { amount_cents: number; aside_cents: number } | null;
	own: { entries: number; heads: number; chips: number | null; chips_at_ms: number | null } | null;
	clock: ClockView | null;
	lists: PhoneList[];
	call: { list_name: string; table: number; seat: number | null; until_ms: number } | null;
	answers: { request: string; answer: string; text: string }[];
};

/** What every event carries besides its view. */
export type Made = { now: number; made_ms: number };
