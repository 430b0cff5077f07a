/** What a verb of the admin pages did, with Undo beside it; or what stands in the way. True: it was done. */
import { say } from '#lib/ui/staff/toasts.svelte.ts';
import type { Done, Refusal } from '#lib/verbs/verb.ts';
import { words } from '#lib/words/words.ts';

export function tell(done: Done | Refusal, text: string): boolean {
	if (!done.ok) {
		say(words(done.code, done.details, done.message), { kind: 'stop' });
		return false;
	}
	say(text, { kind: 'good', undo: () => void tell(done.undo(), `Taken back: ${text}`) });
	return true;
}
