/** What just happened, in the corner: at most three at once, the oldest goes. */

/** Chips to pick from, one tap each; what is picked is written at every tap. */
export type Strip = {
	label: string;
	options: { id: string; text: string }[];
	onpick: (picked: readonly string[]) => void;
};
export type Said = {
	id: number;
	text: string;
	kind: 'good' | 'plain' | 'stop';
	undo?: () => void;
	more?: { label: string; act: () => void }[];
	strip?: Strip;
};
type Options = {
	kind?: Said['kind'];
	undo?: () => void;
	more?: Said['more'];
	strip?: Strip;
	ms?: number;
};

const SHOWN_MAX = 3;
const SHOWN_MS = 10_000;
let list = $state.raw<Said[]>([]);
let next = 1;
const timers = new Map<number, ReturnType<typeof setTimeout>>();

export const toasts = {
	get list(): readonly Said[] {
		return list;
	},
	hush(id: number): void {
		clearTimeout(timers.get(id));
		timers.delete(id);
		list = list.filter((said) => said.id !== id);
	},
	/** It is in use: ten seconds from now. */
	linger(id: number, ms = SHOWN_MS): void {
		clearTimeout(timers.get(id));
		timers.set(
			id,
			setTimeout(() => toasts.hush(id), ms),
		);
	},
};

/** Says it for ten seconds; `undo` puts the button beside it. */
export function say(
	text: string,
	{ kind = 'plain', undo, more, strip, ms = SHOWN_MS }: Options = {},
): number {
	const id = next++;
	for (const { id: gone } of list.slice(0, Math.max(0, list.length + 1 - SHOWN_MAX))) toasts.hush(gone);
	list = [...list, { id, text, kind, undo, more, strip }];
	toasts.linger(id, ms);
	return id;
}
