/**
 * What else a cash room books, as data: the fields each kind asks for, who may book it, and the command that comes of
 * a filled-in form. Rules are the leaf's; this only keeps a cashier from sending half a form.
 */

import type { MoneyCommand } from '#lib/money/command.ts';
import { minorUnits } from '#lib/words/amounts.ts';
import { FIELD_WORDS } from '#lib/words/field-words.ts';

export type Means = 'cash' | 'chips' | 'card' | 'bank' | 'balance';
export type Ask =
	| 'player'
	| 'table'
	| 'box'
	| 'jackpot'
	| 'to'
	| 'courier'
	| 'dealer'
	| 'of'
	| 'marker'
	| 'tournament'
	| 'source'
	| 'side'
	| 'fee'
	| 'reference'
	| 'reason';
export type RoomKind = {
	kind: string;
	title: string;
	verb: string;
	group: string;
	/** how much: typed, counted in pieces under this name, or what the entry it names says */
	much: 'amount' | 'counted' | 'chips' | 'named';
	asks: Ask[];
	may?: Ask[];
	means?: Means[];
	/** takes cash out of this cage's drawer, or counts it there, whatever the means */
	drawer?: true;
	manager?: true;
	fixed?: Record<string, unknown>;
	/** cash is counted too, beside the chips */
	cash?: true;
	/** a form of its own: what it asks is not a list of fields */
	own?: 'chips' | 'jackpot' | 'award' | 'bounty' | 'seal' | 'seat';
};
export type Draft = {
	fields: Partial<Record<Ask, string>>;
	cents: number;
	pieces: Record<string, number>;
	cash?: Record<string, number>;
	means: Means;
};

export const ASK_WORDS: Record<Ask, string> = FIELD_WORDS;
export const MEANS_WORDS: Record<Means, string> = {
	cash: 'Cash',
	chips: 'Chips',
	card: 'Card',
	bank: 'Transfer',
	balance: 'Balance',
};

