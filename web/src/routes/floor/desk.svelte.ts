/** What the floor's pages share: the events and cash tables with what the rules say of them, trays, requests. */

import { type Kind, type OpenRequest, type SeatChange, writers } from '#lib/facts/facts.gen.ts';
import type { Replica } from '#lib/sync/replica.svelte.ts';
import { seatChanges } from '#lib/twins/seating/changes.ts';
import type { TableSeats } from '#lib/twins/seating/chart.ts';
import { goingTables } from '#lib/twins/waitlist.ts';
import { say } from '#lib/ui/staff/toasts.svelte.ts';
import { Problem, Unreachable } from '#lib/venue/api.ts';
import { keepNote, noteOf } from '#lib/venue/identity.ts';
import { type RoomPlan, roomPlan } from '#lib/venue/room-plan.ts';
import { type KeptUndo, UndoList } from '#lib/venue/undo.svelte.ts';
import type { Venue } from '#lib/venue/venue.svelte.ts';
import type { Done, Refusal } from '#lib/verbs/verb.ts';
import type { Told } from '#lib/words/act-words.ts';
import { actWords } from '#lib/words/act-words.ts';
import { dayText, secondOfDay, timeOfDay } from '#lib/words/ages.ts';
import { type Hindered, hindranceWords } from '#lib/words/hindrance-words.ts';
import { words } from '#lib/words/words.ts';
import type { Together } from './busting.svelte.ts';
import { Drawing } from './drawing.svelte.ts';
import { EventDesk } from './event.svelte.ts';
import { type Colleague, colleagues } from './presence.svelte.ts';
import type { Anew } from './proposals.ts';
import { type Judged, type Rivalry, rivalriesOf } from './rivalries.ts';
import type { Selling } from './selling.ts';

/** A cash table with who sits there. */
export type CashSeats = {
	table: string;
	number: number;
	seats: number;
	list: string;
	players: Map<number, string>;
};

/** A player whose seat is somebody else's by the earlier stamp (`keeper`), or at a table that is not in play. */
export type Displaced = {
	event: EventDesk;
	player: string;
	table: string;
	seat: number;
	keeper: string | null;
};

/** Tables that a device looks after, by number, both ends among them. */
export type Zone = { from: number; to: number };

/** Who is being placed, and who after them. */
export type Placing = { event: EventDesk; player: string; others?: readonly string[] };

/** What is to be drawn anew. */
export type Breaking = {
	event: EventDesk;
	anew: Pick<Anew, 'kind' | 'table' | 'keeps' | 'seats' | 'rule'>;
	then?: () => void;
};

const PLACES: Record<string, string> = {
	tables: 'all tables',
	clock: 'the clock',
	lists: 'the lists',
	settle: 'to settle',
	rankings: 'the rankings',
	payouts: 'the payouts',
	count: 'the count',
	days: 'the flights',
	displays: 'the displays',
	history: 'history',
};
/** A question stays longer than what was said. */
const ASK_MS = 30_000;

/** As an event among those to look at: the cash tables. */
export const CASH = '$';

