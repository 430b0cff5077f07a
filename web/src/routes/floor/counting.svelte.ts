/** What is typed while tables are counted: kept by table until it is written, so that looking elsewhere loses nothing. */

import type { CountMode } from './places.ts';

/** One seat: as typed; `signed`: the bag, or won in the race. */
export type CountRow = { chips: string; second: string; signed: boolean };

export class Draft {
	rows = $state<Record<string, CountRow>>({});
	low = $state('');
	high = $state('');
	reason = $state('');

	row(player: string): CountRow {
		return this.rows[player] ?? { chips: '', second: '', signed: false };
	}

	set(player: string, change: Partial<CountRow>): void {
		this.rows[player] = { ...this.row(player), ...change };
	}

	clear(): void {
		this.rows = {};
		this.low = '';
		this.high = '';
		this.reason = '';
	}
}

export class Drafts {
	#drafts = new Map<string, Draft>();

	of(mode: CountMode, table: string): Draft {
		const key = `${mode} ${table}`;
		const found = this.#drafts.get(key) ?? new Draft();
		this.#drafts.set(key, found);
		return found;
	}
}
