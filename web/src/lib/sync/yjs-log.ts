/**
 * What yjs tells a technician, plainly. It stands in for `lib0/logging` (vite.config.ts), whose colours bring a DOM
 * and a schema library into every app.
 */
export const BOLD = Symbol('bold');
export const UNBOLD = Symbol('unbold');
export const ORANGE = Symbol('orange');
export const RED = Symbol('red');

const plain = (said: unknown[]) => said.filter((one) => typeof one !== 'symbol');

export function print(...said: unknown[]): void {
	console.log(...plain(said));
}

export function warn(...said: unknown[]): void {
	console.warn(...plain(said));
}
