/** One tournament as the rules see it now: runes over its document, the furniture and the cage's picture. */

import { decode } from '#lib/facts/edits.ts';
import { policies, type SeatChange } from '#lib/facts/facts.gen.ts';
import { AfterPaint } from '#lib/screen/after-paint.svelte.ts';
import type { Replica } from '#lib/sync/replica.svelte.ts';
import type { Breach } from '#lib/twins/breaches.ts';
import { chipsInPlay, chipsOff } from '#lib/twins/elimination/chips.ts';
import { stillDealing } from '#lib/twins/elimination/hands.ts';
import { standings } from '#lib/twins/elimination/standings.ts';
import { stillWanted } from '#lib/twins/elimination/wanted.ts';
import { type Serving, serving } from '#lib/twins/penalties.ts';
import { type Disagreement, disagreements, unseated } from '#lib/twins/reconcile.ts';
import { propose, seatRules } from '#lib/twins/seating/balancing.ts';
import { seatChanges } from '#lib/twins/seating/changes.ts';
import { alternates, openTables, seatChart } from '#lib/twins/seating/chart.ts';
import { type Halt, halted } from '#lib/twins/seating/halting.ts';
import { buttonsOf, type Proposal } from '#lib/twins/seating/proposal.ts';
import { levelNumber, nextBreakMs, planOf, readClock } from '#lib/twins/structure/clock.ts';
import { type Elsewhere, elsewhere, flightEnded, NOWHERE, otherFlights } from '#lib/twins/structure/days.ts';
import { lateRegistration } from '#lib/twins/structure/registration.ts';
import { type Asked, mayBuy, type Not } from '#lib/twins/structure/terms.ts';
import type { FloorDesk } from './desk.svelte.ts';
import { late } from './late.svelte.ts';

export class EventDesk {
	readonly replica: Replica<'tournament'>;
	readonly #desk: FloorDesk;

	constructor(
		readonly id: string,
		desk: FloorDesk,
	) {
		this.#desk = desk;
		this.replica = desk.venue.open<'tournament'>(`tournament/${id}`);
	}

