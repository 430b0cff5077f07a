import { expect, test } from 'vitest';
import { Unreachable } from '#lib/venue/api.ts';
import {
	numberIn,
	queryOf,
	type ReceiptPage,
	ReceiptSearch,
} from '../src/routes/cage/receipt-search.svelte.ts';

/** A leaf with entries 1 to `head`, of which every `every`-th fits; it reads 100 of them at a time. */
function leafWith(head: number, every: number) {
	const asked: string[] = [];
	async function ask(query: string): Promise<ReceiptPage> {
		asked.push(query);
		const from = Number(new URLSearchParams(query).get('before') ?? head + 1) - 1;
		const to = Math.max(0, from - 100);
		const receipts = [];
		for (let seq = from; seq > to; seq -= 1) if (seq % every === 0) receipts.push(row(seq));
		return { receipts, before: to > 0 ? to + 1 : null, back_to_ms: to + 1, seq: head, today: '2026-11-28' };
	}
	return { asked, ask };
}

function row(seq: number) {
	return {
		seq,
		at_ms: seq,
		kind: 'buy_in',
		person: 'p',
		player: null,
		amount_cents: 5_500,
		direction: 'in' as const,
		undoes: null,
		reversed_by: null,
	};
}

const seqs = (search: ReceiptSearch) => search.rows.map(({ seq }) => seq);
const ALL = { players: null, kinds: null, cents: null, day: null, shift: null };

test('what is asked of the leaf', () => {
	expect(queryOf(ALL)).toBe('limit=40');
	expect(
		queryOf({
			players: ['a', 'b'],
			kinds: ['reverse'],
			cents: 5_500,
			day: '2026-11-28',
			shift: { drawer: 'd1', openedSeq: 7 },
		}),
	).toBe('limit=40&players=a%2Cb&kinds=reverse&amount=5500&day=2026-11-28&drawer=d1&after=6');
});

test('a number is typed, or scanned off a slip', () => {
	expect(['817', ' 00817 ', '{"at_ms":1,"seq":817,"term":1}'].map(numberIn)).toEqual([817, 817, 817]);
	expect(['ana', '', '0', '55.00', '{"seq":}'].map(numberIn)).toEqual([null, null, null, null, null]);
});

test('rare ones are looked for in several goes, and further back on request', async () => {
	const { asked, ask } = leafWith(1_000, 150);
	const search = new ReceiptSearch(ask);
	await search.look('limit=40');
	expect(seqs(search)).toEqual([900, 750]);
	expect(asked).toEqual(['limit=40', ...[901, 801, 701].map((seq) => `limit=40&before=${seq}`)]);
	expect([search.more, search.backToMs, search.seq]).toEqual([true, 601, 1_000]);
	await search.further();
	await search.further();
	expect(seqs(search)).toEqual([900, 750, 600, 450, 300, 150]);
	expect(search.more).toBe(false);
	await search.further();
	expect(asked).toHaveLength(10);
});

test('a full page is enough', async () => {
	const { asked, ask } = leafWith(1_000, 2);
	const search = new ReceiptSearch(ask);
	await search.look('limit=40');
	expect([search.rows.length, asked.length]).toEqual([50, 1]);
});

test('who types on gets the answer to what stands there now', async () => {
	const { asked, ask } = leafWith(10, 1);
	const search = new ReceiptSearch(ask);
	await Promise.all(['a', 'an', 'ana'].map((players) => search.look(`players=${players}`)));
	expect(asked).toEqual(['players=a', 'players=ana']);
	expect(search.busy).toBe(false);
});

test('a line that is cut leaves what was found, and says so', async () => {
	const { ask } = leafWith(1_000, 2);
	let cut = false;
	const search = new ReceiptSearch((query) => (cut ? Promise.reject(new Unreachable()) : ask(query)));
	await search.look('limit=40');
	cut = true;
	await search.further();
	expect([search.rows.length, search.busy]).toEqual([50, false]);
	expect(search.mistake).toContain('leaf');
	cut = false;
	await search.further();
	expect([search.rows.length, search.mistake]).toEqual([100, null]);
});
