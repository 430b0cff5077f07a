/**
 * A structure as a file: JSON in the shape of `config` `blinds/`, or CSV for a spreadsheet. What comes in is checked row
 * by row, and refused with the row named; nothing in a cell is ever a formula.
 */
import type { BlindStructure, LevelRow } from '#lib/facts/facts.gen.ts';
import { ladderFaults } from '#lib/twins/structure/ladder.ts';
import { faultWords } from '#lib/words/ladder-words.ts';

export const FILE_MAX = 64 * 1024;
const FORMAT = 'felt.blinds.1';
const HEAD = ['kind', 'minutes', 'small', 'big', 'ante', 'ante_by', 'colour_up', 'note'] as const;
const ANTES: readonly string[] = ['big_blind', 'button', 'each'];
const ROWS_MAX = 60;
const NOTE_MAX = 120;
/** What a spreadsheet would take for a formula. */
const FORMULA = /^[=+\-@\t\r]/;

export type ReadStructure = { structure: BlindStructure } | { fault: string };

export function structureJson(structure: BlindStructure): string {
	return `${JSON.stringify({ format: FORMAT, ...structure }, null, '\t')}\n`;
}

export function structureCsv({ levels }: BlindStructure): string {
	const rows = levels.map((row) => [
		row.kind,
		row.minutes,
		row.small ?? 0,
		row.big ?? 0,
		row.ante ?? 0,
		row.ante_by ?? 'big_blind',
		(row.colour_up ?? []).join(' '),
		row.note ?? '',
	]);
	return `${[HEAD, ...rows].map((row) => row.map(cell).join(',')).join('\r\n')}\r\n`;
}

/** A structure from the text of a file of either kind; `name` for one that has none. */
export function readStructure(text: string, name: string): ReadStructure {
	if (text.length > FILE_MAX) return { fault: `The file is larger than ${FILE_MAX / 1024} kB.` };
	const read = text.trimStart().startsWith('{') ? fromJson(text, name) : fromCsv(text, name);
	if ('fault' in read) return read;
	const { levels, chips } = read.structure;
	if (levels.length > ROWS_MAX)
		return { fault: `Row ${ROWS_MAX + 1}: at most ${ROWS_MAX} levels and breaks.` };
	const rungs = levels.map((row) => ({ ...row, lasts: row.minutes }));
	const [fault] = ladderFaults(rungs, chips ?? []);
	return fault ? { fault: `Row ${fault.row}: ${faultWords(levels, fault)}` } : read;
}

function fromJson(text: string, name: string): ReadStructure {
	let read: unknown;
	try {
		read = JSON.parse(text);
	} catch {
		return { fault: 'This is no JSON file.' };
	}
	const file = read as Partial<BlindStructure> & { format?: unknown };
	if (file.format !== FORMAT || !Array.isArray(file.levels))
		return { fault: `This is no structure of Felt (${FORMAT}).` };
	const levels: LevelRow[] = [];
	for (const [n, row] of file.levels.entries()) {
		const level = levelOf((row ?? {}) as Record<string, unknown>);
		if (typeof level === 'string') return { fault: `Row ${n + 1}: ${level}` };
		levels.push(level);
	}
	const { stack = null, late_until_level: late = null, chips = null } = file;
	if (stack !== null && !isCount(stack)) return { fault: 'The stack is no whole number.' };
	if (late !== null && !isCount(late)) return { fault: 'The end of late registration is no whole number.' };
	if (chips !== null && !rising(chips)) return { fault: 'The chips are no rising whole numbers.' };
	const title = typeof file.name === 'string' && file.name.trim() ? file.name.trim().slice(0, 120) : name;
	return { structure: { name: title, levels, stack, late_until_level: late, chips } };
}

