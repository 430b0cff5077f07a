// Made by scripts/generate_facts.py from crdt_models/documents; a test fails when it is stale. Do not edit.
// Amounts are integer minor units (…_cents), times leaf milliseconds (…_ms). A field with `?` may be absent.
/** The shapes this build writes, and the oldest whose edits it still reads. */
export const SCHEMA = 5;
export const SCHEMA_MIN = 3;

/** `alternate/<player>`: paid, and no seat was open; seated in the order of `since_ms`. */
export interface Alternate {
	readonly since_ms: number;
}

/** `announce/<id>`: plain text until `until_ms`; `devices` empty = all screens. */
export interface Announcement {
	readonly text: string;
	readonly until_ms: number;
	readonly devices?: readonly string[];
}

/** `answer/<request>`: what the floor answered to a request of a phone or dealer. */
export interface Answer {
	readonly answer: 'accepted' | 'declined' | 'done';
	readonly text?: string;
}

/** `arrived/<id>`: the order in which the leaf first saw a list entry; 1, 2, 3 … per document. */
export interface Arrived {
	readonly number: number;
	readonly at_ms: number;
	readonly id?: string | null;
}

/** `show/<device>`: what it shows; several views rotate, each for `seconds`. */
export interface Assignment {
	readonly views: readonly ('clock' | 'seating' | 'waitlist' | 'payouts' | 'rankings' | 'blank')[];
	readonly tournament?: string | null;
	readonly seconds?: number;
}

/** `bag/<player>`: the stack as it was bagged; `signed` by the player; `second`: the second count. */
export interface Bag {
	readonly chips: number;
	readonly at_ms: number;
	readonly signed?: boolean;
	readonly second?: number | null;
}

/** `blinds/<id>`: levels to begin an event with, and what they were made for where that is said. */
export interface BlindStructure {
	readonly name: string;
	readonly levels: readonly LevelRow[];
	readonly stack?: number | null;
	readonly late_until_level?: number | null;
	readonly chips?: readonly number[] | null;
}

/** `bounty`: what a head is. Of a progressive one `cash_points` are paid, the rest grows another head. `begins`: from when heads are played for; a mystery bounty is drawn from there on. */
export interface Bounty {
	readonly mode: 'none' | 'fixed' | 'progressive' | 'mystery';
	readonly cash_points?: number;
	readonly begins?: 'start' | 'registration_closed' | 'money';
}

/** `bust/<entry>`: this life ended, at `seat` of `table`. Busts of one `hand` are one moment. `how`: `disqualified` and `no_show` take the stack (`stack_before`) out of play. */
export interface Bust {
	readonly player: string;
	readonly at_ms: number;
	readonly hand: string;
	readonly stack_before?: number | null;
	readonly by?: readonly string[];
	readonly table?: string | null;
	readonly seat?: number | null;
	readonly how?: 'bust' | 'disqualified' | 'no_show';
}

/** `button/<table>`: positions of the hand that just ended, in seat numbers; any may be empty now. */
export interface Button {
	readonly button: number;
	readonly small_blind: number;
	readonly big_blind: number;
}

/** `head`: the ledger entry this picture was made from. */
export interface CageHead {
	readonly term: number;
	readonly seq: number;
}

/** `call/<entry>`: a person is called once; the earliest call counts. */
export interface Call {
	readonly table: string;
	readonly seat?: number | null;
	readonly until_ms: number;
}

/** `carried/<player>`: the one stack that this player brings from `entry` of a flight. */
export interface Carried {
	readonly flight: string;
	readonly entry: string;
	readonly chips: number;
}

/** `cash/<table>`: a furniture table used for a cash game. */
export interface CashTable {
	readonly list: string;
	readonly state: 'open' | 'closed';
	readonly must_move_to?: string | null;
}

/** `checked/<table>`: all stacks of the table were counted; what they came to and what was expected. */
export interface Checked {
	readonly counted: number;
	readonly expected: number;
	readonly at_ms: number;
	readonly reason?: string | null;
}

/** `chips/<id>`: denominations, ascending. */
export interface ChipSet {
	readonly name: string;
	readonly values: readonly number[];
}

/** `clock`: one fact; everything shown is computed from it and the levels, no tick is ever written. running: `remaining_ms` were left of `level` at `anchor_ms`. paused, pending: they are left now. */
export interface Clock {
	readonly level: number;
	readonly state: 'pending' | 'running' | 'paused' | 'ended';
	readonly anchor_ms: number;
	readonly remaining_ms: number;
}

/** `conflict/<name of the fact>`: opened by the leaf, open until a settling write names these stamps. Written by the leaf alone; a person settles by `settled/<name>`. */
export interface Conflict {
	readonly answers: readonly ConflictAnswer[];
	readonly opened_ms: number;
}

