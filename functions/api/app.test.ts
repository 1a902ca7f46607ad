import { MemoryTable } from '../../adapters/memory/table.ts';
import type { MachineName } from '../../core/contracts/names.ts';
import { loadLivingRecords } from '../../core/inventory/records.ts';
import { Accounts, Regions } from '../../core/store/entities.ts';
import { put } from '../../core/store/entity.ts';
import { protocolWorld } from '../../test/contract/protocol-world.ts';
import { keptScan } from '../../test/material/scan/kept-scan.ts';
import type { Log } from '../runtime/function-definition.ts';
import { createApp } from './app.ts';
import { MAX_BODY_BYTES } from './request-body.ts';

const ANA = 'ana@example.com';
const json = { 'content-type': 'application/json' };

const policy = {
  apiVersion: 'liftlock/v1alpha1',
  kind: 'UpgradePolicy',
  metadata: { name: 'all' },
  spec: { selector: {}, target: '1.36', waves: [{ name: 'first', maxConcurrency: 1 }] },
};

async function apiOf(clusters: number) {
  const table = new MemoryTable();
  const world = await protocolWorld(table, clusters);
  const started: { machine: MachineName; name: string; input: unknown }[] = [];
  const logged: { message: string; detail: unknown }[] = [];
  let id = 0;
  const ports = {
    ...world.ports,
    executions: {
      ...world.ports.executions,
      start: async (machine: MachineName, name: string, input: unknown) => {
        started.push({ machine, name, input });
      },
    },
    ids: {
      next: () => {
        id += 1;
        return `00000000-0000-4000-8000-${String(id).padStart(12, '0')}`;
      },
    },
  };
  const log: Log = (message, detail) => logged.push({ message, detail });
  const app = createApp(ports, () => ANA, log);
  const call = async (method: string, path: string, body?: unknown) => {
    const init = body === undefined ? { method } : { method, headers: json, body: JSON.stringify(body) };
    const response = await app.request(path, init);
    return { status: response.status, body: (await response.json()) as Record<string, unknown> };
  };
  return { app, call, ports, table, started, logged, world };
}

const errorOf = (answer: { body: unknown }) => (answer.body as { error: { name: string; message: string } }).error;

test('access manifest is for the role that the functions assume, whatever the Fleet says', async () => {
  const { ports } = await apiOf(1);
  const spokeRole = { name: 'Deployed', externalId: 'xx' };
  const answer = await createApp({ ...ports, spokeRole }, () => ANA).request('/v1/access/manifest');
  expect(await answer.text()).toContain(':role/Deployed');
});

test('a page of access checks ends where an answer would be too long, and the next one goes on there', async () => {
  const { call, table } = await apiOf(60);
  const gap = (_: unknown, index: number) => ({
    what: `list ${index}`,
    source: 'object',
    status: 'denied',
    detail: 'x'.repeat(5_000),
  });
  const counts = { errors: 0, warnings: 0, infos: 0, waived: 0, read: 0, gaps: 20, parts: 1 };
  const look = { scannedAt: '2026-11-20T08:00:00.000Z', execution: 'e', from: '1.35', target: '1.36', ...counts };
  const unread = Array.from({ length: 20 }, gap);
  const verdict = 'incomplete' as const;
  const scan = { ...look, verdict, causes: [], unread, dataUpdatedOn: '2026-11-01' };
  for (const { clusterKey } of await loadLivingRecords(table)) await table.transact(keptScan({ ...scan, clusterKey }));
  const first = await call('GET', '/v1/access/check');
  const [items, next] = [first.body.items as { cluster: string }[], first.body.next];
  expect(JSON.stringify(first.body).length).toBeLessThan(5_000_000);
  expect(next).toBe(items.at(-1)?.cluster);
  const rest = await call('GET', `/v1/access/check?after=${next}`);
  expect(items.length + (rest.body.items as unknown[]).length).toBe(60);
});

test('every list answers, with items', async () => {
  const { call } = await apiOf(3);
  for (const list of ['clusters', 'rollouts', 'upgrades', 'policies', 'calendars', 'channels', 'waivers', 'versions']) {
    const { status, body } = await call('GET', `/v1/${list}`);
    expect([list, status, Array.isArray(body.items)]).toEqual([list, 200, true]);
  }
  const { body } = await call('GET', '/v1/fleet');
  expect(body).toMatchObject({ mode: 'act', stopped: false, clusters: 3 });
});

