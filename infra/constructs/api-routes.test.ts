import { readdirSync, readFileSync } from 'node:fs';
import { API_ROLES, API_ROUTES, roleOf, routesOf } from '../../core/contracts/api-routes.ts';

const API = new URL('../../functions/api/', import.meta.url);

/** `METHOD /path` of all routes of the function, read from its source: `.post('/:id/pause', …` in the file of `/v1/rollouts`. */
function served(): string[] {
  const app = readFileSync(new URL('app.ts', API), 'utf8');
  const prefixes = new Map([...app.matchAll(/\.route\('([^']+)', (\w+)\)/g)].map(([, path, name]) => [name, path]));
  return readdirSync(new URL('routes/', API))
    .filter((file) => !file.endsWith('.test.ts'))
    .flatMap((file) => {
      const source = readFileSync(new URL(`routes/${file}`, API), 'utf8');
      const prefix = prefixes.get(file.replace('.ts', ''));
      return [...source.matchAll(/\.(get|post|put|patch|delete)\('([^']+)'/g)].map(
        ([, method, path]) =>
          `${method?.toUpperCase()} ${prefix}${path === '/' ? '' : path?.replaceAll(/:(\w+)/g, '{$1}')}`,
      );
    });
}

test('every route that changes something is a route of its own, for IAM to tell apart', () => {
  const changes = (routes: string[]) => routes.filter((route) => !route.startsWith('GET ')).sort();
  expect(changes(served())).toEqual(changes(API_ROUTES.map(({ method, path }) => `${method} ${path}`)));
});

test('every read is below the one that viewers have', () => {
  const reads = served().filter((route) => route.startsWith('GET '));
  expect(reads.length).toBeGreaterThan(5);
  for (const route of reads) expect(route).toMatch(/^GET \/v1\/./);
  expect(routesOf('viewer')).toEqual([{ method: 'GET', path: '/v1/{proxy+}', role: 'viewer' }]);
});

test('an admin may do everything but break the glass, and who may do that only looks besides', () => {
  const own = API_ROUTES.filter(({ role }) => role === 'break-glass');
  expect(own.map(({ path }) => path)).toEqual([
    '/v1/clusters/{id}/break-glass',
    '/v1/rollouts/{id}/waves/{wave}/break-glass',
  ]);
  expect(routesOf('admin')).toEqual(API_ROUTES.filter((route) => !own.includes(route)));
  const others = routesOf('break-glass').filter((route) => !own.includes(route));
  const ends = API_ROUTES.filter(({ path }) => path.endsWith('/break-glass/end'));
  expect(others).toEqual([...routesOf('viewer'), ...ends]);
  expect(routesOf('operator')).toEqual(expect.arrayContaining(ends));
});

const DOCS = new URL('../../docs/', import.meta.url);
const rowOf = (file: string, start: string) =>
  readFileSync(new URL(file, DOCS), 'utf8')
    .split('\n')
    .find((line) => line.startsWith(start));

test.each(API_ROLES)('docs/install.md names every route of a %s, and docs/cli.md has a row of its verbs', (role) => {
  const row = rowOf('install.md', `| \`liftlock-${role}\` `);
  const own = API_ROUTES.filter((route) => route.role === role || route.also === role);
  // `…/pause`, `resume` and `abort`: the first word has the path, the others only the last part.
  const ends = own.map(({ path }) => /[^/]+(?:\/end)?$/.exec(path.replace('{proxy+}', '*'))?.[0] ?? '');
  const isNamed = (end: string) => ['/', '`'].some((before) => row?.includes(`${before}${end}\``));
  expect(ends.filter((end) => !isNamed(end))).toEqual([]);
  expect(rowOf('cli.md', `| ${role} `)).toMatch(/`/);
});

test.each([
  ['GET /v1/clusters/a/explain', 'viewer'],
  ['POST /v1/clusters/a/scans', 'operator'],
  ['POST /v1/clusters/a/drain', 'approver'],
  ['POST /v1/clusters/a/drain/cancel', 'operator'],
  ['PUT /v1/config', 'admin'],
  ['POST /v1/rollouts/r/waves/w/break-glass', 'break-glass'],
  ['POST /v1/config', undefined],
  ['POST /v1/clusters', undefined],
])('%s is for %s', (route, role) => {
  expect(roleOf(route)).toBe(role);
});