/** One rival: its stamp, who wrote it where, and its value as JSON text (cut at 200 characters). */
export interface ConflictAnswer {
	readonly stamp: string;
	readonly person: string;
	readonly device: string;
	readonly at_ms: number;
	readonly value: string;
	readonly offline?: boolean;
}

/** One stack of a count that somebody handed in. */
export interface Counted {
	readonly player: string;
	readonly chips: number;
}

/** `counts/<season>.<tournament>`: whether this event counts there; without it the season's list says. */
export interface Counting {
	readonly counts?: boolean;
}

/** `cues`: what the clock announces by itself, by words and sound; none of it is ever written. In `config` it is what an event begins with. `level`, `break`, `back` from one, `registration` closed; `five`, `minute`: so much is left of a level or break; `seconds`: a tick for each of its last ten. */
export interface Cues {
	readonly on?: readonly ('level' | 'break' | 'back' | 'registration' | 'five' | 'minute' | 'seconds')[];
}

/** `days`: this event is played on from flights. Stacks of one player are never added up. `first`: who is through may not play another flight. `best`: the largest counts, the others leave play. */
export interface Days {
	readonly carry?: 'first' | 'best';
}

/** `deal/<tournament>`: what the players agreed on who were still in; `amounts` in the order of `players`. `place`: how many dealt, so the place that each of them is sure of. `aside_cents` go to who wins. */
export interface Deal {
	readonly place: number;
	readonly players: readonly string[];
	readonly amounts: readonly number[];
	readonly aside_cents?: number;
	readonly seq?: number;
}

/** `dealt/<table>`: this table has finished that hand, and holds. */
export interface Dealt {
	readonly run: number;
	readonly hand: number;
}

/** `device/<device>`: a screen by its device id. */
export interface Display {
	readonly name: string;
}

/** `draw/<series>.<number>`: `players` were given `seats`, as seed, number and `pool` make it (ADR 40). */
export interface Draw {
	readonly kind: 'seat' | 'break' | 'redraw';
	readonly players: readonly string[];
	readonly pool: string;
	readonly seats: readonly string[];
	readonly ask: string;
	readonly at_ms: number;
	readonly reason?: string | null;
}

/** `drawer/<drawer>`: open or closed, and by whom; expected cash is never shown here (blind count). */
export interface Drawer {
	readonly state: 'open' | 'closed';
	readonly shift: number;
	readonly person?: string | null;
	readonly name?: string;
}

/** `eligible/<season>.<player>`: whether this player is ranked there. */
export interface Eligible {
	readonly eligible: boolean;
	readonly reason?: string | null;
}

/** `entry/<entry>`: one life of a player; the id is the one the cage sold it under. */
export interface Entry {
	readonly player: string;
	readonly number: number;
	readonly kind?: 'initial' | 're-entry';
}

/** `chips`: the denominations on the tables, rising. */
export interface EventChips {
	readonly values: readonly number[];
}

/** `explained/<kind>.<player>.<entry or ->`: somebody wrote down why floor and money differ there. Good for what was so up to `since_ms`; what changes on either side after that has to be explained anew. */
export interface Explained {
	readonly reason: string;
	readonly since_ms: number;
}

/** `flight`: one of several that lead to event `of`. It ends after a level, or at a part of its field. */
export interface Flight {
	readonly of: string;
	readonly name: string;
	readonly until_level?: number | null;
	readonly until_left_points?: number | null;
}

/** `formula/<id>`: one of the house's own. What can't be read scores nobody, and the page says why. */
export interface FormulaText {
	readonly name: string;
	readonly text: string;
}

/** `table/<table>`: a physical table; `out_of_use` are seat numbers nobody may sit in. */
export interface Furniture {
	readonly number: number;
	readonly seats: number;
	readonly out_of_use?: readonly number[];
}

/** `guest/<season>.<venue>`: whether events of that other room may count in this room's season. */
export interface Guest {
	readonly invited: boolean;
}

/** `handdraw/<player>`: a seat that a tablet drew by itself while the leaf was out of reach. */
export interface HandDraw {
	readonly table: string;
	readonly seat: number;
	readonly at_ms: number;
}

/** `handforhand`: while it is not off, all busts are of the open `hand` of this `run`, at whatever table. `finishing`: "finish the hand, then hold" was announced; the hand under way everywhere is hand 0. */
export interface HandForHand {
	readonly state: 'off' | 'finishing' | 'on';
	readonly run: number;
	readonly hand: number;
	readonly at_ms: number;
}