test('an unknown route, an unknown query member and an unknown cluster are told apart', async () => {
  const { call } = await apiOf(1);
  const unknown = await call('GET', '/v1/boats');
  expect([unknown.status, errorOf(unknown).name]).toEqual([404, 'RouteNotFound']);
  const misspelled = await call('GET', '/v1/clusters?selectr=a');
  expect([misspelled.status, errorOf(misspelled).name]).toEqual([400, 'InvalidInput']);
  const nobody = await call('GET', '/v1/clusters/nobody');
  expect([nobody.status, errorOf(nobody).name]).toEqual([404, 'ClusterNotFound']);
  const odd = await call('GET', `/v1/clusters/${encodeURIComponent('../../etc')}`);
  expect([odd.status, errorOf(odd).name]).toEqual([400, 'InvalidInput']);
});

test('a body that is malformed, of another type, too large or has unknown members is refused', async () => {
  const { app, call, table } = await apiOf(1);
  const malformed = await app.request('/v1/fleet/stop', { method: 'POST', headers: json, body: '{"reason": ' });
  expect([malformed.status, errorOf({ body: await malformed.json() }).name]).toEqual([400, 'InvalidInput']);
  const form = await app.request('/v1/fleet/stop', {
    method: 'POST',
    headers: { 'content-type': 'text/plain' },
    body: '{"reason": "x"}',
  });
  expect([form.status, errorOf({ body: await form.json() }).name]).toEqual([415, 'UnsupportedMediaType']);
  const large = await call('PUT', '/v1/config', [{ text: 'x'.repeat(MAX_BODY_BYTES) }]);
  expect([large.status, errorOf(large).name]).toEqual([413, 'BodyTooLarge']);
  const more = await call('POST', '/v1/fleet/stop', { reason: 'x', force: true });
  expect([more.status, errorOf(more).name]).toEqual([400, 'InvalidInput']);
  const silent = await call('POST', '/v1/fleet/stop', {});
  expect(silent.status).toBe(400);
  expect(await table.auditOf('fleet')).toEqual([]);
});

test('whoever nobody vouches for gets nothing', async () => {
  const { ports } = await apiOf(1);
  const closed = createApp(ports, () => undefined);
  for (const path of ['/v1/fleet', '/v1/clusters', '/v1/boats']) {
    const response = await closed.request(path);
    expect(response.status).toBe(403);
  }
});

test('a fault is told without its words, and logged without headers or body', async () => {
  const { app, logged, ports } = await apiOf(1);
  ports.table.queryActive = async () => {
    throw new Error('secret-endpoint.internal refused');
  };
  const response = await app.request('/v1/clusters', { headers: { authorization: 'AWS4 very-secret' } });
  const text = await response.text();
  expect(response.status).toBe(500);
  expect(text).not.toContain('secret');
  expect(JSON.stringify(logged)).not.toContain('very-secret');
  expect(logged[0]?.detail).toMatchObject({ method: 'GET', path: '/v1/clusters' });
});

test('a stop is answered as one though nothing of the fleet can be read', async () => {
  const { call, table } = await apiOf(1);
  await call('POST', '/v1/fleet/stop', { reason: 'first' });
  table.queryActive = async () => {
    throw new Error('throttled');
  };
  const { status, body } = await call('POST', '/v1/fleet/stop', { reason: 'incident 43' });
  expect([status, body]).toMatchObject([200, { stopped: true, before: [{ reason: 'first' }], underWay: null }]);
  expect((body as { stops: object[] }).stops).toHaveLength(2);
});

test('stop and resume carry the principal and the reason into the audit', async () => {
  const { call, table } = await apiOf(1);
  expect((await call('POST', '/v1/fleet/stop', { reason: 'incident 42' })).body).toMatchObject({
    stopped: true,
    stops: [{ by: ANA, reason: 'incident 42' }],
    before: [],
    underWay: { upgradesInFlight: 0, upgradesParked: 0 },
  });
  await call('POST', '/v1/fleet/resume', {});
  const items = await table.auditOf('fleet');
  expect(items.map(({ event, principal }) => [event, principal])).toEqual([
    ['FleetStopped', ANA],
    ['FleetResumed', ANA],
  ]);
});