export const ROOM_KINDS: RoomKind[] = [
	{
		kind: 'collect_time',
		title: 'Time',
		verb: 'Take',
		group: 'Tables',
		much: 'amount',
		asks: ['table'],
		means: ['chips', 'cash', 'card'],
	},
	{
		kind: 'take_tip',
		title: 'Tip for the staff',
		verb: 'Take',
		group: 'Tables',
		much: 'amount',
		asks: [],
		may: ['table'],
		means: ['chips', 'cash', 'card'],
	},
	{
		kind: 'count_drop',
		title: 'Drop box',
		verb: 'Book',
		group: 'Tables',
		much: 'counted',
		asks: ['table', 'box'],
		may: ['jackpot'],
		cash: true,
	},
	{ kind: 'fill_tray', title: 'Fill a tray', verb: 'Fill', group: 'Tables', much: 'chips', asks: ['table'] },
	{
		kind: 'credit_tray',
		title: 'Credit of a tray',
		verb: 'Take back',
		group: 'Tables',
		much: 'chips',
		asks: ['table'],
	},
	{
		kind: 'draw_envelope',
		title: 'Bounty',
		verb: 'Pay',
		group: 'Events',
		much: 'named',
		asks: [],
		own: 'bounty',
	},
	{
		kind: 'seal_envelopes',
		title: 'Seal envelopes',
		verb: 'Seal',
		group: 'Events',
		much: 'named',
		asks: [],
		manager: true,
		own: 'seal',
	},
	{
		kind: 'end_bounties',
		title: 'Bounties nobody took',
		verb: 'Give them to first place',
		group: 'Events',
		much: 'named',
		asks: ['tournament', 'reason'],
		manager: true,
	},
	{
		kind: 'award_seat',
		title: 'Seat won in play',
		verb: 'Award',
		group: 'Events',
		much: 'named',
		asks: [],
		manager: true,
		own: 'seat',
	},
	{
		kind: 'pay_jackpot',
		title: 'Jackpot or high hand',
		verb: 'Pay',
		group: 'Players',
		much: 'named',
		asks: [],
		own: 'award',
	},
	{
		kind: 'issue_marker',
		title: 'Marker',
		verb: 'Give chips for',
		group: 'Players',
		much: 'amount',
		asks: ['player', 'reference'],
	},
	{
		kind: 'repay_marker',
		title: 'Marker repaid',
		verb: 'Take',
		group: 'Players',
		much: 'amount',
		asks: ['player'],
		means: ['cash', 'chips', 'card', 'bank', 'balance'],
	},
	{
		kind: 'redeem_comp',
		title: 'Comp',
		verb: 'Give',
		group: 'Players',
		much: 'amount',
		asks: ['player', 'reason'],
		means: ['chips', 'balance', 'cash'],
	},
	{
		kind: 'pay_staff',
		title: 'Pay from the staff pool',
		verb: 'Pay',
		group: 'House',
		much: 'amount',
		asks: ['dealer'],
		means: ['cash', 'bank'],
	},
	{
		kind: 'lend_cash',
		title: 'Loan to a drawer',
		verb: 'Lend',
		group: 'House',
		much: 'amount',
		asks: ['to'],
		drawer: true,
	},
	{
		kind: 'send_cash',
		title: 'Send cash to the vault',
		verb: 'Send',
		group: 'House',
		much: 'amount',
		asks: ['courier'],
		drawer: true,
	},
	{
		kind: 'receive_cash',
		title: 'Cash has arrived',
		verb: 'Received',
		group: 'House',
		much: 'counted',
		asks: ['of'],
		may: ['reason'],
	},
	{
		kind: 'other_income',
		title: 'Other income',
		verb: 'Take',
		group: 'House',
		much: 'amount',
		asks: ['reason'],
		means: ['cash', 'card', 'bank'],
	},
	{
		kind: 'pay_expense',
		title: 'Expense',
		verb: 'Pay',
		group: 'House',
		much: 'amount',
		asks: ['reason'],
		means: ['cash', 'bank'],
		manager: true,
	},
	{
		kind: 'vault_out',
		title: 'Vault to the bank',
		verb: 'Take out',
		group: 'House',
		much: 'amount',
		asks: ['reference'],
		manager: true,
		fixed: { to: 'bank' },
	},
	{
		kind: 'bank_in',
		title: "Owner's money to the bank",
		verb: 'Put in',
		group: 'House',
		much: 'amount',
		asks: ['reference'],
		manager: true,
	},
	{
		kind: 'bank_out',
		title: 'Owner takes from the bank',
		verb: 'Take out',
		group: 'House',
		much: 'amount',
		asks: ['reference'],
		manager: true,
	},
	{
		kind: 'adopt_credit_line',
		title: 'Credit line',
		verb: 'Set to',
		group: 'Players',
		much: 'amount',
		asks: ['player', 'reason'],
		manager: true,
	},
	{
		kind: 'write_off_marker',
		title: 'Write off a marker',
		verb: 'Write off',
		group: 'Players',
		much: 'named',
		asks: ['player', 'marker', 'reason'],
		manager: true,
	},
	{
		kind: 'add_chips',
		title: 'New chips',
		verb: 'Put into use',
		group: 'House',
		much: 'chips',
		asks: ['reason'],
		manager: true,
	},
	{
		kind: 'remove_chips',
		title: 'Chips out of use',
		verb: 'Take away',
		group: 'House',
		much: 'chips',
		asks: ['reason'],
		manager: true,
	},
	{
		kind: 'count_chips',
		title: 'Count all chips',
		verb: 'Book',
		group: 'House',
		much: 'named',
		asks: [],
		own: 'chips',
	},
	{
		kind: 'adopt_jackpot',
		title: 'Rules of a jackpot',
		verb: 'Adopt',
		group: 'House',
		much: 'named',
		asks: [],
		manager: true,
		own: 'jackpot',
	},
	{
		kind: 'seed_jackpot',
		title: 'Seed a jackpot',
		verb: 'Add',
		group: 'House',
		much: 'amount',
		asks: ['jackpot', 'source', 'reason'],
		manager: true,
	},
	{
		kind: 'add_money',
		title: 'Added money for an event',
		verb: 'Add',
		group: 'House',
		much: 'amount',
		asks: ['tournament', 'reason'],
		manager: true,
	},
	{
		kind: 'settle_clearing',
		title: 'Bank has settled',
		verb: 'Settle',
		group: 'House',
		much: 'amount',
		asks: ['side', 'reference'],
		may: ['fee'],
		manager: true,
	},
];

