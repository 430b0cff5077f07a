/**
 * A replica that will take the place of ours: synced first, then given the acts it lacks. It knows no store and no
 * line.
 */

import { blank, type LocalDocument } from '#lib/facts/local-document.ts';
import type { LeafTime } from './leaf-time.ts';
import type { Vector } from './line.ts';
import { type Filler, follows, type Met } from './start-over.ts';
import { errorOf, misstamped } from './timing.ts';
import { covers, type KeptAct, type UnsentActs } from './unsent.ts';

export class Fresh {
	/** the generation it was synced with; null: no server has said hello yet */
	met: Met | null = null;
	/** what the core has decided of ours, where it talks to one */
	atCore: Vector = {};
	/** when it is in the store */
	readonly settled: Promise<void>;
	settle: () => void = () => {};
	/** acts that no server had seen have new stamps: old → new */
	readonly moved = new Map<string, string>();

	constructor(readonly local: LocalDocument) {
		this.settled = new Promise((resolve) => {
			this.settle = resolve;
		});
	}

	/** Writes the fillers and then all that the leaf has not `decided`; answers what is unsent from now on. */
	fill(
		fillers: readonly Filler[],
		acts: UnsentActs,
		decided: Vector,
		core: boolean,
		time: LeafTime,
	): KeptAct[] {
		const filled = fillers.map((act) => acts.made({ ...this.local.put(act), blank: act.blank }));
		const undecided = acts.all.filter((act) => !covers(decided, act));
		return [...filled, ...undecided.map((act) => this.#again(act, acts.lastSent, core, time))];
	}

	/** The act in this replica, where it lacks it; seen only here, where the core would make it a tombstone. */
	#again(act: KeptAct, lastSent: number, core: boolean, time: LeafTime): KeptAct {
		const { local, moved } = this;
		if (local.holds(act)) return act;
		if (core && covers(this.atCore, act)) return { ...act, ...local.show(act), leafOnly: true };
		const moves = misstamped(act, time) || follows(act, moved);
		const behind = act.order > lastSent; // what a server may have has no hole before it
		const late = moves && behind ? local.restamp(act, errorOf(act, time), moved) : act;
		return { ...act, ...local.put(act.blank ? blank(act) : late), sent: true, leafOnly: false };
	}
}