/** `held/<player>`: prizes of this player wait at the cage until it is sure who they are. */
export interface Held {
	readonly why: 'no_id' | 'other_name';
}

/** `house`: what rooms do differently. `race`: how odd chips of a table are rounded at a colour-up. */
export interface HouseRules {
	readonly hand_minutes?: number;
	readonly race?: 'half_up' | 'up';
	readonly big_blind_first?: boolean;
}

/** `inplay/<id>`: chips that came into play (or left it: negative) other than by an entry or a bust. */
export interface InPlay {
	readonly why: 'early_bird' | 'raced' | 'forfeited' | 'correction';
	readonly chips: number;
	readonly at_ms: number;
	readonly table?: string | null;
	readonly player?: string | null;
	readonly note?: string | null;
}

/** `joins/<season>`: whether this room takes part in a season of the room `home`, which calls it `name`. `counts/` says which of this room's events count there. */
export interface Joining {
	readonly home: string;
	readonly name: string;
	readonly joins?: boolean;
}

/** `knocker/<entry>`: lives that share this one's head, earliest position first; none: nobody took it. */
export interface Knocker {
	readonly by: readonly string[];
}

/** `late`: until when entries are sold, instead of what `setup` says; whichever end comes first. `until_level` is a number that players know; `until_minutes` are minutes of the clock since its start, breaks included, so a paused clock puts the end off. */
export interface LateRegistration {
	readonly until_level: number;
	readonly until_minutes?: number | null;
}

/** `level/<n>`, n = 1, 2, 3 … over play and breaks. `ante` is what the big blind or the button pays for the table, or what each player pays. `colour_up`: denominations that leave play in this break. */
export interface Level {
	readonly kind: 'play' | 'break';
	readonly duration_ms: number;
	readonly small?: number;
	readonly big?: number;
	readonly ante?: number;
	readonly minutes?: number | null;
	readonly ante_by: 'big_blind' | 'button' | 'each';
	readonly colour_up?: readonly number[];
	readonly note?: string;
}

/** One row of a blind structure; a break carries no blinds. */
export interface LevelRow {
	readonly kind: 'play' | 'break';
	readonly minutes: number;
	readonly small?: number;
	readonly big?: number;
	readonly ante?: number;
	readonly ante_by?: 'big_blind' | 'button' | 'each';
	readonly colour_up?: readonly number[];
	readonly note?: string;
}

/** `waitlist/<entry>`: a player on a list; order is `arrived/<entry>`, provisional until that is there. */
export interface ListEntry {
	readonly list: string;
	readonly player: string;
	readonly source?: 'desk' | 'phone' | 'call-in' | 'kiosk';
	readonly state?: 'waiting' | 'away' | 'seated' | 'left' | 'missed';
	readonly request?: string | null;
}

/** `move/<player>`: the call-out of the last move; stays on displays until `arrived`. */
export interface Move {
	readonly from_table: string | null;
	readonly from_seat: number | null;
	readonly to_table: string;
	readonly to_seat: number;
	readonly rule?: string;
	readonly basis?: string;
	readonly at_ms: number;
	readonly arrived?: boolean;
	readonly override?: 'special_need' | 'just_moved' | 'mid_hand' | 'td_decision' | null;
}

/** `need/<player>`: special needs (TDA 9): these tables and seats first; `stays`: nobody moves them. */
export interface Need {
	readonly tables?: readonly string[];
	readonly seats?: readonly number[];
	readonly stays?: boolean;
}

/** `request/<id>`: open until the floor answers it (then null). `number` counts from 1 for ever. */
export interface OpenRequest {
	readonly number: number;
	readonly player?: string | null;
	readonly table?: string | null;
	readonly kind: 'join_list' | 'leave_list' | 'seat_change' | 'call_floor' | 'register' | 'seat_open' | 'count' | 'stack' | 'stacks' | 'bust';
	readonly list?: string | null;
	readonly tournament?: string | null;
	readonly at_ms: number;
	readonly until_ms: number;
	readonly via?: 'leaf' | 'core';
	readonly stacks?: readonly Counted[];
	readonly at?: string | null;
	readonly out?: string | null;
}

/** `entry/<entry>`: this life is paid (null after a reversal); `seq` is its ledger entry's number. With how often it bought more, as far as that stands. `tournament`: where it plays; `of`: the event that a flight is booked to. */
export interface PaidEntry {
	readonly tournament: string;
	readonly player: string;
	readonly kind: 'buy_in' | 're_entry';
	readonly seq: number;
	readonly of?: string | null;
	readonly rebuys?: number;
	readonly add_ons?: number;
	readonly dealer_add_ons?: number;
}