/** What is chosen from a few words of the ledger. */
export const CHOICES: Partial<Record<Ask, { id: string; name: string }[]>> = {
	source: [
		{ id: 'reserve', name: 'The reserve of the jackpot' },
		{ id: 'house', name: "The house's own money" },
	],
	side: [
		{ id: 'received', name: 'Received from players' },
		{ id: 'paid', name: 'Paid to players' },
	],
};

/** What this form shows: what the kind asks, and what its means of payment needs. */
export function asksOf(kind: RoomKind, means: Means): { ask: Ask; needed: boolean }[] {
	const paper = kind.means && (means === 'card' || means === 'bank') && !kind.asks.includes('reference');
	return [
		...kind.asks.map((ask) => ({ ask, needed: true })),
		...(paper ? [{ ask: 'reference' as const, needed: true }] : []),
		...(kind.may ?? []).map((ask) => ({ ask, needed: false })),
	];
}

/** Why it can't be sent yet; null: it can. `drawer`: this cage's open drawer. */
export function missing(
	kind: RoomKind,
	draft: Draft,
	drawer: string | null,
	currency: string,
): string | null {
	for (const { ask, needed } of asksOf(kind, draft.means))
		if (needed && !draft.fields[ask]?.trim()) return `Fill in: ${ASK_WORDS[ask]}`;
	for (const ask of ['of', 'marker'] as const)
		if (kind.asks.includes(ask) && !/^\s*0*[1-9]\d{0,14}\s*$/.test(draft.fields[ask] ?? ''))
			return `Fill in: ${ASK_WORDS[ask]}`;
	if (
		draft.fields.fee?.trim() &&
		kind.may?.includes('fee') &&
		minorUnits(draft.fields.fee, currency) === null
	)
		return `Fill in: ${ASK_WORDS.fee}`;
	if (needsDrawer(kind, draft.means) && !drawer) return 'Open a drawer first';
	if (kind.much === 'amount' && !draft.cents && kind.kind !== 'adopt_credit_line') return 'Type the amount';
	if (kind.much === 'chips' && !Object.values(draft.pieces).some(Boolean)) return 'Count the chips first';
	return null;
}

export function commandOf(
	kind: RoomKind,
	draft: Draft,
	currency: string,
	drawer: string | null,
): MoneyCommand {
	const fields = asksOf(kind, draft.means)
		.map(({ ask }) => [ask, said(ask, draft.fields[ask]?.trim() ?? '')] as const)
		.filter(([, text]) => text);
	const cash = piecesOf(draft.cash ?? {});
	return {
		kind: kind.kind,
		...kind.fixed,
		...Object.fromEntries(fields.map(([ask, text]) => named(ask, text, currency))),
		...(kind.means ? { method: draft.means } : {}),
		...(needsDrawer(kind, draft.means) && drawer ? { drawer } : {}),
		...(kind.much === 'amount' ? { amount: { amount: draft.cents, currency } } : {}),
		...(kind.much === 'counted' || kind.much === 'chips' ? { [kind.much]: piecesOf(draft.pieces) } : {}),
		...(kind.cash && Object.keys(cash).length ? { cash } : {}),
	};
}

/** Only those there are. */
export function piecesOf(counted: Record<string, number>): Record<string, number> {
	return Object.fromEntries(Object.entries(counted).filter(([, count]) => count));
}

/** A field as the ledger names and counts it. */
function named(ask: Ask, text: string, currency: string): [string, unknown] {
	if (ask === 'fee') return ['fee_cents', minorUnits(text, currency)];
	return [ask, ask === 'of' || ask === 'marker' ? Number(text) : text];
}

/** Marks on boxes are names in the ledger: "red 1" → `red-1`. */
function said(ask: Ask, text: string): string {
	return ask === 'box' || ask === 'jackpot' ? text.replace(/[^A-Za-z0-9_-]+/g, '-').slice(0, 36) : text;
}

function needsDrawer(kind: RoomKind, means: Means): boolean {
	return !!kind.drawer || (!!kind.means && means === 'cash');
}
