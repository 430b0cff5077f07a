/**
 * Who this browser is, per app: the enrolled device and the sign-in on it, kept in localStorage.
 * Several apps of one origin are several devices; `?tablet=2` in a page's address makes its tab one more.
 */
export type App = 'floor' | 'cage' | 'phone' | 'display' | 'admin';
export type Device = { device: string; device_secret: string; kind: string; name: string; venue: string };
export type SignIn = {
	token: string;
	refresh: string;
	expires_ms: number;
	person: string;
	name: string;
	role: string;
	device: string;
	venue: string;
};

const TABLET = 'felt.tablet';

export function deviceOf(app: App): Device | null {
	return kept<Device>(app, 'device');
}

export function keepDevice(app: App, device: Device | null): void {
	keep(app, 'device', device);
}

export function signInOf(app: App): SignIn | null {
	return kept<SignIn>(app, 'sign-in');
}

export function keepSignIn(app: App, signIn: SignIn | null): void {
	keep(app, 'sign-in', signIn);
}

/** Something else small that an app remembers about its device. */
export function noteOf<T>(app: App, what: string): T | null {
	return kept<T>(app, what);
}

export function keepNote(app: App, what: string, value: unknown): void {
	keep(app, what, value);
}

/** Where to sign in for an app, and come back from. */
export function signInPage(app: App): string {
	const { pathname, search } = location;
	return `/auth?${new URLSearchParams({ app, to: pathname + search })}`;
}

function key(app: App, what: string): string {
	const tablet = new URLSearchParams(location.search).get('tablet');
	if (tablet && /^[2-9]$/.test(tablet)) sessionStorage.setItem(TABLET, tablet);
	const which = sessionStorage.getItem(TABLET);
	return `felt.${app}${which ? `~${which}` : ''}.${what}`;
}

function kept<T>(app: App, what: string): T | null {
	const text = localStorage.getItem(key(app, what));
	return text === null ? null : (JSON.parse(text) as T);
}

function keep(app: App, what: string, value: unknown): void {
	if (value === null) localStorage.removeItem(key(app, what));
	else localStorage.setItem(key(app, what), JSON.stringify(value));
}
