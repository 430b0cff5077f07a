import { describe, expect, test } from 'vitest';
import {
	asksOf,
	commandOf,
	type Draft,
	missing,
	ROOM_KINDS,
	type RoomKind,
} from '../src/routes/cage/room-kinds.ts';

function kindOf(kind: string): RoomKind {
	return ROOM_KINDS.find((one) => one.kind === kind)!;
}

function draft(change: Partial<Draft> = {}): Draft {
	return { fields: {}, cents: 0, pieces: {}, means: 'cash', ...change };
}

describe('a form of the cash room', () => {
	test('says what is missing, in order, before anything is sent', () => {
		const time = kindOf('collect_time');
		expect(missing(time, draft(), 'd', 'EUR')).toBe('Fill in: Table');
		expect(missing(time, draft({ fields: { table: ' ' }, cents: 5 }), 'd', 'EUR')).toBe('Fill in: Table');
		expect(missing(time, draft({ fields: { table: 'c1' }, cents: 5 }), null, 'EUR')).toBe(
			'Open a drawer first',
		);
		expect(missing(time, draft({ fields: { table: 'c1' } }), 'd', 'EUR')).toBe('Type the amount');
		expect(
			missing(time, draft({ fields: { table: 'c1' }, cents: 5, means: 'chips' }), null, 'EUR'),
		).toBeNull();
		expect(
			missing(kindOf('fill_tray'), draft({ fields: { table: 'c1' }, pieces: { 100: 0 } }), null, 'EUR'),
		).toBe('Count the chips first');
		expect(missing(kindOf('receive_cash'), draft({ fields: { of: 'x' } }), null, 'EUR')).toMatch(/^Fill in/);
	});

	test('asks for the slip of a card, not of cash', () => {
		const asked = (means: Draft['means']) => asksOf(kindOf('repay_marker'), means).map(({ ask }) => ask);
		expect(asked('cash')).toEqual(['player']);
		expect(asked('card')).toEqual(['player', 'reference']);
	});

	test('becomes a command with whole cents, its drawer only for cash, pieces only where there are some', () => {
		const repaid = draft({ fields: { player: 'ann' }, cents: 5_000 });
		const amount = { amount: 5_000, currency: 'EUR' };
		expect(commandOf(kindOf('repay_marker'), repaid, 'EUR', 'd')).toEqual({
			kind: 'repay_marker',
			player: 'ann',
			method: 'cash',
			drawer: 'd',
			amount,
		});
		expect(commandOf(kindOf('repay_marker'), { ...repaid, means: 'chips' }, 'EUR', 'd')).toEqual({
			kind: 'repay_marker',
			player: 'ann',
			method: 'chips',
			amount,
		});
		const box = draft({ fields: { table: 'c1', box: ' red 1 ', jackpot: '' }, pieces: { 500: 3, 100: 0 } });
		expect(commandOf(kindOf('count_drop'), box, 'EUR', 'd')).toEqual({
			kind: 'count_drop',
			table: 'c1',
			box: 'red-1',
			counted: { 500: 3 },
		});
		const came = draft({ fields: { of: '00017' }, pieces: { 5000: 2 } });
		expect(commandOf(kindOf('receive_cash'), came, 'EUR', 'd')).toEqual({
			kind: 'receive_cash',
			of: 17,
			counted: { 5000: 2 },
		});
		expect(
			commandOf(kindOf('vault_out'), draft({ fields: { reference: 'bag 1' }, cents: 5_000 }), 'EUR', 'd'),
		).toEqual({ kind: 'vault_out', to: 'bank', reference: 'bag 1', amount });
	});

	test('names a marker by its receipt, and says a fee in cents or nothing', () => {
		const marker = draft({ fields: { player: 'ann', marker: '00012', reason: 'Moved away' } });
		expect(missing(kindOf('write_off_marker'), { ...marker, fields: {} }, null, 'EUR')).toMatch(/^Fill in/);
		expect(missing(kindOf('write_off_marker'), marker, null, 'EUR')).toBeNull();
		expect(commandOf(kindOf('write_off_marker'), marker, 'EUR', 'd')).toEqual({
			kind: 'write_off_marker',
			player: 'ann',
			marker: 12,
			reason: 'Moved away',
		});
		const bank = (fee: string) =>
			draft({ fields: { side: 'received', reference: 'May', fee }, cents: 5_000 });
		expect(missing(kindOf('settle_clearing'), bank('x'), null, 'EUR')).toBe(
			'Fill in: Fee the bank kept of it',
		);
		expect(commandOf(kindOf('settle_clearing'), bank('1.50'), 'EUR', 'd')).toMatchObject({ fee_cents: 150 });
		expect(commandOf(kindOf('settle_clearing'), bank(''), 'EUR', 'd')).not.toHaveProperty('fee_cents');
	});
});
