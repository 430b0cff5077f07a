/** Tables as CSV that a spreadsheet opens and never runs: a cell that could be a formula begins with an apostrophe. */

/** Rows of cells, the heads first; CRLF between them, as RFC 4180 has it. */
export function csv(rows: readonly (readonly (string | number)[])[]): string {
	return rows.map((row) => `${row.map(cell).join(',')}\r\n`).join('');
}

function cell(value: string | number): string {
	const text = String(value);
	const safe = typeof value === 'string' && /^[\s]*[=+\-@|%\t\r]/.test(text) ? `'${text}` : text;
	return /[",\r\n]/.test(safe) ? `"${safe.replaceAll('"', '""')}"` : safe;
}
