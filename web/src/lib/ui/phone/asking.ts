/** How far a request of this phone got: nothing asked, only on this phone, at the room, answered. */
export type Asking = {
	state: 'none' | 'unsent' | 'sent' | 'answered';
	/** said to the player */
	words: string;
	request: string | null;
};

export const NOT_ASKED: Asking = { state: 'none', words: '', request: null };

const ANSWERS: Record<string, string> = {
	accepted: 'Accepted',
	declined: 'Not this time',
	done: 'Done',
	expired: 'Time ran out',
};

/** `at` is how far the request itself came; `answer` is the floor's. */
export function askingOf(
	request: string | null,
	at: 'here' | 'core' | 'leaf',
	answer?: { answer: string; text: string },
): Asking {
	if (!request) return NOT_ASKED;
	if (answer)
		return { state: 'answered', words: answer.text || (ANSWERS[answer.answer] ?? 'Answered'), request };
	if (at === 'here') return { state: 'unsent', words: 'Waiting to send', request };
	return {
		state: 'sent',
		words: at === 'core' ? 'Sent. On its way to the room' : 'The floor knows',
		request,
	};
}
