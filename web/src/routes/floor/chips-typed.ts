/** Chips as a person types them: "52,400", "52 400"; null where it is no number of chips. */
export function chipsTyped(text: string): number | null {
	const digits = text.replace(/[\s.,’']/g, '');
	return /^\d{1,12}$/.test(digits) ? Number(digits) : null;
}
