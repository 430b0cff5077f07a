/**
 * A view of the venue by server-sent events, read by `fetch` so that the sign-in travels in a header.
 * Reconnects for ever, jittered. The server speaks at least every two seconds; three silent ones are a lost line.
 */
import { type Api, Problem } from './api.ts';

export type View = { view: string; now: number; made_ms: number };
export type ViewTold<T> = {
	/** A new picture. */
	picture(data: T): void;
	/** Whether the line is up. */
	line(up: boolean): void;
	/** Leaf time, said before each picture (which may have been made long ago) and while nothing is new. */
	beat?(now: number): void;
	/** The server's final no (not signed in, no such view); it is asked again all the same. */
	refused?(problem: Problem): void;
};

const SILENCE_MS = 3_000;
const FRAME_MAX = 4_000_000;

/** Follows a view until the answer is called. */
export function followView<T extends View>(api: Api, view: string, told: ViewTold<T>): () => void {
	const ended = new AbortController();
	void follow(api, view, told, ended.signal);
	return () => ended.abort();
}

async function follow<T>(api: Api, view: string, told: ViewTold<T>, ended: AbortSignal): Promise<void> {
	let last = '';
	for (let tries = 0; !ended.aborted; tries++) {
		const line = new AbortController();
		const stop = () => line.abort();
		ended.addEventListener('abort', stop);
		try {
			for await (const event of events(api, view, last, line, told)) {
				tries = 0;
				last = event.id || last;
				if (event.beat !== null) told.beat?.(event.beat);
				if (event.data) told.picture(JSON.parse(event.data) as T);
			}
		} catch (error) {
			if (error instanceof Problem) {
				if (error.status === 401) await api.token(true).catch(() => null);
				told.refused?.(error);
			} else if (error instanceof SyntaxError || error instanceof RangeError) throw error;
		} finally {
			ended.removeEventListener('abort', stop);
			line.abort();
		}
		if (ended.aborted) return;
		told.line(false);
		await new Promise((resolve) => setTimeout(resolve, 100 + Math.random() * 400 * Math.min(2 ** tries, 8)));
	}
}

type Event = { id: string; data: string; beat: number | null };

async function* events(
	api: Api,
	view: string,
	last: string,
	line: AbortController,
	told: Pick<ViewTold<never>, 'line'>,
): AsyncGenerator<Event> {
	let watch = setTimeout(() => line.abort(), SILENCE_MS);
	try {
		const headers = {
			Accept: 'text/event-stream',
			...api.authorization(),
			...(last ? { 'Last-Event-ID': last } : {}),
		};
		const response = await fetch(`${api.origin}/events/${view}`, {
			headers,
			credentials: 'Authorization' in headers ? 'omit' : 'same-origin',
			cache: 'no-store',
			signal: line.signal,
		});
		if (!response.ok || !response.body) {
			const answer = (await response.json().catch(() => null)) as {
				error?: { code: string; message: string };
			} | null;
			throw new Problem(response.status, answer?.error?.code ?? 'unknown', answer?.error?.message ?? '');
		}
		let text = '';
		for await (const chunk of response.body.pipeThrough(new TextDecoderStream())) {
			clearTimeout(watch);
			watch = setTimeout(() => line.abort(), SILENCE_MS);
			told.line(true);
			text += chunk;
			if (text.length > FRAME_MAX) throw new RangeError('an event without an end');
			const frames = text.split(/\r?\n\r?\n/);
			text = frames.pop()!;
			yield* frames.map(parse);
		}
	} finally {
		clearTimeout(watch);
	}
}

function parse(frame: string): Event {
	const event: Event = { id: '', data: '', beat: null };
	for (const line of frame.split(/\r?\n/)) {
		if (line.startsWith('id:')) event.id = line.slice(3).trim();
		if (/^: ?\d+$/.test(line)) event.beat = Number(line.slice(1));
		if (line.startsWith('data:')) event.data += line.slice(5).trimStart();
	}
	return event;
}
