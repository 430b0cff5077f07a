/** What just happened, in the corner: at most three at once, the oldest goes. */

export type Said = {
	id: number;
	text: string;
	kind: 'good' | 'plain' | 'stop';
	undo?: () => void;
	more?: { label: string; act: () => void }[];
};
type Options = { kind?: Said['kind']; undo?: () => void; more?: Said['more']; ms?: number };

const SHOWN_MAX = 3;
const SHOWN_MS = 10_000;
let list = $state.raw<Said[]>([]);
let next = 1;

export const toasts = {
	get list(): readonly Said[] {
		return list;
	},
	hush(id: number): void {
		list = list.filter((said) => said.id !== id);
	},
};

/** Says it for ten seconds; `undo` puts the button beside it. */
export function say(text: string, { kind = 'plain', undo, more, ms = SHOWN_MS }: Options = {}): number {
	const id = next++;
	list = [...list, { id, text, kind, undo, more }].slice(-SHOWN_MAX);
	setTimeout(() => toasts.hush(id), ms);
	return id;
}
