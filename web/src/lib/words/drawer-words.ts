/** Drawers as people say them. `d1` is the ledger's word for "Drawer 1", however somebody wrote it. */

const NUMBERED = /^(?:d|drawer)? *([0-9]{1,9})$/i;
const SAID_MIN = 3; // shorter ones are no words

/** `d1` → "Drawer 1", `Bar-till` → "Bar till", `d` → "Drawer d". Twin of `drawer_name` in `crdt_models`. */
export function drawerName(id: string): string {
	const said = id.replaceAll(/[-_]/g, ' ').trim() || id;
	const numbered = NUMBERED.exec(said);
	if (numbered) return `Drawer ${Number(numbered[1])}`;
	return said.length >= SAID_MIN ? said : `Drawer ${said}`;
}

/** What somebody typed as the ledger's id; empty: no name. */
export function drawerId(typed: string): string {
	const numbered = NUMBERED.exec(typed.trim());
	if (numbered) return `d${Number(numbered[1])}`;
	return typed
		.trim()
		.replace(/[^A-Za-z0-9_-]+/g, '-')
		.replace(/^[-_]+/, '')
		.slice(0, 36);
}

/** "Drawer 2" where there is a first one. */
export function nextDrawer(ids: readonly string[]): string {
	const numbers = ids.map((id) => Number(/^d([0-9]{1,9})$/.exec(id)?.[1] ?? 0));
	return `Drawer ${Math.max(0, ...numbers) + 1}`;
}
