/** Why a booking waits for a second person, said with the limit where there is one. */
import { money } from '#lib/words/amounts.ts';
import { type Saying, saying } from '#lib/words/words.ts';

type Refused = { code: string; message: string; details: Record<string, unknown> };

/** Null: it was refused for something else. A limit below nothing means that it always takes two. */
export function whySecond({ code, message, details }: Refused, currency: string): Saying | null {
	if (code !== 'needs_second' && code !== 'wrong_second') return null;
	const { text, ref } = saying('needs_second');
	const limit = details.limit_cents;
	if (typeof limit === 'number' && limit >= 0)
		return { text: `Above your limit of ${money(limit, currency)}. A second person's PIN is needed.`, ref };
	return { text: code === 'needs_second' && limit === undefined ? message : text, ref };
}
