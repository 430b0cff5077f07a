/** The slip of money taken while the leaf was away: its code, and whether it is on paper already. Pure. */
import type { Command } from './command.ts';

/** "4F2-9AC": by which player and till find the same intent again. No receipt has such a number. */
export function slipCode(key: string): string {
	const tail = key.slice(-6).toUpperCase();
	return `${tail.slice(0, 3)}-${tail.slice(3)}`;
}

/** Why there is no slip of it (any more); null: there is. */
export function whyNoSlip(command: Command): string | null {
	if (!command.intent) return 'Only money taken while the leaf is away has a slip.';
	if (command.state === 'removed') return 'It was removed: take the slip back.';
	if (command.state === 'posted') return 'It is booked: give the receipt, and take the slip back.';
	if (command.state === 'refused') return 'It was not booked: settle it, and take the slip back.';
	return null;
}
