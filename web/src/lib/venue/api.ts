/**
 * Requests to the server this page came from. Sign-ins travel in `Authorization`, never in an address; cookies are
 * left out, since tabs of one browser may be several devices.
 */
import { type App, deviceOf, keepSignIn, type SignIn, signInOf } from './identity.ts';

/** The server's no, as RFC 9457 says it. */
export class Problem extends Error {
	constructor(
		readonly status: number,
		readonly code: string,
		message: string,
		readonly details: Record<string, unknown> = {},
	) {
		super(message);
	}
}

/** No answer at all: the server may or may not have heard. */
export class Unreachable extends Error {}

const WITHIN_MS = 10_000;
const EARLY_MS = 60_000;

export class Api {
	#renewal: Promise<SignIn | null> | null = null;

	constructor(
		readonly app: App,
		readonly origin = '',
	) {}

	get<T>(path: string, headers: Record<string, string> = {}): Promise<T> {
		return this.#signed<T>('GET', path, undefined, headers);
	}

	post<T>(path: string, body: unknown, headers: Record<string, string> = {}): Promise<T> {
		return this.#signed<T>('POST', path, JSON.stringify(body), headers);
	}

	patch<T>(path: string, body: unknown): Promise<T> {
		return this.#signed<T>('PATCH', path, JSON.stringify(body));
	}

	delete<T>(path: string): Promise<T> {
		return this.#signed<T>('DELETE', path);
	}

	/** A body as it was stored, byte for byte. */
	postText<T>(path: string, body: string, headers: Record<string, string> = {}): Promise<T> {
		return this.#signed<T>('POST', path, body, headers);
	}

	/** What a GET answers, as a file; a large one may take longer than an answer. */
	file(path: string, withinMs = WITHIN_MS): Promise<Blob> {
		return this.#renewed(async (headers) => {
			const response = await this.#fetched('GET', path, undefined, headers, withinMs);
			try {
				return await response.blob();
			} catch (error) {
				throw new Unreachable('a file that broke off', { cause: error });
			}
		});
	}

	/** The `Authorization` of the device itself, whoever is signed in on it. */
	deviceAuthorization(): Record<string, string> {
		const device = deviceOf(this.app);
		return device ? { Authorization: `Device ${device.device}.${device.device_secret}` } : {};
	}

	/** What the `Authorization` header says now: the sign-in, else the device, else nothing. */
	authorization(): Record<string, string> {
		const signIn = signInOf(this.app);
		if (signIn) return { Authorization: `Bearer ${signIn.token}` };
		return this.deviceAuthorization();
	}

	/**
	 * A token for sync and events; `renew`: the last one was refused. Null: signed out.
	 * Where no server gives a new one now, the old one is as good as any.
	 */
	async token(renew = false): Promise<string | null> {
		const signIn = signInOf(this.app);
		if (!signIn) return null;
		if (!renew && signIn.expires_ms - Date.now() > EARLY_MS) return signIn.token;
		try {
			return (await this.renew())?.token ?? null;
		} catch (error) {
			if (error instanceof Unreachable || error instanceof Problem) return signIn.token;
			throw error;
		}
	}

	/** A new token for the old sign-in; one at a time. Null: this device is signed out. */
	renew(): Promise<SignIn | null> {
		this.#renewal ??= this.#renew().finally(() => {
			this.#renewal = null;
		});
		return this.#renewal;
	}

	async #renew(): Promise<SignIn | null> {
		const old = signInOf(this.app);
		if (!old) return null;
		try {
			const body = JSON.stringify({ refresh: old.refresh });
			const signIn = await this.#ask<SignIn>('POST', '/api/v1/auth/refresh', body, {});
			keepSignIn(this.app, signIn);
			return signIn;
		} catch (error) {
			if (!(error instanceof Problem) || error.status !== 401) throw error;
			const now = signInOf(this.app);
			if (now && now.refresh !== old.refresh) return now; // another tab was first
			keepSignIn(this.app, null);
			return null;
		}
	}

	async #signed<T>(
		method: string,
		path: string,
		body?: string,
		headers: Record<string, string> = {},
	): Promise<T> {
		const auth = path.startsWith('/api/v1/auth/');
		return this.#renewed((sign) => this.#ask<T>(method, path, body, { ...sign, ...headers }), !auth);
	}

	/** Asks signed in as now, and once more with a new token where this one was refused. */
	async #renewed<T>(
		asking: (authorization: Record<string, string>) => Promise<T>,
		renewable = true,
	): Promise<T> {
		try {
			return await asking(this.authorization());
		} catch (error) {
			if (!(error instanceof Problem) || error.status !== 401 || !signInOf(this.app)) throw error;
			if (!renewable || !(await this.renew())) throw error;
			return asking(this.authorization());
		}
	}

	async #ask<T>(
		method: string,
		path: string,
		body: string | undefined,
		headers: Record<string, string>,
	): Promise<T> {
		const response = await this.#fetched(method, path, body, headers);
		return response.status === 204 ? (undefined as T) : ((await readJson(response)) as T);
	}

	/** Raises Problem where the server says no, Unreachable where it says nothing. */
	async #fetched(
		method: string,
		path: string,
		body: string | undefined,
		headers: Record<string, string>,
		withinMs = WITHIN_MS,
	): Promise<Response> {
		let response: Response;
		try {
			response = await fetch(this.origin + path, {
				method,
				body,
				headers: { ...(body === undefined ? {} : { 'Content-Type': 'application/json' }), ...headers },
				credentials: 'omit',
				cache: 'no-store',
				signal: AbortSignal.timeout(withinMs),
			});
		} catch (error) {
			throw new Unreachable(path, { cause: error });
		}
		if (response.ok) return response;
		throw problem(response.status, await readJson(response));
	}
}

async function readJson(response: Response): Promise<unknown> {
	try {
		return await response.json();
	} catch (error) {
		throw new Unreachable('an answer that broke off', { cause: error });
	}
}

function problem(status: number, answer: unknown): Problem {
	const { error, detail } = (answer ?? {}) as {
		error?: { code?: string; message?: string; details?: Record<string, unknown> };
		detail?: string;
	};
	return new Problem(
		status,
		error?.code ?? 'unknown',
		error?.message ?? detail ?? 'No reason was given.',
		error?.details,
	);
}
