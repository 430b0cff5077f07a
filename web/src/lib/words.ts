/** The words for what only staff may meet, of floor (F), money (M) and ledger (L), beside those any app may meet. */
import { ACCESS, type Saying, saying as sayingOf, type Words, words as wordsOf } from './access-words.ts';

const WORDS: Words = {
	...ACCESS,
	// F: floor
	taken: ['F-101', 'That seat was taken meanwhile. Pick another seat.'],
	seat_taken: ['F-101', 'That seat was taken meanwhile. Pick another seat.'],
	out_of_use: ['F-105', 'Nobody may sit in that seat. Pick another seat.'],
	no_seat: ['F-106', 'There is no such seat at that table.'],
	table_closed: ['F-107', 'That table is closed. Pick another table.'],
	no_table: ['F-108', 'That table does not belong to this event.'],
	stale: ['F-110', 'This proposal is out of date. Nothing was moved. Look at the new one.'],
	already_out: ['F-112', 'This player was already out. Nothing changed.'],
	not_enough_seats: ['F-114', 'There are not enough open seats. Open a table or break later.'],
	last_one: ['F-140', 'This is the last player left: they have won. End the event instead.'],
	finished: ['F-141', 'This event is over. Start its clock again to change it.'],
	own_head: ['F-142', 'Nobody takes their own head. Pick somebody else.'],
	no_hand: ['F-143', 'That hand is not open any more. Look again.'],
	unexplained: ['F-144', 'The count differs from what it should be. Count again, or say why.'],
	rebuys_over: ['F-145', 'Registration is closed: no more rebuys. Nothing was written.'],
	already_called: ['F-120', 'This player was called already.'],

	already_seated: ['F-104', 'This player already has a seat. Move them instead.'],
	not_seated: ['F-109', 'This player has no seat.'],
	not_entered: ['F-111', 'This player has no entry. Sell one at the cage first.'],
	clock_unchanged: ['F-113', 'The clock is there already. Nothing changed.'],
	no_room: ['F-114', 'There are not enough open seats. Open a table or break later.'],
	changed_since: ['F-115', 'This was changed since.'],
	later_changes: ['F-116', 'Later changes depend on this. Take those back first.'],
	not_taken_back: ['F-116', 'Later changes depend on this. Take those back first.'],
	no_change: ['F-118', 'History does not know that change any more. Look again.'],
	too_much: ['F-119', 'Too many changes at once. Choose a later time.'],
	button_unknown: ['F-117', 'The button of that table is not known. Set it first.'],
	already_waiting: ['F-121', 'This player is on that list already.'],
	nobody_waiting: ['F-122', 'Nobody on that list is waiting.'],
	no_open_seat: ['F-123', 'No seat is open for that list.'],
	empty: ['F-125', 'There is nothing to write.'],

	// M: money
	no_answer: [
		'M-201',
		'Still waiting for the leaf. The sale is neither booked nor lost; it is sent again with the same key.',
	],
	intent: [
		'M-202',
		'Not booked yet. Kept in Unsent and sent in order. Its slip says not booked yet and is no receipt.',
	],
	changed: ['M-210', 'The figures changed while you looked. Nothing was booked. Check and confirm.'],
	wrong_amount: ['M-211', 'The amount is not the price of the event. Nothing was booked.'],
	other_currency: ['M-212', "This is not the venue's currency. Nothing was booked."],
	registration_closed: ['M-213', 'Registration is closed. Nothing was booked.'],
	limit: ['M-220', 'Limit reached. Nothing was booked.'],
	entries_used: ['M-221', 'No entries left for this player. Nothing was booked.'],
	needs_second: ['M-222', "This is above your limit. A second person's PIN is needed."],
	wrong_second: [
		'M-223',
		'The second PIN is wrong, or that person may not approve this. Nothing was booked.',
	],
	not_confirmed: ['M-224', 'Prizes are paid after the result is confirmed. It is on the due list.'],
	nothing_due: ['M-225', 'Nothing is due to this player at this place.'],
	over_due: ['M-226', 'This is more than is due. Nothing was booked.'],
	already_confirmed: ['M-227', 'The result was confirmed already.'],
	places_wrong: ['M-228', 'The places do not fit the paid places. Nothing was booked.'],
	already_reversed: ['M-230', 'This entry was voided already.'],
	no_approval: ['M-273', 'That question is over. The till can ask again.'],
	own_command: ['M-274', 'Nobody approves what they asked for themselves.'],
	answered: ['M-275', 'Somebody else has answered this already.'],
	not_reversible: ['M-231', "This entry can't be voided: what depends on it was booked. Book a correction."],
	drawer_closed: ['M-242', 'The drawer is closed. Open it first.'],
	drawer_open: ['M-243', 'The drawer is open already.'],
	drawer_intents: ['M-240', 'This drawer has sales not booked. Send or remove them, then close.'],
	not_enough_cash: ['M-244', 'There is not enough cash in the drawer.'],
	no_cash: ['M-245', 'The profile of this venue allows no cash.'],
	no_cash_games: ['M-246', 'The profile of this venue allows no cash games.'],
	not_adopted: ['M-250', 'The prices of this event are not adopted yet. A manager adopts them first.'],
	unknown_tournament: ['M-251', 'The ledger does not know this event.'],
	unknown_player_entry: ['M-252', 'The ledger does not know this entry of the player.'],
	needs_leaf: ['M-260', 'Needs the leaf. Nothing was sent.'],

	// F: leagues
	no_season: ['F-130', 'The leaf does not have this season yet. Try again in a moment.'],
	formula_invalid: ['F-131', 'The formula can’t be read. Nothing was written.'],

	// P: printing
	printer_paper: ['P-301', 'The printer has no paper. The booking stands.'],
	printer_off: ['P-302', "The printer can't be reached. The booking stands."],
	printer_cover: ['P-303', 'The cover of the printer is open. The booking stands.'],
	printer_fault: ['P-304', 'The printer reports a fault. The booking stands.'],
	not_laid_out: ['P-305', "This receipt can't be laid out for paper. Call the technician."],
	told: ['P-306', 'It is not on paper. Print it when the printer is ready.'],
	print_unsure: ['P-310', 'Nobody knows whether this receipt was printed. Look at the printer.'],
	print_running: ['P-311', 'This receipt is being printed.'],
	no_printer: ['P-312', 'This leaf has no printer.'],
	reason_missing: ['M-248', 'The count differs. Count again, or give a reason.'],
	no_such_method: ['M-249', 'This can not be paid that way here.'],
	not_enough_balance: ['M-253', "The player's balance does not cover it. Nothing was booked."],
	other_cashier: ['M-254', 'This drawer is in the hands of another cashier.'],
	marker_due: ['M-255', 'A marker of this player is due. Set it off, or leave it with a second person.'],
	not_covered: ['M-256', 'What the house owes would not be covered. Nothing was booked.'],
	not_in_bank: ['M-272', "That much is not on the house's bank account, by the ledger. Nothing was booked."],
	not_enough_chips: ['M-257', 'There are not that many chips in the cage. Nothing was booked.'],
	trays_missing: ['M-258', 'A tray was left out. Count all of them.'],
	already_counted: ['M-259', 'That box of this shift was counted already.'],
	unknown_jackpot: ['M-261', 'The ledger does not know this jackpot.'],
	shares_wrong: ['M-262', 'The winners do not fit the shares of this jackpot.'],
	no_markers: ['M-263', 'The profile of this venue allows no markers.'],
	unknown_ticket: ['M-264', 'There is no such ticket.'],
	ticket_used: ['M-265', 'This ticket is no longer good.'],
	other_ticket: ['M-266', "This ticket is another player's, or for another event."],
	nothing_received: ['M-267', 'No money waits under this number any more.'],
	deal_wrong: ['M-268', 'The deal does not add up to what is left. Nothing was booked.'],
	not_cashable: ['M-269', 'Tickets are not paid out in this house.'],
	is_out: ['M-270', 'This player is out already in the money.'],
	no_bounty: ['M-271', 'This event has no bounty on that head.'],
	already_agreed: ['M-272', 'A deal stands already. Void it to agree otherwise. Nothing was booked.'],
	consent_missing: ['M-273', 'Not everybody has said yes. Nothing was booked; they play on.'],
	no_mystery: ['M-274', 'This event has no envelopes: its bounties are on heads.'],
	is_mystery: ['M-275', "This event's bounties are in envelopes. Draw one."],
	already_sealed: ['M-276', 'The envelopes are sealed already.'],
	envelopes_wrong: [
		'M-277',
		'The envelopes do not add up to the bounties that were paid in. Nothing was sealed.',
	],
	no_envelope: ['M-278', 'No envelope of this worth is left. Read it again.'],
	is_satellite: ['M-279', 'This event pays seats. Confirm those.'],
	no_satellite: ['M-280', 'This event pays places, no seats. Confirm its places.'],
	registration_open: ['M-281', 'Close the registration first: it settles the pool.'],
	shift_open: ['M-247', 'What the shift came to shows after the drawer is counted.'],

	// L: ledger
	fork: [
		'L-900',
		"The ledger doesn't match what the core has seen. Booking is stopped. Call the administrator; keep all receipts.",
	],
	term_needed: ['L-901', 'This box was restored. It takes no money before a manager has opened its term.'],
	fenced: ['L-902', 'This box takes no money any more: another one took its place. Use that one.'],
	nobody_asked: ['L-903', "Neither core nor till was asked yet. Wait for them, or write why it can't wait."],
	no_term_needed: ['L-904', 'This box takes money already, or may open no term. Look again.'],
};

export function saying(code: string, details: Record<string, unknown> = {}, message = ''): Saying {
	return sayingOf(code, details, message, WORDS);
}

/** The sentence with its reference behind it. */
export function words(code: string, details: Record<string, unknown> = {}, message = ''): string {
	return wordsOf(code, details, message, WORDS);
}