/** `payouts/<id>`: places in basis points for a range of entries; the sum is 10,000. */
export interface PayoutTable {
	readonly name: string;
	readonly entries_min: number;
	readonly entries_max: number;
	readonly basis_points: readonly number[];
	readonly unit_cents?: number;
}

/** `penalty/<id>`: hands or minutes a player misses (TDA 71); with neither it is a warning. `rounds`: how many rounds the hands are, a round being one hand for each player at the table then. */
export interface Penalty {
	readonly player: string;
	readonly hands?: number;
	readonly rounds?: number;
	readonly minutes?: number;
	readonly reason: string;
	readonly at_ms: number;
}

/** `request/<id>`: null = taken back. After `until_ms` the leaf answers that it expired, unlisted. */
export interface PhoneRequest {
	readonly kind: 'join_list' | 'leave_list' | 'seat_change' | 'call_floor' | 'register' | 'stack';
	readonly list?: string | null;
	readonly tournament?: string | null;
	readonly until_ms: number;
	readonly chips?: number | null;
}

/** `setup` of a phone: the claim is good until `until_ms`. */
export interface PhoneSetup {
	readonly kind?: 'phone';
	readonly version?: 1;
	readonly until_ms: number;
}

/** `player/<player>`: the name as the player chose it, and the club number. */
export interface Player {
	readonly name: string;
	readonly club_number?: number | null;
}

/** `preferences`. */
export interface Preferences {
	readonly language?: string;
	readonly vibrate?: boolean;
}

/** `prize/<tournament>.<place>.<player>`: due, then paid; of a flight by its places, `of` its event. */
export interface Prize {
	readonly tournament: string;
	readonly player: string;
	readonly place: number;
	readonly amount_cents: number;
	readonly paid_cents?: number;
	readonly seq?: number;
	readonly of?: string | null;
}

/** `receipt`. */
export interface ReceiptText {
	readonly header: string;
	readonly footer?: string;
}

/** `registration`: open, or closed by a person. Open with a `reason`: although its time is over. */
export interface Registration {
	readonly state: 'open' | 'closed';
	readonly at_ms: number;
	readonly reason?: string | null;
}

/** `season/<id>`. Every number that is 0 sets no bound. `formula`: a built-in one or `formula/<id>`. `field`: what the formula's `n` counts. `tie`: what its `k` is for people who share places. `best…`: how many of a player's results count, in all and of one week, month and year of the venue's calendar. `field_min`: smaller events give no points. `events_min`: who played fewer is not ranked yet. `deal_place_cap`: who took part in a deal is placed no better. `eligible`: who is ranked when no `eligible/` fact says. */
export interface Season {
	readonly name: string;
	readonly tournaments?: readonly string[];
	readonly best?: number;
	readonly formula?: string;
	readonly field?: 'entries' | 'players';
	readonly tie?: 'average' | 'best';
	readonly best_week?: number;
	readonly best_month?: number;
	readonly best_year?: number;
	readonly field_min?: number;
	readonly events_min?: number;
	readonly deal_place_cap?: number;
	readonly tiebreaks?: readonly ('countback' | 'fewer_events' | 'hits' | 'prize' | 'wins')[];
	readonly eligible?: 'everybody' | 'listed';
}

/** `seat/<player>`: where this player's one body is; null = nowhere. */
export interface Seat {
	readonly table: string;
	readonly seat: number;
}

/** `change/<player>`: who sits there waits for another seat, or another table; a move ends it. */
export interface SeatChange {
	readonly table: string;
	readonly seat: number;
	readonly kind?: 'seat' | 'table';
	readonly at_ms: number;
}

/** `seating`: what the house chose beside the rule text. Absent: all as here. `final_seats` None: as RP-9 says for the seats of a table. `redraw_tables`: when so many tables are left, all seats are drawn anew. `game` stud: movers go by position, no blinds. `halting`: 11-D is not waived. */
export interface SeatRules {
	readonly rules?: 'tda-2024';
	readonly game?: 'blinds' | 'stud';
	readonly spare_seats?: number;
	readonly final_seats?: number | null;
	readonly redraw_tables?: readonly number[];
	readonly halting?: boolean;
}

/** `series/<n>`: a seed that draws follow from; SHA-256 of it is told before, itself when it is over. */
export interface Series {
	readonly commitment: string;
	readonly at_ms: number;
	readonly seed?: string | null;
	readonly revealed_ms?: number | null;
}

/** `served/<penalty>`: how many of its hands the player has missed; `ended`: a person ended it. */
export interface Served {
	readonly player: string;
	readonly hands: number;
	readonly ended?: boolean;
}

