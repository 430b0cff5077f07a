const rule = new Intl.PluralRules('en', { type: 'ordinal' });
const ENDINGS: Record<Intl.LDMLPluralRule, string> = {
	one: 'st',
	two: 'nd',
	few: 'rd',
	other: 'th',
	zero: 'th',
	many: 'th',
};

/** "43rd": a place; ties are written "3–4". */
export function ordinal(place: number): string {
	return place + ENDINGS[rule.select(place)];
}