export class FloorDesk {
	readonly undo: UndoList;
	readonly drawing = new Drawing(this);
	readonly config: Replica<'config'>;
	readonly floor: Replica<'floor'>;
	readonly cage: Replica<'cage'>;
	readonly displays: Replica<'displays'>;
	readonly requests: Replica<'requests'>;
	readonly roster: Replica<'roster'>;
	#events = new Map<string, EventDesk>();
	#asked = new Set<string>();
	#devices = $state.raw<ReadonlyMap<string, string>>(
		new Map(noteOf<[string, string][]>('floor', 'devices') ?? []),
	);
	readonly #told = {
		player: (id: string) => this.name(id),
		table: (id: string) => this.table(id),
		list: (id: string) => this.floor.fact(`list/${id}`)?.name ?? 'a list',
		listed: (entry: string) => this.#playerOf(`waitlist/${entry}`, 'a player'),
		person: (id: string) => this.person(id),
		time: (ms: number) => this.timeOf(ms),
		playerOf: (fact: string) => this.#playerOf(fact, 'The player'),
	};
	#staff = $state.raw<ReadonlyMap<string, string>>(
		new Map(noteOf<[string, string][]>('floor', 'staff') ?? []),
	);
	/** the event whose tables, clock and lists are looked at; `CASH`: its tables alone; null: all */
	chosen = $state<string | null>(null);
	/** null: this device looks after all tables */
	zone = $state.raw<Zone | null>(noteOf('floor', 'zone'));
	/** the floor home shows the tables where they stand, on this device */
	planned = $state<boolean>(noteOf('floor', 'plan') ?? false);
	/** who is being placed: the next seat tapped is theirs */
	placing = $state.raw<Placing | null>(null);

	/** a table that breaks, or a room that is drawn anew; `then`: what follows once its board is closed */
	breaking = $state.raw<Breaking | null>(null);

	/** null: what waits is shown where the screen has room for it */
	nowOpen = $state<boolean | null>(null);

	/** tables that are being chosen on the floor home; null: a tap opens a table */
	picked = $state.raw<ReadonlySet<string> | null>(null);

	/** lives that are being put into one hand, and lives whose heads are being given away */
	together = $state.raw<Together | null>(null);
	knocking = $state.raw<Together | null>(null);
	/** what is about to be sold, or asked of the cage */
	selling = $state.raw<Selling | null>(null);

	constructor(readonly venue: Venue) {
		this.undo = venue.undo = new UndoList(venue);
		void this.undo.load();
		this.config = venue.open('config');
		this.floor = venue.open('floor');
		this.cage = venue.open('cage');
		this.displays = venue.open('displays');
		this.requests = venue.open('requests');
		this.roster = venue.open('roster');
		void this.#askStaff();
		void this.#askDevices();
	}

	events: readonly EventDesk[] = $derived.by(() => this.venue.tournaments.map((id) => this.#event(id)));
	/** the chosen event, else the first one whose clock is not over */
	event: EventDesk | null = $derived.by(
		() =>
			this.events.find(({ id }) => id === this.chosen) ??
			this.events.find(({ setup, clock }) => setup && clock.state !== 'ended') ??
			this.events[0] ??
			null,
	);

	/** where the tables stand; its `part` is null: nobody has made a plan of the room */
	plan: RoomPlan = $derived.by(() => {
		this.config.group('spot/');
		this.config.group('table/');
		return roomPlan(this.config.reader);
	});

	cashTables: readonly CashSeats[] = $derived.by(() => {
		const seats = this.floor.group('seat/');
		const furniture = this.config.group('table/');
		this.floor.group('cash/');
		return [...this.floor.group('list/').keys()]
			.flatMap((list) => goingTables(this.floor.reader, list).map((table) => ({ list, table })))
			.map(({ list, table }) => {
				const here = [...seats].filter(([, seat]) => seat.table === table);
				const players = new Map(here.map(([player, seat]) => [seat.seat, player]));
				return {
					table,
					list,
					number: furniture.get(table)?.number ?? 0,
					seats: furniture.get(table)?.seats ?? 9,
					players,
				};
			})
			.sort((a, b) => a.number - b.number);
	});

	/** who of the cash tables waits for another seat, first come first */
	changes: ReadonlyMap<string, SeatChange> = $derived.by(() => {
		this.floor.group('seat/');
		this.floor.group('change/');
		return seatChanges(this.floor.reader);
	});

	/** Requests of phones and dealers nobody has answered, oldest first. */
	asked: readonly (OpenRequest & { id: string })[] = $derived.by(() => {
		const answers = this.floor.group('answer/');
		return [...this.requests.group('request/')]
			.filter(([id]) => !answers.has(id))
			.map(([id, request]) => ({ ...request, id }))
			.sort((a, b) => a.number - b.number);
	});

	rivalries: readonly Rivalry[] = $derived.by(() =>
		[this.floor, this.roster, ...this.events.map(({ replica }) => replica)].flatMap((replica) =>
			rivalriesOf(replica as unknown as Judged),
		),
	);
	disagreements = $derived.by(() =>
		this.events.flatMap((event) => event.disagreements.map((row) => ({ event, row }))),
	);
	displaced: readonly Displaced[] = $derived.by(() =>
		this.events.flatMap((event) => [
			...event.chart.doubles.flatMap(({ table, seat, player: keeper, others }) =>
				others.map((player) => ({ event, player, table, seat, keeper })),
			),
			...event.chart.strays.flatMap((player) => {
				const seat = event.replica.fact(`seat/${player}`);
				return seat ? [{ event, player, ...seat, keeper: null }] : [];
			}),
		]),
	);
	/** those that no manager has explained */
	differences = $derived(this.disagreements.filter(({ row }) => !row.explained));
	/** who paid and is to be given a seat; as differences they count later, and not before a draw */
	unseated = $derived(
		this.events.flatMap((event) =>
			event.clock.state === 'ended'
				? []
				: event.unseated.filter(({ explained }) => !explained).map((row) => ({ event, row })),
		),
	);
	/** tables whose count differs, and nobody said why */
	chipsOff = $derived.by(() => this.events.flatMap((event) => event.chipsOff.map((off) => ({ event, off }))));
	/** what arrived written against a rule, and nobody has said why it may stay */
	breaches = $derived.by(() =>
		this.events.flatMap((event) =>
			event.breaches.filter(({ explained }) => !explained).map((row) => ({ event, row })),
		),
	);
	toSettle = $derived(
		this.rivalries.length + this.breaches.length + this.differences.length + this.chipsOff.length,
	);
	/** players two answers are open for: their chairs say so */
	rivalPlayers: ReadonlySet<string> = $derived(
		new Set(this.rivalries.filter(({ fact }) => fact.startsWith('seat/')).map(({ fact }) => fact.slice(5))),
	);

	/** Colleagues on other tablets, and where they are. */
	colleagues: readonly Colleague[] = $derived.by(() => {
		void this.#staff;
		return colleagues(this.config.present, this.venue.device, {
			person: (id) => this.person(id),
			deviceNumber: (id) => this.deviceNumber(id),
		});
	});

	/** "at T4, Ben K." */
	whereText({ place, table, player }: Colleague): string {
		if (table) return `at ${this.table(table)}${player ? `, ${this.name(player)}` : ''}`;
		return PLACES[place] ?? 'here';
	}

	/** Whether this person may write here at all. */
	get mayWrite(): boolean {
		return (writers.floor as readonly string[]).includes(this.venue.role);
	}

	name(player: string): string {
		return this.venue.playerName(player);
	}

	/** Somebody of the staff by name, or a player who wrote on a phone. */
	person(person: string): string {
		return this.#staff.get(person) ?? this.roster.fact(`player/${person}`)?.name ?? 'Somebody';
	}

	/** A tablet: this one, or another by its name. */
	device(device: string): string {
		if (device === this.venue.device) return 'this tablet';
		return (
			this.#devices.get(device) ?? (device === 'leaf' || device === 'core' ? `the ${device}` : 'a tablet')
		);
	}

	/** The number people call a tablet by; "" where its name has none. */
	deviceNumber(device: string): string {
		return /\d+/.exec(this.#devices.get(device) ?? '')?.[0] ?? '';
	}

	/** Tablets and screens by id. */
	get devices(): ReadonlyMap<string, string> {
		return this.#devices;
	}

	/** Staff by id. */
	get staff(): ReadonlyMap<string, string> {
		return this.#staff;
	}

	/** The document as it is open on this tablet; null: it is not. */
	replicaOf(document: string): Replica<Kind> | null {
		const open = [
			this.config,
			this.floor,
			this.displays,
			this.roster,
			...this.events.map((one) => one.replica),
		];
		return (open as unknown as Replica<Kind>[]).find((one) => one.document === document) ?? null;
	}

	table(table: string): string {
		return this.venue.tableName(table);
	}

	/** "T12·4" */
	seat(table: string, seat: number | null | undefined): string {
		return seat ? `${this.table(table)}·${seat}` : this.table(table);
	}

	setZone(zone: Zone | null): void {
		this.zone = zone;
		keepNote('floor', 'zone', zone);
	}

	showPlan(planned: boolean): void {
		this.planned = planned;
		keepNote('floor', 'plan', planned);
	}

	/** Whether a table, by its number, is of another zone. */
	isElsewhere(number: number): boolean {
		return this.zone !== null && (number < this.zone.from || number > this.zone.to);
	}

	/** The table people know by this number. */
	tableByNumber(number: number): string | null {
		return [...this.config.group('table/')].find(([, table]) => table.number === number)?.[0] ?? null;
	}

	eventOf(table: string): { event: EventDesk; at: TableSeats } | null {
		const there = this.events.flatMap((event) => {
			const at = event.chart.tables.get(table);
			return at?.open ? [{ event, at }] : [];
		});
		return there.find(({ event }) => !this.#isDone(event.id)) ?? there[0] ?? null;
	}

	/** Its result is confirmed: it has left its tables to the next event. */
	#isDone(event: string): boolean {
		const state = this.cage.group('tournament/').get(event)?.state;
		return state === 'confirmed' || state === 'settled';
	}

	/** Says what was done, with Undo beside it; or what stands in the way. True: it was done. */
	tell<More>(
		done: Done<More> | Refusal,
		text: string,
		more?: { label: string; act: () => void }[],
	): done is Done<More> {
		if (!done.ok) {
			const { code, details, message } = done;
			const why = code === 'later_changes' ? this.hindered(details as Hindered) : null;
			say(why ?? words(code, details as Record<string, unknown>, message), { kind: 'stop' });
			return false;
		}
		say(text, {
			kind: 'good',
			more,
			undo: () => this.takeBack((all) => done.undo(all), `Taken back: ${text}`),
		});
		return true;
	}

	/** Takes something back; where somebody changed it since it asks first. */
	takeBack(how: (allTheSame: boolean) => Done | Refusal, text: string, done?: () => void): void {
		const tried = how(false);
		const all = () => this.tell(how(true), text) && done?.();
		if (tried.ok || tried.code !== 'changed_since') {
			if (this.tell(tried, text)) done?.();
		} else
			say(`${this.hindered(tried.details as Hindered)} Take it back all the same?`, {
				ms: ASK_MS,
				more: [{ label: 'Take back', act: all }],
			});
	}

	/** Takes one of this person's acts back, or does it again. */
	turn(kept: KeptUndo): void {
		const text = `${kept.undone ? 'Done again' : 'Taken back'}: ${this.did(kept.did)}.`;
		this.takeBack((all) => this.undo.turn(kept, all), text);
	}

	/** Why something can't be taken back, as a sentence. */
	hindered(why: Hindered): string {
		return hindranceWords(why, this.#told);
	}

	/** Says what was done where there is nothing to take back here. */
	note(text: string): void {
		say(text, { kind: 'good' });
	}

	/** "21:52", or "21:52:07" */
	timeOf(leafMs: number, seconds = false): string {
		return (seconds ? secondOfDay : timeOfDay)(this.venue.unixMs(leafMs), this.venue.timeZone);
	}

	dayOf(leafMs: number): string {
		return dayText(this.venue.unixMs(leafMs), this.venue.timeZone);
	}

	/** A player or table by the id. */
	topic(id: string): string {
		return this.config.fact(`table/${id}`) ? this.table(id) : this.name(id);
	}

	/** What an act did: "moved Ben K. T2·7 → T4·4". */
	did(act: readonly Told[]): string {
		return actWords(act, this.#told);
	}

	async #askStaff(): Promise<void> {
		try {
			const known = await this.venue.api.get<{ person: string; name: string }[]>('/api/v1/people/names');
			this.#staff = new Map(known.map(({ person, name }) => [person, name]));
			keepNote('floor', 'staff', [...this.#staff]);
		} catch (error) {
			if (!(error instanceof Unreachable || error instanceof Problem)) throw error;
		}
	}

	/** A tablet that came in since is asked for by name, once. */
	learn(devices: Iterable<string>): void {
		const news = [...devices].filter((one) => !this.#devices.has(one) && !this.#asked.has(one));
		for (const one of news) this.#asked.add(one);
		if (news.length) void this.#askDevices();
	}

	async #askDevices(): Promise<void> {
		try {
			const known = await this.venue.api.get<{ device: string; name: string }[]>('/api/v1/devices/names');
			this.#devices = new Map(known.map(({ device, name }) => [device, name]));
			keepNote('floor', 'devices', [...this.#devices]);
		} catch (error) {
			if (!(error instanceof Unreachable || error instanceof Problem)) throw error;
		}
	}

	/** Whose entry, bust or place on a list a fact is. */
	#playerOf(fact: string, nobody: string): string {
		const entry = fact.slice(fact.indexOf('/') + 1);
		const lives = this.events.map(
			({ replica }) => replica.fact(`entry/${entry}`) ?? replica.fact(`bust/${entry}`),
		);
		const found = [...lives, this.floor.fact(`waitlist/${entry}`)].find(Boolean);
		return found ? this.name(found.player) : nobody;
	}

	#event(id: string): EventDesk {
		let event = this.#events.get(id);
		if (!event) {
			event = new EventDesk(id, this);
			this.#events.set(id, event);
		}
		return event;
	}
}
