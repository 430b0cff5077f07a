/** Devices and people: enrolling by a key, signing in by PIN, claiming a phone. What comes back is kept per app. */
import { Api, Problem, Unreachable } from './api.ts';
import { type App, type Device, deviceOf, keepDevice, keepSignIn, type SignIn } from './identity.ts';

export type Person = { person: string; name: string; role: string };

/** A key works once; without a name the device is called as the key was made for. Problem `key_used`, `key_expired`, `key_unknown`. */
export async function enrol(app: App, key: string, name?: string): Promise<Device> {
	const device = await new Api(app).post<Device>('/api/v1/devices/enrol', name ? { key, name } : { key });
	keepSignIn(app, null);
	keepDevice(app, device);
	return device;
}

/** Who may sign in on this device. */
export function people(app: App): Promise<Person[]> {
	const api = new Api(app);
	return api.get<Person[]>('/api/v1/auth/people', api.deviceAuthorization());
}

/** Problem `wrong_pin` (`tries_left`), `wait` (`wait_ms`), `locked`. */
export async function login(app: App, person: string, pin: string): Promise<SignIn> {
	const device = deviceOf(app);
	if (!device) throw new Problem(401, 'not_enrolled', 'This device is not enrolled.');
	const { device: id, device_secret } = device;
	const body = { method: 'pin', person, pin, device: id, device_secret };
	const signIn = await new Api(app).post<SignIn>('/api/v1/auth/login', body);
	keepSignIn(app, signIn);
	return signIn;
}

/** Signs out here, and at the server where it can be reached. */
export async function logout(app: App): Promise<void> {
	try {
		await new Api(app).post('/api/v1/auth/logout', {});
	} catch (error) {
		if (!(error instanceof Unreachable || error instanceof Problem)) throw error;
	}
	keepSignIn(app, null);
}

/** A player's phone by its one-time code. Problem `code_used`, `code_expired`. */
export async function claim(code: string): Promise<SignIn> {
	type Claimed = SignIn & { player: string; device_secret: string };
	const claimed = await new Api('phone').post<Claimed>('/api/v1/players/claim', { code });
	const { device, device_secret, venue, name } = claimed;
	keepDevice('phone', { device, device_secret, kind: 'phone', name, venue });
	keepSignIn('phone', { ...claimed, person: claimed.player });
	return claimed;
}