function fromCsv(text: string, name: string): ReadStructure {
	const [head, ...rows] = text
		.replace(/^\uFEFF/, '')
		.split(/\r?\n/)
		.map((line) => line.trim())
		.filter(Boolean)
		.map((line) => cells(line));
	const columns = (head ?? []).map((word) => word.trim().toLowerCase());
	const missing = ['kind', 'minutes', 'small', 'big'].filter((word) => !columns.includes(word));
	if (missing.length) return { fault: `Row 1 names no column ${missing.join(', ')}.` };
	const levels: LevelRow[] = [];
	for (const [n, row] of rows.entries()) {
		const named = Object.fromEntries(columns.map((word, at) => [word, row[at] ?? '']));
		const level = levelOf({
			...named,
			...numbers(named),
			colour_up: (named['colour_up'] ?? '')
				.split(/[\s;]+/)
				.filter(Boolean)
				.map(Number),
			ante_by: named['ante_by'] || 'big_blind',
		});
		if (typeof level === 'string') return { fault: `Row ${n + 2}: ${level}` };
		levels.push(level);
	}
	return { structure: { name, levels } };
}

/** A row, or what is wrong with it. */
function levelOf(row: Record<string, unknown>): LevelRow | string {
	const {
		kind,
		minutes,
		small = 0,
		big = 0,
		ante = 0,
		ante_by = 'big_blind',
		colour_up = [],
		note = '',
	} = row;
	if (kind !== 'play' && kind !== 'break') return 'the kind is neither play nor break.';
	if (!isCount(minutes) || minutes < 1 || minutes > 600) return 'minutes are a whole number from 1 to 600.';
	for (const [word, value] of Object.entries({ small, big, ante }))
		if (!isCount(value)) return `${word} is no whole number of chips.`;
	if (!ANTES.includes(ante_by as string)) return `ante_by is one of ${ANTES.join(', ')}.`;
	if (
		!Array.isArray(colour_up) ||
		colour_up.length > 4 ||
		!colour_up.every((chip) => isCount(chip) && chip > 0)
	)
		return 'colour_up names at most four denominations.';
	// biome-ignore lint/suspicious/noControlCharactersInRegex: that is what is looked for
	if (typeof note !== 'string' || note.length > NOTE_MAX || /[\x00-\x1f\x7f]/.test(note))
		return `the note is a line of at most ${NOTE_MAX} characters.`;
	const level = { kind, minutes, small, big, ante, ante_by, colour_up, note };
	return level as LevelRow;
}

function numbers(named: Record<string, string>): Record<string, unknown> {
	const words = ['minutes', 'small', 'big', 'ante'] as const;
	return Object.fromEntries(words.map((word) => [word, named[word]?.trim() ? Number(named[word]) : 0]));
}

function isCount(value: unknown): value is number {
	return typeof value === 'number' && Number.isInteger(value) && value >= 0 && value <= 10 ** 10;
}

function rising(values: unknown): values is number[] {
	if (!Array.isArray(values) || values.length < 1 || values.length > 12) return false;
	return values.every((value, n) => isCount(value) && value > (n ? values[n - 1] : 0));
}

function cell(value: string | number): string {
	const plain = String(value);
	const safe = FORMULA.test(plain) ? `'${plain}` : plain;
	return /[",\r\n]/.test(safe) ? `"${safe.replaceAll('"', '""')}"` : safe;
}

/** The cells of a line, by comma or semicolon; quotes may hold either. */
function cells(line: string): string[] {
	const by = line.includes(',') ? ',' : ';';
	const found: string[] = [];
	let [text, quoted] = ['', false];
	for (let at = 0; at < line.length; at++) {
		const sign = line[at]!;
		if (quoted && sign === '"' && line[at + 1] === '"') {
			text += '"';
			at += 1;
		} else if (sign === '"') quoted = !quoted;
		else if (sign === by && !quoted) {
			found.push(text);
			text = '';
		} else text += sign;
	}
	return [...found, text].map((one) => (/^'[=+\-@]/.test(one) ? one.slice(1) : one));
}
