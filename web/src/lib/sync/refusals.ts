/** Refusals of own acts whose answer was lost: the leaf still names the stamps, but no longer why. */
import { decode } from '#lib/facts/edits.ts';
import type { Act } from '#lib/facts/local-document.ts';
import type { Vector } from './line.ts';
import type { KeptRefusal } from './store.ts';
import { covers, type KeptAct } from './unsent.ts';

export type What = Omit<KeptRefusal, 'document' | 'atMs'>;

/** Each act that is decided but was not told of, with its edits among `stamps`. */
export function refusedLate(
	acts: readonly KeptAct[],
	decided: Vector,
	stamps: readonly string[],
): (readonly [act: KeptAct, whats: readonly What[]])[] {
	const refused = new Set(stamps);
	return acts
		.filter((act) => !act.blank && covers(decided, act))
		.map((act) => [act, act.edits.filter(([stamp]) => refused.has(stamp)).map(late)] as const)
		.filter(([, whats]) => whats.length);
}

function late([stamp, text]: readonly [stamp: string, text: string]): What {
	const edit = decode(stamp, text);
	const name = 'code' in edit ? '' : edit.name;
	const message = 'The leaf did not accept it; why was lost on the way.';
	return { stamp, name, text, code: 'unknown', message };
}

/** The edit of an act under a stamp, as it was written. */
export function textIn(act: Pick<Act, 'edits'>, stamp: string): string {
	return act.edits.find((edit) => edit[0] === stamp)?.[1] ?? '';
}