	setup = $derived.by(() => this.replica.fact('setup'));
	letter = $derived(this.setup?.letter ?? 'A');
	plan = $derived.by(() => {
		this.replica.group('level/');
		return planOf(this.replica.reader);
	});
	chart = $derived.by(() => {
		this.#watch('seat/', 'table/', 'need/');
		void this.setup;
		this.#desk.config.group('table/');
		return seatChart(this.replica.reader, this.#desk.config.reader);
	});
	proposal: Proposal = $derived.by(() => {
		void this.chart;
		this.#watch('button/', 'dealt/');
		this.replica.fact('clock');
		this.replica.fact('seating');
		this.replica.fact('handforhand');
		return propose(this.replica.reader, this.#desk.config.reader, this.selling);
	});
	/** a proposal is not shown again until then, or until somebody else is out */
	snoozedUntil = $state(0);
	snoozedOut = $state(0);
	alternates = $derived.by(() => {
		this.#watch('alternate/', 'seat/');
		return alternates(this.replica.reader);
	});
	/** tables that stop, by id; none before the clock was started */
	halts: ReadonlyMap<string, Halt> = $derived.by(() => {
		this.#watch('button/');
		const { proposal } = this;
		if (proposal.kind === 'none' && proposal.reason === 'not_started') return new Map();
		const found = halted(this.chart, buttonsOf(this.replica.reader), seatRules(this.replica.reader));
		return new Map(found.map((halt) => [halt.table, halt]));
	});
	standings = $derived.by(() => {
		this.#watch('entry/', 'bust/');
		return standings(this.replica.reader);
	});
	#disagreements = new AfterPaint<readonly Disagreement[]>(
		() => {
			this.#watch('entry/', 'bust/', 'seat/', 'stack/', 'explained/', 'knocker/');
			this.replica.fact('bounty');
			this.replica.fact('registration');
			void this.money;
			this.#desk.cage.group('entry/');
			this.#desk.cage.group('prize/');
			void this.#desk.venue.clock.now;
		},
		() => disagreements(this.replica.reader, this.id, this.#desk.cage.reader, this.#desk.venue.clock.now),
	);
	/** who paid and has no seat: to be drawn at once, whether it is a difference (yet) or not */
	#unseated = new AfterPaint<readonly Disagreement[]>(
		() => {
			this.#watch('bust/', 'seat/', 'alternate/', 'carried/', 'explained/');
			void this.money;
			this.#desk.cage.group('entry/');
		},
		() => unseated(this.replica.reader, this.id, this.#desk.cage.reader),
	);
	#breaches = new AfterPaint<readonly Breach[]>(
		() => {
			for (const name of Object.keys(policies.tournament)) {
				if (name.endsWith('/')) this.#watch(name as 'seat/');
				else this.replica.fact(name);
			}
			void late.pages.breaches;
			void this.money;
			void this.#turn;
			this.#desk.cage.group('entry/');
			this.#desk.config.group('table/');
		},
		() => {
			const { cage, config, venue } = this.#desk;
			const rule = late.pages.breaches;
			const { index } = this.replica.keeper.local;
			return rule ? rule(index, this.id, cage.reader, config.reader, venue.clock.now) : [];
		},
	);
	get disagreements(): readonly Disagreement[] {
		return this.#disagreements.current;
	}
	get unseated(): readonly Disagreement[] {
		return this.#unseated.current;
	}
	/** what arrived written against a rule; none before the rule is here, right after the first paint */
	get breaches(): readonly Breach[] {
		return this.#breaches.current;
	}
	/** what time alone changes of the rules of what arrived */
	#turn = $derived.by(() => `${this.clock.level} ${this.clock.state} ${this.late.state}`);
	unpaid: ReadonlySet<string> = $derived(
		new Set(
			this.disagreements
				.filter((row) => row.kind === 'seated_unpaid' && !row.explained)
				.map(({ player }) => player),
		),
	);
	money = $derived.by(() => this.#desk.cage.fact(`tournament/${this.id}`));
	clock = $derived.by(() => {
		const fact = this.replica.fact('clock');
		const { now } = this.#desk.venue.clock;
		const reading = readClock(fact, this.plan, now);
		const row = this.plan[reading.level - 1];
		return {
			...reading,
			row,
			number: levelNumber(this.plan, reading.level),
			breakMs: nextBreakMs(fact, this.plan, now),
		};
	});
	/** whether this is a flight that is over */
	flightEnded = $derived.by(() => {
		this.replica.fact('flight');
		void this.standings;
		void this.late;
		return flightEnded(this.replica.reader, this.money, this.#desk.venue.clock.now);
	});
	/** how registration stands, and until when; by floor and cage */
	late = $derived.by(() => {
		for (const name of ['late', 'registration', 'clock', 'setup'] as const) this.replica.fact(name);
		void this.plan;
		return lateRegistration(this.replica.reader, this.money, this.#desk.venue.clock.now);
	});
	/** entries are sold; apart from `late`, which is another one each second */
	selling: boolean = $derived.by(() => this.late.state === 'open');
	/** facts that wait on this tablet; empty while all is well, so that nothing flickers */
	unsentNames: ReadonlySet<string> = $derived.by(() => {
		if (this.#desk.venue.connection.view.kind === 'synced') return new Set<string>();
		const edits = this.replica.standing.unsent.flatMap((act) => act.edits);
		return new Set(
			edits
				.map(([stamp, text]) => decode(stamp, text))
				.flatMap((edit) => ('code' in edit ? [] : [edit.name])),
		);
	});
	/** where the chips in play came from */
	chips = $derived.by(() => {
		void this.setup;
		void this.money;
		this.#watch('entry/', 'bust/', 'inplay/', 'terms/', 'carried/');
		return chipsInPlay(this.replica.reader, this.id, this.#desk.cage.reader);
	});
	/** chips in play over players left; 0 where nobody is left */
	average = $derived.by(() => {
		const { left } = this.standings;
		return left.size ? Math.floor(this.chips.total / left.size) : 0;
	});
	/** what the cage was asked to sell and has not, by id */
	wanted = $derived.by(() => {
		this.#watch('wanted/');
		this.#desk.cage.group('entry/');
		return stillWanted(this.replica.reader, this.id, this.#desk.cage.reader);
	});
	/** players whose rebuy or add-on is not paid yet: their chips are behind */
	behind: ReadonlySet<string> = $derived(
		new Set(
			[...this.wanted.values()]
				.filter(({ kind }) => kind === 'rebuy' || kind === 'add_on')
				.map(({ player }) => player),
		),
	);
	/** who waits for another seat, first come first */
	changes: ReadonlyMap<string, SeatChange> = $derived.by(() => {
		this.#watch('seat/', 'change/');
		return seatChanges(this.replica.reader);
	});
	/** penalties being served, by player */
	serving: ReadonlyMap<string, readonly Serving[]> = $derived.by(() => {
		this.#watch('penalty/', 'served/');
		const { reader } = this.replica;
		return Map.groupBy(serving(reader, this.#desk.venue.clock.now), ({ player }) => player);
	});
	chipsOff = $derived.by(() => {
		this.#watch('checked/');
		return chipsOff(this.replica.reader);
	});
	/** hand for hand, while it is not off */
	handForHand = $derived.by(() => {
		const mode = this.replica.fact('handforhand');
		return mode && mode.state !== 'off' ? mode : null;
	});
	/** open tables that have not finished the open hand */
	dealing: ReadonlySet<string> = $derived.by(() => {
		void this.handForHand;
		this.#watch('dealt/');
		return new Set(
			stillDealing(
				this.replica.reader,
				openTables(this.chart).map(({ table }) => table),
			),
		);
	});

	/** The term that keeps a player from buying that now; null: nothing does. */
	mayBuy(player: string, asked: Asked): Not | null {
		const { cage, venue } = this.#desk;
		const at = this.elsewhere(player);
		return mayBuy(this.replica.reader, cage.reader, this.id, player, asked, venue.clock.now, at);
	}

	/** How a player stands in the other flights of the event that this one leads to. */
	elsewhere(player: string): Elsewhere {
		if (!this.replica.fact('flight')) return NOWHERE;
		const events = this.#desk.events.map(({ id, replica }) => {
			for (const prefix of ['entry/', 'bust/', 'bag/'] as const) replica.group(prefix);
			for (const name of ['flight', 'days', 'setup'] as const) replica.fact(name);
			return [id, replica.reader] as const;
		});
		const { carry, others } = otherFlights(this.id, events);
		return elsewhere(player, carry, others);
	}

	/** Not now: until `untilMs`, or the next bust. */
	snooze(untilMs: number): void {
		this.snoozedUntil = untilMs;
		this.snoozedOut = this.standings.out.length;
	}

	#watch(...prefixes: string[]): void {
		for (const prefix of prefixes) this.replica.group(prefix);
	}
}
