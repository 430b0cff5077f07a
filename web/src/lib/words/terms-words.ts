/** Why something can't be bought into an event now, in words that name the term. */
import type { NotCode } from '#lib/twins/structure/terms.ts';

export const WHY_NOT: Record<NotCode, string> = {
	no_event: 'This event is not set up',
	event_over: 'This event is over',
	registration_closed: 'Registration is closed',
	in_play: 'Still in play: a rebuy instead',
	not_entered: 'No entry yet',
	entries_used: 'All entries are used',
	out: 'Out: a re-entry instead',
	term_over: 'The levels for it are over',
	term_not_yet: 'Not before its break',
	stack_over: 'The stack is too large for it',
	term_used: 'Used as often as allowed',
	flight_over: 'This flight is over',
	through: 'Through already from another flight',
};
