/** The few things of a browser that plain modules touch, in node: an address and two storages. */

class MemoryStorage {
	#items = new Map<string, string>();
	getItem = (key: string) => this.#items.get(key) ?? null;
	setItem = (key: string, value: string) => void this.#items.set(key, value);
	removeItem = (key: string) => void this.#items.delete(key);
	clear = () => this.#items.clear();
}

export function browserAt(address: string): void {
	Object.assign(globalThis, {
		location: new URL(address),
		localStorage: new MemoryStorage(),
		sessionStorage: new MemoryStorage(),
	});
}
