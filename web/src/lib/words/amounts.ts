/**
 * Money and chips as text. Money comes as integer minor units and always carries its currency unless a column head
 * does; chips are whole numbers and never carry one.
 */
const formats = new Map<string, Intl.NumberFormat>();

function format(
	key: string,
	locale: string | undefined,
	options: Intl.NumberFormatOptions,
): Intl.NumberFormat {
	const name = `${locale ?? ''} ${key}`;
	let found = formats.get(name);
	if (!found) {
		found = new Intl.NumberFormat(locale, options);
		formats.set(name, found);
	}
	return found;
}

function digits(currency: string): number {
	return format(currency, 'en', { style: 'currency', currency }).resolvedOptions().maximumFractionDigits ?? 2;
}

/** Minor units as a decimal text ("5500" → "55.00"), so that no float ever holds an amount. */
export function decimal(cents: number, places: number): `${number}` {
	if (places === 0) return `${cents}`;
	const text = String(Math.abs(cents)).padStart(places + 1, '0');
	return `${cents < 0 ? '-' : ''}${text.slice(0, -places)}.${text.slice(-places)}` as `${number}`;
}

/** Minor units of an amount as a person types it: "55", "55.00", "55,5"; null where it is none. */
export function minorUnits(text: string, currency: string): number | null {
	const places = digits(currency);
	const found = /^(\d{1,9})(?:[.,](\d{1,4}))?$/.exec(text.trim());
	if (!found || (found[2] ?? '').length > places) return null;
	return Number(found[1]! + (found[2] ?? '').padEnd(places, '0'));
}

/** The same as text for a field: "55.00". */
export function amountText(cents: number, currency: string): string {
	return decimal(cents, digits(currency));
}

/** "€55.00": for receipts, totals, dialogs. A loss has a real minus. */
export function money(cents: number, currency: string, locale?: string): string {
	const text = format(currency, locale, { style: 'currency', currency });
	return text.format(decimal(cents, digits(currency)) as unknown as number).replace('-', '−');
}

/** "55.00": for columns whose head names the currency. */
export function figure(cents: number, currency: string, locale?: string): string {
	const places = digits(currency);
	const text = format(`plain ${places}`, locale, {
		minimumFractionDigits: places,
		maximumFractionDigits: places,
	});
	return text.format(decimal(cents, places) as unknown as number).replace('-', '−');
}

/** Figures of a display: minor digits fall away when none of `all` has any. */
export function figures(
	all: readonly number[],
	currency: string,
	locale?: string,
): (cents: number) => string {
	const unit = 10 ** digits(currency);
	const whole = all.every((cents) => cents % unit === 0);
	const text = format('whole', locale, { maximumFractionDigits: 0 });
	return (cents) => (whole ? text.format(cents / unit) : figure(cents, currency, locale));
}

/** Amounts of a display that stand among chips, so with their currency: "€420"; minor digits as in `figures`. */
export function moneyShort(
	all: readonly number[],
	currency: string,
	locale?: string,
): (cents: number) => string {
	const unit = 10 ** digits(currency);
	const whole = all.every((cents) => cents % unit === 0);
	const text = format(`${currency} whole`, locale, { style: 'currency', currency, maximumFractionDigits: 0 });
	return (cents) => (whole ? text.format(cents / unit) : money(cents, currency, locale));
}

/** "59,069" */
export function chips(count: number, locale?: string): string {
	return format('chips', locale, { maximumFractionDigits: 0 }).format(count);
}

/** "2.54M", "145K" from 100,000 up; below that every chip. Cut, never rounded up. */
export function chipsShort(count: number, locale?: string): string {
	if (count < 100_000) return chips(count, locale);
	const text = format('short', locale, {
		notation: 'compact',
		maximumSignificantDigits: 3,
		roundingMode: 'trunc',
	} as Intl.NumberFormatOptions);
	return text.format(count);
}

/** "36 BB", rounded down. */
export function bigBlinds(count: number, big: number): string {
	return big > 0 ? `${Math.floor(count / big)} BB` : '';
}

/** "800 / 1,600" */
export function blinds(small: number, big: number): string {
	return `${chips(small)} / ${chips(big)}`;
}

/** What a level's ante is called: who pays it. */
export function anteWord(by: 'big_blind' | 'button' | 'each'): string {
	return { big_blind: 'BB ante', button: 'Button ante', each: 'Ante' }[by];
}

/** The same behind the amount, in a table: "1,600 BB". */
export function anteBy(by: 'big_blind' | 'button' | 'each'): string {
	return { big_blind: 'BB', button: 'BTN', each: 'each' }[by];
}
