// After a build: what each app loads first, against its budget, and `build/apps.json`, the files an app's
// service worker keeps. Fails the build over budget. Budgets are kB (1,000 bytes) of gzip -9 JavaScript.
import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { gzipSync } from 'node:zlib';

const BUDGETS = { phone: 100, display: 60, floor: 180, cage: 180, admin: 180, auth: 100 };
const BUILD = 'build';
const manifest = JSON.parse(readFileSync('.svelte-kit/output/client/.vite/manifest.json', 'utf8'));
const byFile = new Map(Object.values(manifest).map((chunk) => [`/${chunk.file}`, chunk]));

/** Pages of an app: its own and those below it, as addresses. */
function pages(app) {
	const below = existsSync(`${BUILD}/${app}`) ? readdirSync(`${BUILD}/${app}`, { recursive: true }) : [];
	return [
		`/${app}`,
		...below.filter((name) => name.endsWith('.html')).map((name) => `/${app}/${name.slice(0, -5)}`),
	];
}

/** What the page itself asks for: modules and styles named in its head. */
function named(page) {
	const html = readFileSync(`${BUILD}${page}.html`, 'utf8');
	return [...html.matchAll(/<link href="([^"]+)" rel="(?:modulepreload|stylesheet)"/g)].map(
		(found) => found[1],
	);
}

/** All that may still be loaded from there: static and dynamic imports, but not the other apps' pages. */
function reachable(files) {
	const seen = new Set();
	const walk = (file) => {
		if (seen.has(file)) return;
		seen.add(file);
		const chunk = byFile.get(file);
		if (!chunk) return;
		for (const style of chunk.css ?? []) seen.add(`/${style}`);
		const router = file.includes('/entry/app.');
		for (const key of [...(chunk.imports ?? []), ...(router ? [] : (chunk.dynamicImports ?? []))])
			walk(`/${manifest[key].file}`);
	};
	files.forEach(walk);
	return seen;
}

const bytes = (file) => gzipSync(readFileSync(BUILD + file), { level: 9 }).length;
const assets = (list) => list.filter((name) => existsSync(BUILD + name));
const fonts = readdirSync(`${BUILD}/_app/immutable/assets`)
	.filter((name) => name.startsWith('inter-latin-wght'))
	.map((name) => `/_app/immutable/assets/${name}`);
const { version } = JSON.parse(readFileSync(`${BUILD}/_app/version.json`, 'utf8'));

const apps = {};
let over = false;
for (const [app, budget] of Object.entries(BUDGETS)) {
	const first = named(`/${app}`).filter((file) => file.endsWith('.js'));
	const size = first.reduce((sum, file) => sum + bytes(file), 0);
	const files = new Set(pages(app).flatMap(named));
	const node = manifest['.svelte-kit/generated/build/client-optimized/nodes/1.js'];
	if (node) files.add(`/${node.file}`);
	apps[app] = {
		pages: pages(app),
		files: [...reachable([...files]), ...assets(['/icon.svg', `/${app}.webmanifest`]), ...fonts].sort(),
		first_load_gzip_bytes: size,
	};
	const kb = (size / 1000).toFixed(1);
	console.log(`${app.padEnd(8)} ${kb.padStart(6)} kB of ${budget}`);
	if (size > budget * 1000) {
		console.error(`${app} is over its budget of ${budget} kB`);
		over = true;
	}
}
writeFileSync(`${BUILD}/apps.json`, `${JSON.stringify({ version, apps }, null, '\t')}\n`);
process.exitCode = over ? 1 : 0;
