/** Durations and ages as text. All durations are whole milliseconds. */

/** "12 s ago", "4 min ago", "2 h ago" */
export function age(ms: number): string {
	const seconds = Math.max(0, Math.floor(ms / 1000));
	if (seconds < 60) return `${seconds} s ago`;
	if (seconds < 3600) return `${Math.floor(seconds / 60)} min ago`;
	return `${Math.floor(seconds / 3600)} h ago`;
}

/** A length of time: "40 s", "12 min", "2 h 3 min" */
export function span(ms: number): string {
	const seconds = Math.floor(ms / 1000);
	if (seconds < 60) return `${seconds} s`;
	const minutes = Math.floor(seconds / 60);
	if (minutes < 60) return `${minutes} min`;
	return minutes % 60 ? `${Math.floor(minutes / 60)} h ${minutes % 60} min` : `${minutes / 60} h`;
}

/** What is left, rounded up, so that 0:00 means over: "12:41", over an hour "1:02:09". */
export function countdown(ms: number): string {
	return clockText(Math.max(0, Math.ceil(ms / 1000)));
}

/** How long it has been, rounded down: "0:42". */
export function elapsed(ms: number): string {
	return clockText(Math.max(0, Math.floor(ms / 1000)));
}

function clockText(seconds: number): string {
	const two = (n: number) => String(n).padStart(2, '0');
	const hours = Math.floor(seconds / 3600);
	const rest = `${two(Math.floor(seconds / 60) % 60)}:${two(seconds % 60)}`;
	return hours ? `${hours}:${rest}` : rest.replace(/^0(\d)/, '$1');
}

/** Time of day in the venue's zone: "21:47". `unixMs` is wall-clock time. */
export function timeOfDay(unixMs: number, timeZone: string, locale = 'en-GB'): string {
	return new Intl.DateTimeFormat(locale, { hour: '2-digit', minute: '2-digit', timeZone }).format(unixMs);
}

/** "21:47:12" */
export function secondOfDay(unixMs: number, timeZone: string, locale = 'en-GB'): string {
	return new Intl.DateTimeFormat(locale, { timeStyle: 'medium', timeZone }).format(unixMs);
}

/** "Saturday 28 November" */
export function dayText(unixMs: number, timeZone: string, locale = 'en-GB'): string {
	const parts = { weekday: 'long', day: 'numeric', month: 'long' } as const;
	return new Intl.DateTimeFormat(locale, { ...parts, timeZone }).format(unixMs);
}

/** "28 Nov" */
export function dateText(unixMs: number, timeZone: string, locale = 'en-GB'): string {
	return new Intl.DateTimeFormat(locale, { day: 'numeric', month: 'short', timeZone }).format(unixMs);
}
