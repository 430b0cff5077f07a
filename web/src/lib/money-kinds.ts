/** What a kind of ledger entry is called on the pages of the cage, and which of them can be voided from there. */
const NAMES: Record<string, string> = {
	buy_in: 'Buy-in',
	re_entry: 'Re-entry',
	rebuy: 'Rebuy',
	add_on: 'Add-on',
	unregister: 'Refund',
	pay_prize: 'Prize',
	reverse: 'Void',
	cash_buy_in: 'Chips bought',
	cash_out: 'Chips cashed',
	open_drawer: 'Drawer opened',
	count_drawer: 'Drawer counted',
	close_drawer: 'Drawer closed',
	sign_over_drawer: 'Drawer signed over',
	fill_drawer: 'More float',
	drop_to_vault: 'Drop',
	lend_cash: 'Loan',
	send_cash: 'Cash sent',
	receive_cash: 'Cash arrived',
	vault_in: 'Into the vault',
	vault_out: 'Out of the vault',
	suspense: 'Not settled',
	settle: 'Settled',
	deposit: 'Deposit',
	withdraw: 'Withdrawal',
	adopt_profile: 'Profile adopted',
	adopt_tournament: 'Prices adopted',
	close_registration: 'Registration closed',
	confirm_result: 'Result confirmed',
	open_term: 'Term opened',
	set_aside: 'Old entry set aside',
	settle_clearing: 'Bank has settled',
	bank_in: 'Onto the bank account',
	bank_out: 'Off the bank account',
};

const VOIDABLE = new Set([
	'buy_in',
	're_entry',
	'rebuy',
	'add_on',
	'pay_prize',
	'cash_buy_in',
	'cash_out',
	'fill_drawer',
	'drop_to_vault',
	'deposit',
	'withdraw',
]);

export function kindName(kind: string): string {
	const words = kind.replaceAll('_', ' ');
	return NAMES[kind] ?? words.charAt(0).toUpperCase() + words.slice(1);
}

export function isVoidable(kind: string): boolean {
	return VOIDABLE.has(kind);
}
