/** A money command as this device keeps it, and what may still be done to one that is not booked. Pure. */
import { newId } from '#lib/facts/ids.ts';

export type MoneyCommand = { kind: string; [field: string]: unknown };
/** What the Unsent sheet says of a command. */
export type About = { what: string; who: string; amount: string };
export type Posted = { outcome: 'posted'; entry: unknown; hash: string; head: unknown; receipt: unknown };

export type Outcome =
	| ({ state: 'posted'; key: string } & Omit<Posted, 'outcome'>)
	| { state: 'refused'; key: string; code: string; message: string; details: Record<string, unknown> }
	/** not booked yet: kept, and sent until the leaf answers */
	| { state: 'waiting'; key: string }
	| { state: 'needs-leaf' };

/** A person took it out of the line before it was booked: the record stays. */
export type Removal = {
	readonly reason: string;
	/** who did it, by name */
	readonly by: string;
	/** leaf time */
	readonly atMs: number;
	/** key of what was recorded in its place; null: nothing was */
	readonly instead: string | null;
	/** the manager who has seen it, by name; null: none has */
	readonly seenBy: string | null;
};

export type Command = {
	readonly key: string;
	/** exactly what is sent */
	readonly body: string;
	readonly kind: string;
	readonly about: About;
	/** who recorded it, by name */
	readonly by?: string;
	readonly recordedMs: number;
	readonly intent: boolean;
	/** who and what it is about: a refused intent holds back later ones of the same */
	readonly subject: string;
	readonly state: 'waiting' | 'sending' | 'posted' | 'refused' | 'removed';
	/** false: it never left this device; all else may have arrived */
	readonly sent?: boolean;
	/** an old intent goes out only when its operator has looked again */
	readonly confirmed: boolean;
	readonly outcome: Outcome | null;
	/** leaf times at which its slip was printed here */
	readonly slips?: readonly number[];
	readonly removed?: Removal;
};

const MONEY_IN = new Set([
	'buy_in',
	're_entry',
	'rebuy',
	'add_on',
	'dealer_add_on',
	'cash_buy_in',
	'deposit',
	'repay_marker',
]);
/** how money may come in without the leaf: what only the leaf knows to be there waits for it */
const IN_HAND = new Set<unknown>([undefined, 'cash', 'card']);

/** Whether it may be recorded while the leaf is away. */
export function mayWait(command: MoneyCommand): boolean {
	return MONEY_IN.has(command.kind) && IN_HAND.has(command.method);
}

/** As it goes out, ever, under a key of its own; `when.atMs`: when the money came in, by the leaf's time. */
export function recorded(
	command: MoneyCommand,
	about: About,
	intent: boolean,
	when: { by: string; atMs: number },
): Command {
	const content = intent ? { ...command, intent: { recorded_ms: when.atMs } } : command;
	return {
		key: newId(),
		body: JSON.stringify(content),
		kind: command.kind,
		about,
		by: when.by,
		recordedMs: when.atMs,
		intent,
		subject: `${command.tournament ?? ''}/${command.player ?? command.entry ?? ''}`,
		state: 'waiting',
		confirmed: false,
		outcome: null,
		...(intent ? { sent: false } : {}),
	};
}

/** Whether it may be taken out of the line: surely not booked, as it never left this device, or was refused. */
export function mayRemove({ intent, state, sent }: Command): boolean {
	return intent && (state === 'refused' || (state === 'waiting' && sent === false));
}

/** What was on its way when a page ended is sent again. */
export function waiting(command: Command): Command {
	return command.state === 'sending' ? { ...command, state: 'waiting' } : command;
}
