/**
 * What the floor may do next, as the rules propose it; a person confirms. `basis` is a fingerprint of the tables it
 * was made from: another one at confirming means look again. Twin of `crdt_models/rules/seating/proposal.py`.
 */
import type { Button } from '#lib/facts/facts.gen.ts';
import type { FactReader } from '#lib/facts/facts.ts';
import { fingerprint } from '../fingerprint.ts';
import { byText, many } from '../typed.ts';
import { isButtonValid } from './button.ts';
import type { Chart, TableSeats } from './chart.ts';

export const RULE_BALANCE = 'TDA 2024 11-A';
export const RULE_STUD = 'TDA 2024 11-A stud';
export const RULE_BREAK = 'TDA 2024 10-B';
export const RULE_FINAL = 'TDA 2024 RP-9';
export const RULE_HALT = 'TDA 2024 11-D';
export const RULE_HANDS = 'TDA 2024 RP-8';
export const RULE_REDRAW = 'House redraw';

export type Buttons = ReadonlyMap<string, Button>;
export type ButtonFault = 'button_unknown' | 'button_invalid';
type Mover = { player: string; from_seat: number; to_table: string };
type Step = { table: string; rule: string; basis: string };

/**
 * One step; after it all is looked at anew. `none`: `reason` says why not, also where tables stay apart. `defer` by
 * a hand: at `to_table` only the small blind's position is open. `redraw` all seats at the tables `keeps`, `seats`
 * at each. `blocked`: a button has to be set first, or no table has chairs enough for the final one. `stays`: due
 * before the player, and not to be moved (TDA 9).
 */
export type Proposal =
	| { kind: 'none'; reason: 'even' | 'no_seat' | 'all_stay' | 'hand_for_hand' | 'not_started' }
	| ({ kind: 'break'; reason: 'fits' | 'final_table'; keeps: readonly string[]; seats: number | null } & Step)
	| ({
			kind: 'redraw';
			reason: 'redraw' | 'final_table';
			keeps: readonly string[];
			seats: number | null;
	  } & Step)
	| ({ kind: 'move'; reason: 'apart'; to_seat: number; arrives_as: string; stays: readonly string[] } & Step &
			Mover)
	| ({ kind: 'defer'; reason: 'small_blind_only'; stays: readonly string[] } & Step & Mover)
	| Blocked
	| { kind: 'blocked'; reason: 'final_chairs'; table: null; rule: string; basis: string; seats: number };

/** The table's next hand is not known. */
export type Blocked = { kind: 'blocked'; reason: ButtonFault; to_table: string } & Step & Partial<Mover>;

export function buttonsOf(tournament: FactReader): Buttons {
	return many<Button>(tournament, 'button/');
}

/** Fingerprint of who sits at these tables (all, if not said), and of their buttons. */
export function basisOf(chart: Chart, buttons: Buttons, tables?: readonly string[]): string {
	const idents = [...(tables ?? chart.tables.keys())].sort(byText);
	return fingerprint(idents.map((ident) => picture(chart, buttons, ident)).join('|'));
}

/** Why the table's next hand is not known; null: it is. */
export function buttonFault(table: TableSeats, buttons: Buttons): ButtonFault | null {
	const last = buttons.get(table.table);
	if (!last) return 'button_unknown';
	return isButtonValid(last, table) ? null : 'button_invalid';
}

function picture(chart: Chart, buttons: Buttons, ident: string): string {
	const table = chart.tables.get(ident);
	if (!table) return `${ident}:`;
	const last = buttons.get(ident);
	const players = [...table.players].map(([seat, player]) => `${seat}=${player}`).join(',');
	const button = last ? `${last.button}/${last.small_blind}/${last.big_blind}` : '';
	const shut = [...new Set([...table.held, ...table.out_of_use])].sort((a, b) => a - b);
	const held = shut.map((seat) => `-${seat}`).join('');
	return `${ident}:${Number(table.open)}${Number(table.locked)}:${players}:${button}${held}`;
}
