/** Rules and awards of a jackpot, from what a person types to commands. Per cent become whole basis points. */
import type { MoneyCommand } from '#lib/money/command.ts';

export type Jackpot = {
	jackpot: string;
	fund_cents: number;
	reserve_cents: number;
	rules: {
		name: string;
		reserve_basis_points: number;
		award_max_basis_points: number;
		shares: { name: string; basis_points: number }[];
	};
};
export type JackpotForm = {
	/** adopted before: its mark stays */
	known: boolean;
	jackpot: string;
	name: string;
	reserve: string;
	award: string;
	shares: { name: string; percent: string }[];
};

const WHOLE = 10_000;

/** The form of one there is, or of a new one with the usual shares. */
export function jackpotForm(one: Jackpot | null): JackpotForm {
	if (!one) {
		const shares = [
			{ name: 'losing hand', percent: '50' },
			{ name: 'winning hand', percent: '25' },
			{ name: 'table', percent: '25' },
		];
		return { known: false, jackpot: '', name: '', reserve: '0', award: '100', shares };
	}
	const { rules } = one;
	return {
		known: true,
		jackpot: one.jackpot,
		name: rules.name,
		reserve: percent(rules.reserve_basis_points),
		award: percent(rules.award_max_basis_points),
		shares: rules.shares.map(({ name, basis_points }) => ({
			name: shareWord(name),
			percent: percent(basis_points),
		})),
	};
}

/** Why it can't be adopted yet; null: it can. */
export function jackpotFault(form: JackpotForm): string | null {
	if (!form.name.trim()) return 'Give it a name';
	if (!ident(form.jackpot)) return 'Give the mark on its boxes';
	if (points(form.reserve) === null) return 'The reserve is a percentage, such as 15';
	const award = points(form.award);
	if (!award) return 'An award is a percentage of the fund, such as 80';
	const shares = form.shares.map((share) => ({ name: ident(share.name), points: points(share.percent) }));
	if (shares.some(({ name, points: some }) => !name || !some))
		return 'Each share has a name and a percentage';
	if (new Set(shares.map(({ name }) => name)).size < shares.length) return 'A share stands twice';
	const sum = shares.reduce((all, share) => all + (share.points ?? 0), 0);
	return sum === WHOLE ? null : `The shares are ${percent(sum)} % together, not 100`;
}

export function adoptingJackpot(form: JackpotForm): MoneyCommand {
	return {
		kind: 'adopt_jackpot',
		jackpot: ident(form.jackpot),
		rules: {
			name: form.name.trim(),
			reserve_basis_points: points(form.reserve),
			award_max_basis_points: points(form.award),
			shares: form.shares.map((share) => ({
				name: ident(share.name),
				basis_points: points(share.percent),
			})),
		},
	};
}

/** The most one award may be, in cents. */
export function awardMax({ fund_cents, rules }: Jackpot): number {
	return Math.floor((fund_cents * rules.award_max_basis_points) / WHOLE);
}

/** "losing_hand" → "losing hand" */
export function shareWord(name: string): string {
	return name.replaceAll('_', ' ');
}

function ident(text: string): string {
	return text
		.trim()
		.replace(/[^A-Za-z0-9-]+/g, '_')
		.slice(0, 36);
}

/** "12.5" → 1250; null: no percentage from 0 to 100 with at most two decimals. */
function points(text: string): number | null {
	const found = /^\s*(\d{1,3})(?:[.,](\d{1,2}))?\s*$/.exec(text);
	if (!found) return null;
	const whole = Number(found[1]) * 100 + Number((found[2] ?? '').padEnd(2, '0'));
	return whole <= WHOLE ? whole : null;
}

function percent(basisPoints: number): string {
	return String(basisPoints / 100);
}