test('config is applied all or none, and a dry run writes nothing', async () => {
  const { call, table } = await apiOf(1);
  const bad = await call('PUT', '/v1/config', [policy, { ...policy, metadata: { name: 'b' }, spec: {} }]);
  expect([bad.status, errorOf(bad).name]).toEqual([400, 'InvalidInput']);
  expect(errorOf(bad).message).toContain('document 2');
  const dry = await call('PUT', '/v1/config?dryRun=true', [policy]);
  expect(dry.body).toMatchObject({ dryRun: true, items: [{ name: 'all', change: 'created' }] });
  expect((await call('GET', '/v1/policies')).body.items).toEqual([]);
  expect((await call('PUT', '/v1/config', [policy])).body.items).toMatchObject([{ change: 'created' }]);
  expect((await call('PUT', '/v1/config', [policy])).body.items).toMatchObject([{ change: 'unchanged' }]);
  const [item] = await table.auditOf('fleet');
  expect([item?.event, item?.principal]).toEqual(['ConfigApplied', ANA]);
  const second = await call('PUT', '/v1/config', [{ ...policy, metadata: { name: 'other' } }]);
  expect(second.body.warnings).toEqual([
    expect.stringContaining('a cluster with two policies is left alone'),
    expect.stringContaining('By this all and other select web-0'),
  ]);
});

test('config is deleted by who may apply it, in their name, and of the kinds that may be', async () => {
  const { call, table } = await apiOf(1);
  await call('PUT', '/v1/config', [policy]);
  const deleted = await call('POST', '/v1/config/UpgradePolicy/all/delete', { reason: 'renamed' });
  expect([deleted.status, deleted.body.name]).toEqual([200, 'all']);
  expect((await table.auditOf('fleet')).at(-1)).toMatchObject({ event: 'ConfigDeleted', principal: ANA });
  const again = await call('POST', '/v1/config/UpgradePolicy/all/delete', { reason: 'renamed' });
  expect([again.status, errorOf(again).name]).toEqual([404, 'ConfigNotFound']);
  const fleet = await call('POST', '/v1/config/Fleet/fleet/delete', { reason: 'renamed' });
  expect([fleet.status, errorOf(fleet).name]).toEqual([400, 'InvalidInput']);
  expect((await call('POST', '/v1/config/UpgradePolicy/all/delete', {})).status).toBe(400);
});

test('pages of clusters go on where the last one ended', async () => {
  const { call } = await apiOf(5);
  const first = await call('GET', '/v1/clusters?limit=3');
  expect(first.body.items).toHaveLength(3);
  const second = await call('GET', `/v1/clusters?limit=3&after=${encodeURIComponent(String(first.body.next))}`);
  expect(second.body.items).toHaveLength(2);
  expect(second.body.next).toBeUndefined();
});

test('a rollout is planned, created once and told in pages of members', async () => {
  const { call, table, world } = await apiOf(3);
  const [key = ''] = world.clusterKeys;
  const region = key.split(':')[3] ?? '';
  const released = { defaultVersion: false, status: 'STANDARD_SUPPORT', releaseDate: '2024-01-01T00:00:00.000Z' };
  const ends = { endOfStandardSupport: '2029-01-01T00:00:00.000Z', endOfExtendedSupport: '2030-01-01T00:00:00.000Z' };
  const versions = [{ version: '1.36', ...released, ...ends }];
  const checkedAt = world.ports.clock.now().toISOString();
  const offer = { region, versions, announced: [], checkedAt };
  await table.transact([put(Regions, offer, 'absent')]);
  await call('PUT', '/v1/config', [policy]);
  for (const query of ['', '?dryRun=true']) {
    const early = await call('POST', `/v1/rollouts${query}`, { policy: 'all' });
    expect([early.status, errorOf(early).name]).toEqual([409, 'RolloutBlocked']);
  }
  const known = await call('POST', '/v1/rollouts?dryRun=true', { policy: 'all', incompleteInventory: true });
  expect([known.status, known.body.reasons]).toEqual([200, [expect.objectContaining({ code: 'PlannedIncomplete' })]]);
  const at = { region, account: key.split(':')[4] ?? '' };
  await table.transact([put(Accounts, { ...at, status: 'Ok', clusters: 3, checkedAt }, 'absent')]);
  const plan = await call('POST', '/v1/rollouts?dryRun=true', { policy: 'all' });
  expect([plan.status, plan.body.status]).toEqual([200, 'Planned']);
  expect((await call('GET', '/v1/rollouts')).body.items).toEqual([]);
  const created = await call('POST', '/v1/rollouts', { policy: 'all' });
  expect([created.status, created.body.createdBy]).toEqual([201, ANA]);
  const busy = await call('POST', '/v1/rollouts', { policy: 'all' });
  expect([busy.status, errorOf(busy).name]).toEqual([409, 'RolloutBusy']);
  const first = await call('GET', `/v1/rollouts/${created.body.id}?limit=2`);
  const second = await call('GET', `/v1/rollouts/${created.body.id}?limit=2&after=${first.body.next}`);
  const names = [first, second].map(({ body }) => (body.members as { name: string }[]).map(({ name }) => name));
  expect(names).toEqual([['web-0', 'web-1'], ['web-2']]);
});
