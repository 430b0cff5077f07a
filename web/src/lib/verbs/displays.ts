/** What the screens show. */
import type { Announcement, Assignment, Display, Sound } from '#lib/facts/facts.gen.ts';
import { newId } from '#lib/facts/ids.ts';
import type { Replica } from '#lib/sync/replica.svelte.ts';
import { type Done, perform, type Refusal, refuse } from './verb.ts';

type Displays = Replica<'displays'>;

export function assignDisplay(displays: Displays, device: string, show: Assignment): Done | Refusal {
	if (displays.reader.get(`device/${device}`) === null) return refuse('gone', { device });
	return perform(displays, { [`show/${device}`]: show });
}

export function nameDisplay(displays: Displays, device: string, name: string): Done | Refusal {
	if (!name.trim()) return refuse('empty');
	return perform(displays, { [`device/${device}`]: { name: name.trim() } satisfies Display });
}

/** Plain text on these screens (none: on all) for a while. */
export function announce(
	displays: Displays,
	text: string,
	forMs: number,
	devices: readonly string[] = [],
): Done<{ id: string }> | Refusal {
	if (!text.trim()) return refuse('empty');
	const id = newId();
	const announcement: Announcement = { text: text.trim(), until_ms: displays.now() + forMs, devices };
	const done = perform(displays, { [`announce/${id}`]: announcement });
	return done.ok ? { ...done, id } : done;
}

export function stopAnnouncement(displays: Displays, id: string): Done | Refusal {
	if (displays.reader.get(`announce/${id}`) === null) return refuse('gone', { id });
	return perform(displays, { [`announce/${id}`]: null });
}

/** Whether a screen sounds, and how loud. */
export function setSound(
	displays: Displays,
	device: string,
	sound: Pick<Sound, 'on' | 'volume'>,
): Done | Refusal {
	return perform(displays, { [`sound/${device}`]: { ...sound, test_ms: null } });
}

/** The gong once, now, so that somebody in front of the screen hears it. */
export function testSound(displays: Displays, device: string): Done | Refusal {
	const now = (displays.reader.get(`sound/${device}`) ?? { on: true }) as unknown as Sound;
	return perform(displays, { [`sound/${device}`]: { ...now, on: true, test_ms: displays.now() } });
}
