import { describe, expect, test } from 'vitest';
import { chipsOf, playersLeft } from '#lib/tournament/in-play.ts';
import { reading } from './twins/written.ts';

describe('who could deal', () => {
	test('everybody who is in, the most chips first', () => {
		const reader = reading('tournament', {
			'entry/a1': { player: 'ann', number: 1, kind: 'initial' },
			'entry/b1': { player: 'bob', number: 1, kind: 'initial' },
			'entry/c1': { player: 'cid', number: 1, kind: 'initial' },
			'entry/d1': { player: 'dan', number: 1, kind: 'initial' },
			'bust/c1': { player: 'cid', at_ms: 5, hand: 'h' },
			'stack/bob': { chips: 900, at_ms: 5 },
		});
		expect(playersLeft(reader)).toEqual([
			{ player: 'bob', entry: 'b1', chips: 900 },
			{ player: 'ann', entry: 'a1', chips: null },
			{ player: 'dan', entry: 'd1', chips: null },
		]);
	});

	test('chips are typed with or without thousands apart', () => {
		expect(['12,500', '12 500', '12500', '', '12k', '-5'].map(chipsOf)).toEqual([
			12_500,
			12_500,
			12_500,
			null,
			null,
			null,
		]);
	});
});
