import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { BlindStructure } from '#lib/facts/facts.gen.ts';
import { FILE_MAX, readStructure, structureCsv, structureJson } from '#lib/tournament/structure-files.ts';
import { EVENT_TEMPLATES } from '#lib/tournament/structures.ts';
import { checkTerms, termsOf } from '../src/routes/admin/event-terms.ts';

const full = (name: string, levels: BlindStructure['levels']): BlindStructure => ({
	name,
	levels: levels.map((row) => ({
		small: 0,
		big: 0,
		ante: 0,
		ante_by: 'big_blind',
		colour_up: [],
		note: '',
		...row,
	})),
});
const CSV = 'kind,minutes,small,big,ante,ante_by,colour_up,note\r\n';

describe('a structure as a file', () => {
	test.each(EVENT_TEMPLATES)('$name comes back as it went, in either kind', ({ name, levels }) => {
		const whole = { ...full(name, levels), stack: 10_000, late_until_level: 6, chips: [25, 100] };
		expect(readStructure(structureJson({ ...whole, chips: null }), '')).toEqual({
			structure: { ...whole, chips: null },
		});
		expect(readStructure(structureCsv(whole), name)).toEqual({ structure: full(name, levels) });
	});

	test.each<[string, string, string]>([
		[
			'a ladder that falls',
			`${CSV}play,20,100,200\nplay,20,50,100\n`,
			'Row 2: The level ladder falls at level 2',
		],
		['a row that is neither', `${CSV}pause,20,100,200`, 'Row 2: the kind'],
		['no minutes', `${CSV}play,20,100,200\nplay,,100,200`, 'Row 3: minutes'],
		['text for a blind', `${CSV}play,20,abc,200`, 'Row 2: small'],
		['half a chip', `${CSV}play,20,0.5,200`, 'Row 2: small'],
		['a break with blinds', `${CSV}play,20,1,2\nbreak,15,1,2`, 'Row 2: The break after level 1 has blinds'],
		['no such column', 'a,b,c\n1,2,3', 'Row 1 names no column kind'],
		['no JSON', '{', 'no JSON'],
		['another JSON', '{"levels": []}', 'no structure of Felt'],
		['no levels', '{"format":"felt.blinds.1","levels":[]}', 'Row 0: There are no levels'],
		['a row of nothing', '{"format":"felt.blinds.1","levels":[null]}', 'Row 1: the kind'],
		['too many rows', CSV + 'play,20,1,2\n'.repeat(61), 'Row 61'],
		['too large', ' '.repeat(FILE_MAX + 1), '64 kB'],
	])('%s is refused with its row', (_what, text, words) => {
		expect(readStructure(text, 'x')).toMatchObject({ fault: expect.stringContaining(words) });
	});

	test('by semicolons, with a mark at the front and without optional columns', () => {
		const text = '\uFEFFKind;Minutes;Small;Big\nplay;20;25;50\nbreak;10;;\n';
		expect(readStructure(text, 'x')).toEqual({
			structure: full('x', [
				{ kind: 'play', minutes: 20, small: 25, big: 50 },
				{ kind: 'break', minutes: 10 },
			]),
		});
	});

	test('a note is never a formula, and comes back as it was', () => {
		const note = fc
			.string({ maxLength: 40 })
			.filter((text) => text === text.trim() && [...text].every((sign) => sign >= ' ' && sign !== '\x7f'));
		fc.assert(
			fc.property(note, (text) => {
				if (/^'[=+\-@]/.test(text)) return;
				const written = structureCsv(full('x', [{ kind: 'play', minutes: 1, small: 1, big: 2, note: text }]));
				const last = written.trimEnd().split('\r\n')[1]!.split(',').slice(7).join(',');
				expect(last).not.toMatch(/^"?[=+\-@]/);
				const read = readStructure(written, 'x');
				expect('structure' in read && read.structure.levels[0]?.note).toBe(text);
			}),
		);
	});

	test('any text is answered', () => {
		fc.assert(fc.property(fc.string(), (text) => void readStructure(text, 'x')));
		fc.assert(fc.property(fc.json(), (text) => void readStructure(text, 'x')));
	});
});

describe('terms as typed', () => {
	const none = { get: () => null };
	const facts = (of: Record<string, unknown>) => ({ get: (name: string) => of[name] ?? null });

	test('nothing typed agrees nothing', () => {
		const { faults, agreed } = checkTerms(termsOf(none), 6, 10_000, none);
		expect(faults).toEqual({});
		expect(Object.values(agreed).filter((fact) => fact !== null)).toEqual([]);
	});

	test('what there is comes back as it was', () => {
		const there = {
			chips: { values: [25, 100] },
			late: { until_level: 6, until_minutes: 150 },
			'terms/rebuy': { chips: 10_000, until_level: 4, stack_max: 0, per_player: 3 },
			'terms/add_on': { chips: 15_000, after_level: 4 },
			bounty: { mode: 'progressive', cash_points: 2_500 },
			house: { hand_minutes: 3, race: 'up' },
			flight: { of: 'main', name: '1A', until_level: 12 },
			days: { carry: 'first' },
		};
		const { faults, agreed } = checkTerms(termsOf(facts(there)), 6, 10_000, facts(there));
		expect(faults).toEqual({});
		expect(Object.fromEntries(Object.entries(agreed).filter(([, fact]) => fact !== null))).toEqual(there);
	});

	test('a mistake is said at its field', () => {
		const draft = termsOf(none);
		draft.chips = '100, 25';
		draft.terms.rebuy = { ...draft.terms.rebuy, said: true, until: 'late', stackMax: '-1' };
		draft.handMinutes = '9';
		draft.flightOf = 'main';
		const { faults } = checkTerms(draft, 6, 10_000, none);
		expect(Object.keys(faults).sort()).toEqual(
			['chips', 'flightName', 'handMinutes', 'rebuy.stackMax', 'rebuy.until'].sort(),
		);
	});
});
