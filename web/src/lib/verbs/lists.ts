/** Waitlists and cash seats. A person is called once; the first call counts. */
import type { Call, CashTable, ListEntry, Seat } from '#lib/facts/facts.gen.ts';
import { newId } from '#lib/facts/ids.ts';
import type { Replica } from '#lib/sync/replica.svelte.ts';
import type { Chair } from '../twins/seating/chart.ts';
import { many, one } from '../twins/typed.ts';
import { callNext as firstInLine, openCashSeats, waiting } from '../twins/waitlist.ts';
import { type Done, perform, type Refusal, refuse } from './verb.ts';

type Floor = Replica<'floor'>;
type Config = Replica<'config'>;

const CALL_MS = 5 * 60_000;

/** `id`: that of the request it answers, so that two tablets that accept it make one place on the list. */
export function addToList(
	floor: Floor,
	place: { list: string; player: string; source?: ListEntry['source']; request?: string },
): Done<{ entry: string }> | Refusal {
	if (floor.reader.get(`list/${place.list}`) === null) return refuse('gone', { list: place.list });
	if (waiting(floor.reader, place.list).some(({ player }) => player === place.player))
		return refuse('already_waiting', { player: place.player });
	const entry = place.request ?? newId();
	const done = perform(floor, { [`waitlist/${entry}`]: listEntry(place) });
	return done.ok ? { ...done, entry } : done;
}

export function listEntry(place: {
	list: string;
	player: string;
	source?: ListEntry['source'];
	request?: string;
}): ListEntry {
	const { list, player, source = 'desk', request = null } = place;
	return { list, player, source, state: 'waiting', request };
}

/** Calls somebody to a seat: the given one, else the first that is open. */
export function callEntry(floor: Floor, config: Config, entry: string, chair?: Chair): Done | Refusal {
	const place = one<ListEntry>(floor.reader, `waitlist/${entry}`);
	if (!place) return refuse('gone', { entry });
	if (floor.reader.get(`call/${entry}`) !== null) return refuse('already_called', { player: place.player });
	const to = chair ?? openCashSeats(floor.reader, config.reader, place.list)[0];
	if (!to) return refuse('no_open_seat', { list: place.list });
	const call: Call = { table: to.table, seat: to.seat, until_ms: floor.now() + CALL_MS };
	return perform(floor, { [`call/${entry}`]: call });
}

/** Calls the first in line who is here. */
export function callNext(floor: Floor, config: Config, list: string): Done<{ entry: string }> | Refusal {
	const entry = firstInLine(floor.reader, list);
	if (!entry) return refuse('nobody_waiting', { list });
	const done = callEntry(floor, config, entry);
	return done.ok ? { ...done, entry } : done;
}

/** More time for a called person. */
export function extendCall(floor: Floor, entry: string, byMs: number): Done | Refusal {
	const call = one<Call>(floor.reader, `call/${entry}`);
	if (!call) return refuse('gone', { entry });
	return perform(floor, {
		[`call/${entry}`]: { ...call, until_ms: Math.max(call.until_ms, floor.now()) + byMs },
	});
}

/** Seats somebody from a list, where they were called to, else at the first open seat; ends the call. */
export function seatFromList(floor: Floor, config: Config, entry: string): Done<Chair> | Refusal {
	const place = one<ListEntry>(floor.reader, `waitlist/${entry}`);
	if (!place) return refuse('gone', { entry });
	const call = one<Call>(floor.reader, `call/${entry}`);
	const called = call?.seat ? { table: call.table, seat: call.seat } : undefined;
	const taken = [...many<Seat>(floor.reader, 'seat/').values()];
	const free = called && !taken.some(({ table, seat }) => table === called.table && seat === called.seat);
	const to = free ? called : openCashSeats(floor.reader, config.reader, place.list)[0];
	if (!to) return refuse('no_open_seat', { list: place.list });
	const done = perform(floor, {
		[`seat/${place.player}`]: to,
		[`waitlist/${entry}`]: { ...place, state: 'seated' },
		...(call ? { [`call/${entry}`]: null } : {}),
	});
	return done.ok ? { ...done, ...to } : done;
}

/** Away, back, missed the call, or gone from the list; a call ends with it. */
export function markEntry(floor: Floor, entry: string, state: ListEntry['state']): Done | Refusal {
	const place = one<ListEntry>(floor.reader, `waitlist/${entry}`);
	if (!place) return refuse('gone', { entry });
	const call = floor.reader.get(`call/${entry}`);
	return perform(floor, {
		[`waitlist/${entry}`]: { ...place, state },
		...(call === null ? {} : { [`call/${entry}`]: null }),
	});
}

/** A cash table for a list, or its end; nobody may sit at one that ends. */
export function changeCashTable(floor: Floor, table: string, cash: CashTable): Done | Refusal {
	return perform(floor, { [`cash/${table}`]: cash });
}

/** Another free seat of the same game, at the same table or another one. */
export function changeSeat(floor: Floor, config: Config, player: string, to: Chair): Done | Refusal {
	const at = one<Seat>(floor.reader, `seat/${player}`);
	if (!at) return refuse('not_seated', { player });
	const list = one<CashTable>(floor.reader, `cash/${at.table}`)?.list;
	const free = list ? openCashSeats(floor.reader, config.reader, list) : [];
	if (!free.some(({ table, seat }) => table === to.table && seat === to.seat))
		return refuse('taken', { player, ...to });
	return perform(floor, { [`seat/${player}`]: { table: to.table, seat: to.seat } satisfies Seat });
}

/** A player leaves a cash seat. */
export function leaveSeat(floor: Floor, player: string): Done | Refusal {
	if (floor.reader.get(`seat/${player}`) === null) return refuse('not_seated', { player });
	return perform(floor, { [`seat/${player}`]: null });
}
