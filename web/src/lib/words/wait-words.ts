/** How long a place on a list waits, as the rule says (minutes; 0: a seat is open; null: it can't be told). */
export function waitWords(minutes: number | null): string {
	if (minutes === null) return 'no estimate yet';
	if (!minutes) return 'a seat is open';
	const [hours, rest] = [Math.floor(minutes / 60), minutes % 60];
	return `about ${[hours && `${hours} h`, rest && `${rest} min`].filter(Boolean).join(' ')}`;
}
