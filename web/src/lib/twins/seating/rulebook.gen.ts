// Made by scripts/generate_facts.py from crdt_models/rules/seating/rulebook.py. Do not edit.
export const RULEBOOK: Readonly<Record<string, { number: string; year: number | null; text: string }>> = {
	'TDA 2024 11-A': {
		number: '11-A',
		year: 2024,
		text: 'Who is due for the big blind moves to the worst open seat of the short table, a big blind too, never the small blind.',
	},
	'TDA 2024 11-A stud': {
		number: '11-A',
		year: 2024,
		text: 'Stud: who moves is chosen by position; the seat that came open last at the short table is filled.',
	},
	'TDA 2024 10-B': {
		number: '10-B',
		year: 2024,
		text: 'A table breaks in two random steps: seat cards are shuffled, and so are the players. Any seat may be drawn; between button and small blind a player waits for the button to pass.',
	},
	'TDA 2024 RP-9': {
		number: 'RP-9',
		year: 2024,
		text: 'Events of eight and nine a table go from five and five to one table of nine; of six and seven from four and four to one of seven.',
	},
	'TDA 2024 11-D': {
		number: '11-D',
		year: 2024,
		text: 'A table three or more short of the fullest stops once its blinds are affected, unless it is waived.',
	},
	'TDA 2024 RP-8': {
		number: 'RP-8',
		year: 2024,
		text: 'Hand for hand: nobody moves while a table still plays its hand.',
	},
	'House redraw': {
		number: 'redraw',
		year: null,
		text: 'The house draws all seats anew when so many tables are left.',
	},
};
