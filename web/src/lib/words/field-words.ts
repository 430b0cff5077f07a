/** The fields of forms by the names the servers use, in the words that stand beside them on the pages. */
export const FIELD_WORDS = {
	amount: 'Amount',
	box: 'Box, as it is marked',
	cash: 'Cash in the box',
	chips: 'Chips',
	counted: 'What was counted',
	courier: 'Courier',
	dealer: 'Paid to',
	drawer: 'Drawer',
	entry: 'Entry',
	fee: 'Fee the bank kept of it',
	jackpot: 'Jackpot',
	marker: 'Receipt of the marker',
	method: 'How it is paid',
	name: 'Name',
	of: 'Receipt of the sending',
	pin: 'PIN',
	place: 'Place',
	player: 'Player',
	reason: 'Reason',
	reference: 'Number of the slip or paper',
	role: 'Role',
	second: 'Second person',
	seq: 'Receipt number',
	side: 'Which cards and transfers',
	source: 'Out of',
	table: 'Table',
	to: 'To drawer',
	tournament: 'Event',
};
const SHOWN_MAX = 3;

/** "Reason: fill it in. Amount: this is too much." of `{reason: …, 'amount.amount': …}`; what no page names, by its own name. */
export function faultWords(fields: Record<string, unknown>): string {
	const lines = Object.entries(fields).map(([path, what]) => `${fieldName(path)}: ${what}.`);
	return [...new Set(lines)].slice(0, SHOWN_MAX).join(' ');
}

function fieldName(path: string): string {
	const parts = path.split('.').map((part) => part.replace(/_cents$/, ''));
	const known = parts.find((part): part is keyof typeof FIELD_WORDS => Object.hasOwn(FIELD_WORDS, part));
	if (known) return FIELD_WORDS[known];
	const own = parts.at(-1)!.replaceAll(/[_-]/g, ' ').trim();
	return own.charAt(0).toUpperCase() + own.slice(1);
}