/** `settled/<name of the fact>`: a person looked; closes the conflict that holds exactly these stamps. */
export interface Settled {
	readonly stamps: readonly string[];
	readonly how?: 'kept' | 'used' | 'neither';
}

/** `setup`: the first edit of a document; without it a document of that kind does not exist. */
export interface Setup {
	readonly kind: string;
	readonly version?: 1;
}

/** `sound/<device>`: whether a screen sounds, and how loud (per cent); at `test_ms` once more. */
export interface Sound {
	readonly on: boolean;
	readonly volume?: number;
	readonly test_ms?: number | null;
}

/** `spot/<table>`: where it stands on the room plan, from its upper left corner. */
export interface Spot {
	readonly column: number;
	readonly row: number;
}

/** `stack/<player>`: chips counted in leaf time `at_ms`; `bought`: those that the life had bought. */
export interface Stack {
	readonly chips: number;
	readonly at_ms: number;
	readonly bought?: number | null;
}

/** `table/<table>`: a furniture table used by this event; `order` is its place in the break order. `held` seats are kept for somebody: no draw or proposal gives them. `seats`: so many here, whatever the event says (a final table of nine in an event of eight). */
export interface Table {
	readonly open: boolean;
	readonly order: number;
	readonly locked?: boolean;
	readonly held?: readonly number[];
	readonly seats?: number | null;
}

/** `request/<id>` of a dealer's table tablet. `stacks`: all stacks of the table as counted; `bust`: `out` is out. The floor accepts or declines. */
export interface TableRequest {
	readonly kind: 'seat_open' | 'call_floor' | 'count' | 'stacks' | 'bust';
	readonly text?: string;
	readonly until_ms: number;
	readonly at?: string | null;
	readonly stacks?: readonly Counted[];
	readonly out?: string | null;
}

/** `terms/<kind>`: chips that are given again, or more of them, and to whom and until when. `until_level`: to the end of that level; none: as long as registration is open; 0: before the start. `after_level`: in the break after that level only. `stack_max`: to who has at most that many chips. Levels are numbers that players know. */
export interface Terms {
	readonly chips: number;
	readonly until_level?: number | null;
	readonly after_level?: number | null;
	readonly stack_max?: number | null;
	readonly per_player?: number | null;
	readonly per_flight?: number | null;
	readonly double?: boolean;
}

/** `theme`. */
export interface Theme {
	readonly accent: string;
	readonly logo?: string;
}

/** `tournament/<id>`: counts and amounts of one event; `amounts` is per place, place 1 first. Of a flight (`of`: the event it is booked to) entries, rebuys and add-ons are its own, and its state until the event's result; pool, guarantee, amounts and what is provisional are those of the event. */
export interface TournamentMoney {
	readonly entries: number;
	readonly players: number;
	readonly rebuys?: number;
	readonly add_ons?: number;
	readonly dealer_add_ons?: number;
	readonly buy_in_cents?: number;
	readonly pool_cents: number;
	readonly guarantee_cents?: number;
	readonly bounties_cents?: number;
	readonly amounts: readonly number[];
	readonly provisional: boolean;
	readonly paid_cents?: number;
	readonly state?: 'selling' | 'closed' | 'confirmed' | 'settled';
	readonly flights?: readonly string[];
	readonly of?: string | null;
	readonly entries_all?: number;
	readonly in_money?: number;
	readonly cash_cents?: number;
	readonly told?: boolean;
}

/** `setup`: what the event is. Money that depends on it is adopted into the ledger. */
export interface TournamentSetup {
	readonly kind?: 'tournament';
	readonly version?: 1;
	readonly name: string;
	readonly letter?: string;
	readonly game?: string;
	readonly starts_ms: number;
	readonly seats_per_table: number;
	readonly starting_stack: number;
	readonly late_until_level: number;
	readonly entries_per_player?: number;
	readonly max_diff?: number;
}

/** `venue`. */
export interface Venue {
	readonly name: string;
	readonly currency: string;
	readonly time_zone: string;
	readonly locale?: string;
}

/** `list/<list>`: one list per game and limit. */
export interface Waitlist {
	readonly name: string;
	readonly start_number?: number;
}

/** `wanted/<id>`: the floor asks the cage to sell this; `had`: how often it was sold before. A rebuy or add-on is for the life `entry`, whose chips are behind until it is paid. */
export interface Wanted {
	readonly player: string;
	readonly kind: 'buy_in' | 're_entry' | 'rebuy' | 'add_on' | 'dealer_add_on';
	readonly entry?: string | null;
	readonly had: number;
	readonly at_ms: number;
}

