/** Enrolling by a key whose kind only the leaf knows: the answer says for which app this browser is that device. */
import { Api } from '#lib/venue/api.ts';
import { type App, type Device, deviceOf, keepDevice, keepSignIn } from '#lib/venue/identity.ts';

const APPS: Record<string, App> = { floor: 'floor', dealer: 'floor', cage: 'cage', display: 'display' };

/** Where a sign-in may lead back to: a path of this origin, else the app itself. */
export function wayBack(to: string | null, app: App): string {
	return to && /^\/(?![/\\])/.test(to) ? to : `/${app}`;
}

export function appOf(name: string | null): App | null {
	return name && ['floor', 'cage', 'admin', 'display', 'phone'].includes(name) ? (name as App) : null;
}

/** Uses the key up; without a name the device is called as the key was made for; `asked` is the app this page was opened for, if any. Raises Problem, Unreachable. */
export async function enrolAs(key: string, name: string | null, asked: App | null): Promise<App> {
	const device = await new Api(asked ?? 'floor').post<Device>(
		'/api/v1/devices/enrol',
		name ? { key, name } : { key },
	);
	const app = asked === 'admin' && device.kind !== 'display' ? 'admin' : (APPS[device.kind] ?? 'floor');
	keepSignIn(app, null);
	keepDevice(app, device);
	return app;
}

/** The device of an app; the admin page of a browser is its floor or cage device when it has no own one. */
export function deviceFor(app: App): Device | null {
	const own = deviceOf(app);
	if (own || app !== 'admin') return own;
	const other = deviceOf('floor') ?? deviceOf('cage');
	if (other) keepDevice('admin', other);
	return other;
}