export interface FactsByKind {
	config: {
		setup: Setup;
		venue: Venue;
		receipt: ReceiptText;
		[table: `table/${string}`]: Furniture;
		[spot: `spot/${string}`]: Spot;
		cues: Cues;
		[chips: `chips/${string}`]: ChipSet;
		[blinds: `blinds/${string}`]: BlindStructure;
		[payouts: `payouts/${string}`]: PayoutTable;
		[conflict: `conflict/${string}`]: Conflict;
		[settled: `settled/${string}`]: Settled;
		[arrived: `arrived/${string}`]: Arrived;
	};
	floor: {
		setup: Setup;
		[cash: `cash/${string}`]: CashTable;
		[seat: `seat/${string}`]: Seat;
		[list: `list/${string}`]: Waitlist;
		[waitlist: `waitlist/${string}`]: ListEntry;
		[call: `call/${string}`]: Call;
		[answer: `answer/${string}`]: Answer;
		[change: `change/${string}`]: SeatChange;
		[conflict: `conflict/${string}`]: Conflict;
		[settled: `settled/${string}`]: Settled;
		[arrived: `arrived/${string}`]: Arrived;
	};
	tournament: {
		setup: TournamentSetup;
		clock: Clock;
		registration: Registration;
		[level: `level/${string}`]: Level;
		[entry: `entry/${string}`]: Entry;
		[seat: `seat/${string}`]: Seat;
		[table: `table/${string}`]: Table;
		[button: `button/${string}`]: Button;
		[move: `move/${string}`]: Move;
		[explained: `explained/${string}`]: Explained;
		[bust: `bust/${string}`]: Bust;
		[knocker: `knocker/${string}`]: Knocker;
		handforhand: HandForHand;
		[dealt: `dealt/${string}`]: Dealt;
		[stack: `stack/${string}`]: Stack;
		[inplay: `inplay/${string}`]: InPlay;
		[checked: `checked/${string}`]: Checked;
		[bag: `bag/${string}`]: Bag;
		[wanted: `wanted/${string}`]: Wanted;
		[penalty: `penalty/${string}`]: Penalty;
		[served: `served/${string}`]: Served;
		[change: `change/${string}`]: SeatChange;
		seating: SeatRules;
		[need: `need/${string}`]: Need;
		[alternate: `alternate/${string}`]: Alternate;
		[series: `series/${string}`]: Series;
		[draw: `draw/${string}`]: Draw;
		[handdraw: `handdraw/${string}`]: HandDraw;
		late: LateRegistration;
		[terms: `terms/${string}`]: Terms;
		bounty: Bounty;
		flight: Flight;
		days: Days;
		[carried: `carried/${string}`]: Carried;
		chips: EventChips;
		house: HouseRules;
		cues: Cues;
		[conflict: `conflict/${string}`]: Conflict;
		[settled: `settled/${string}`]: Settled;
		[arrived: `arrived/${string}`]: Arrived;
	};
	leagues: {
		setup: Setup;
		[season: `season/${string}`]: Season;
		[formula: `formula/${string}`]: FormulaText;
		[counts: `counts/${string}`]: Counting;
		[eligible: `eligible/${string}`]: Eligible;
		[guest: `guest/${string}`]: Guest;
		[joins: `joins/${string}`]: Joining;
		[conflict: `conflict/${string}`]: Conflict;
		[settled: `settled/${string}`]: Settled;
		[arrived: `arrived/${string}`]: Arrived;
	};
	displays: {
		setup: Setup;
		[device: `device/${string}`]: Display;
		[show: `show/${string}`]: Assignment;
		[announce: `announce/${string}`]: Announcement;
		[sound: `sound/${string}`]: Sound;
		theme: Theme;
		[conflict: `conflict/${string}`]: Conflict;
		[settled: `settled/${string}`]: Settled;
		[arrived: `arrived/${string}`]: Arrived;
	};
	roster: {
		setup: Setup;
		[player: `player/${string}`]: Player;
		[held: `held/${string}`]: Held;
		[conflict: `conflict/${string}`]: Conflict;
		[settled: `settled/${string}`]: Settled;
		[arrived: `arrived/${string}`]: Arrived;
	};
	table: {
		setup: Setup;
		[request: `request/${string}`]: TableRequest;
	};
	phone: {
		setup: PhoneSetup;
		[request: `request/${string}`]: PhoneRequest;
		preferences: Preferences;
	};
	requests: {
		setup: Setup;
		[request: `request/${string}`]: OpenRequest;
	};
	answers: {
		setup: Setup;
		[answer: `answer/${string}`]: Answer;
	};
	cage: {
		setup: Setup;
		head: CageHead;
		[tournament: `tournament/${string}`]: TournamentMoney;
		[entry: `entry/${string}`]: PaidEntry;
		[prize: `prize/${string}`]: Prize;
		[deal: `deal/${string}`]: Deal;
		[drawer: `drawer/${string}`]: Drawer;
	};
}

export type Role = 'admin' | 'manager' | 'floor' | 'cashier' | 'dealer' | 'player' | 'display';
export type Kind = keyof FactsByKind;

/** How facts of one name or prefix are read: which live edit counts, and which rivals are a conflict.
 *  `sameBy`: the fields by which two values mean the same; null = the whole value, [] = any two values. */
export interface FactPolicy {
	readonly policy: 'latest' | 'earliest';
	readonly conflict: boolean;
	readonly sameBy: readonly string[] | null;
}

export const policies: Readonly<Record<Kind, Readonly<Record<string, FactPolicy>>>> = {
	config: {
		'setup': { policy: 'latest', conflict: false, sameBy: null },
		'venue': { policy: 'latest', conflict: true, sameBy: null },
		'receipt': { policy: 'latest', conflict: true, sameBy: null },
		'table/': { policy: 'latest', conflict: true, sameBy: null },
		'spot/': { policy: 'latest', conflict: false, sameBy: null },
		'cues': { policy: 'latest', conflict: true, sameBy: null },
		'chips/': { policy: 'latest', conflict: true, sameBy: null },
		'blinds/': { policy: 'latest', conflict: true, sameBy: null },
		'payouts/': { policy: 'latest', conflict: true, sameBy: null },
		'conflict/': { policy: 'latest', conflict: false, sameBy: null },
		'settled/': { policy: 'latest', conflict: false, sameBy: null },
		'arrived/': { policy: 'earliest', conflict: false, sameBy: null },
	},
	floor: {
		'setup': { policy: 'latest', conflict: false, sameBy: null },
		'cash/': { policy: 'latest', conflict: true, sameBy: null },
		'seat/': { policy: 'latest', conflict: true, sameBy: null },
		'list/': { policy: 'latest', conflict: true, sameBy: null },
		'waitlist/': { policy: 'latest', conflict: true, sameBy: null },
		'call/': { policy: 'earliest', conflict: true, sameBy: [] },
		'answer/': { policy: 'latest', conflict: true, sameBy: null },
		'change/': { policy: 'earliest', conflict: true, sameBy: ['table', 'seat'] },
		'conflict/': { policy: 'latest', conflict: false, sameBy: null },
		'settled/': { policy: 'latest', conflict: false, sameBy: null },
		'arrived/': { policy: 'earliest', conflict: false, sameBy: null },
	},
	tournament: {
		'setup': { policy: 'latest', conflict: false, sameBy: null },
		'clock': { policy: 'latest', conflict: true, sameBy: ['level', 'state'] },
		'registration': { policy: 'latest', conflict: true, sameBy: null },
		'level/': { policy: 'latest', conflict: true, sameBy: null },
		'entry/': { policy: 'earliest', conflict: true, sameBy: null },
		'seat/': { policy: 'latest', conflict: true, sameBy: null },
		'table/': { policy: 'latest', conflict: true, sameBy: null },
		'button/': { policy: 'latest', conflict: false, sameBy: null },
		'move/': { policy: 'latest', conflict: false, sameBy: null },
		'explained/': { policy: 'latest', conflict: false, sameBy: null },
		'bust/': { policy: 'earliest', conflict: true, sameBy: [] },
		'knocker/': { policy: 'latest', conflict: true, sameBy: null },
		'handforhand': { policy: 'latest', conflict: true, sameBy: ['state', 'run', 'hand'] },
		'dealt/': { policy: 'latest', conflict: false, sameBy: null },
		'stack/': { policy: 'latest', conflict: false, sameBy: null },
		'inplay/': { policy: 'latest', conflict: true, sameBy: null },
		'checked/': { policy: 'latest', conflict: false, sameBy: null },
		'bag/': { policy: 'latest', conflict: true, sameBy: null },
		'wanted/': { policy: 'latest', conflict: false, sameBy: null },
		'penalty/': { policy: 'latest', conflict: true, sameBy: null },
		'served/': { policy: 'latest', conflict: false, sameBy: null },
		'change/': { policy: 'earliest', conflict: true, sameBy: ['table', 'seat'] },
		'seating': { policy: 'latest', conflict: true, sameBy: null },
		'need/': { policy: 'latest', conflict: true, sameBy: null },
		'alternate/': { policy: 'earliest', conflict: true, sameBy: [] },
		'series/': { policy: 'latest', conflict: false, sameBy: null },
		'draw/': { policy: 'latest', conflict: false, sameBy: null },
		'handdraw/': { policy: 'latest', conflict: false, sameBy: null },
		'late': { policy: 'latest', conflict: true, sameBy: null },
		'terms/': { policy: 'latest', conflict: true, sameBy: null },
		'bounty': { policy: 'latest', conflict: true, sameBy: null },
		'flight': { policy: 'latest', conflict: true, sameBy: null },
		'days': { policy: 'latest', conflict: true, sameBy: null },
		'carried/': { policy: 'latest', conflict: true, sameBy: null },
		'chips': { policy: 'latest', conflict: true, sameBy: null },
		'house': { policy: 'latest', conflict: true, sameBy: null },
		'cues': { policy: 'latest', conflict: true, sameBy: null },
		'conflict/': { policy: 'latest', conflict: false, sameBy: null },
		'settled/': { policy: 'latest', conflict: false, sameBy: null },
		'arrived/': { policy: 'earliest', conflict: false, sameBy: null },
	},
	leagues: {
		'setup': { policy: 'latest', conflict: false, sameBy: null },
		'season/': { policy: 'latest', conflict: true, sameBy: null },
		'formula/': { policy: 'latest', conflict: true, sameBy: null },
		'counts/': { policy: 'latest', conflict: true, sameBy: null },
		'eligible/': { policy: 'latest', conflict: true, sameBy: ['eligible'] },
		'guest/': { policy: 'latest', conflict: true, sameBy: null },
		'joins/': { policy: 'latest', conflict: true, sameBy: null },
		'conflict/': { policy: 'latest', conflict: false, sameBy: null },
		'settled/': { policy: 'latest', conflict: false, sameBy: null },
		'arrived/': { policy: 'earliest', conflict: false, sameBy: null },
	},
	displays: {
		'setup': { policy: 'latest', conflict: false, sameBy: null },
		'device/': { policy: 'latest', conflict: true, sameBy: null },
		'show/': { policy: 'latest', conflict: true, sameBy: null },
		'announce/': { policy: 'latest', conflict: true, sameBy: null },
		'sound/': { policy: 'latest', conflict: false, sameBy: null },
		'theme': { policy: 'latest', conflict: true, sameBy: null },
		'conflict/': { policy: 'latest', conflict: false, sameBy: null },
		'settled/': { policy: 'latest', conflict: false, sameBy: null },
		'arrived/': { policy: 'earliest', conflict: false, sameBy: null },
	},
	roster: {
		'setup': { policy: 'latest', conflict: false, sameBy: null },
		'player/': { policy: 'latest', conflict: true, sameBy: null },
		'held/': { policy: 'latest', conflict: false, sameBy: null },
		'conflict/': { policy: 'latest', conflict: false, sameBy: null },
		'settled/': { policy: 'latest', conflict: false, sameBy: null },
		'arrived/': { policy: 'earliest', conflict: false, sameBy: null },
	},
	table: {
		'setup': { policy: 'latest', conflict: false, sameBy: null },
		'request/': { policy: 'latest', conflict: false, sameBy: null },
	},
	phone: {
		'setup': { policy: 'latest', conflict: false, sameBy: null },
		'request/': { policy: 'latest', conflict: false, sameBy: null },
		'preferences': { policy: 'latest', conflict: false, sameBy: null },
	},
	requests: {
		'setup': { policy: 'latest', conflict: false, sameBy: null },
		'request/': { policy: 'latest', conflict: false, sameBy: null },
	},
	answers: {
		'setup': { policy: 'latest', conflict: false, sameBy: null },
		'answer/': { policy: 'latest', conflict: false, sameBy: null },
	},
	cage: {
		'setup': { policy: 'latest', conflict: false, sameBy: null },
		'head': { policy: 'latest', conflict: false, sameBy: null },
		'tournament/': { policy: 'latest', conflict: false, sameBy: null },
		'entry/': { policy: 'latest', conflict: false, sameBy: null },
		'prize/': { policy: 'latest', conflict: false, sameBy: null },
		'deal/': { policy: 'latest', conflict: false, sameBy: null },
		'drawer/': { policy: 'latest', conflict: false, sameBy: null },
	},
};

export const writers: Readonly<Record<Kind, readonly Role[]>> = {
	config: ['admin', 'manager'],
	floor: ['admin', 'floor', 'manager'],
	tournament: ['admin', 'floor', 'manager'],
	leagues: ['admin', 'manager'],
	displays: ['admin', 'floor', 'manager'],
	roster: ['admin', 'cashier', 'floor', 'manager'],
	table: ['dealer'],
	phone: ['player'],
	requests: [],
	answers: [],
	cage: [],
};
