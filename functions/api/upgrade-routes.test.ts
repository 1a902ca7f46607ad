import { MemoryTable } from '../../adapters/memory/table.ts';
import type { UpgradePlan } from '../../core/queries/upgrade-plan.ts';
import { FleetControls, Regions } from '../../core/store/entities.ts';
import { put } from '../../core/store/entity.ts';
import { protocolWorld } from '../../test/contract/protocol-world.ts';
import { createApp } from './app.ts';

interface UpgradeError {
  readonly error: { readonly name: string; readonly details: { readonly plan: UpgradePlan } };
}

const ANA = 'ana@example.com';

async function apiWithVersions() {
  const table = new MemoryTable();
  const world = await protocolWorld(table, 1);
  const [key = ''] = world.clusterKeys;
  const region = key.split(':')[3] ?? '';
  const row = { status: 'STANDARD_SUPPORT', defaultVersion: false };
  const versions = ['1.34', '1.35', '1.36', '1.37'].map((version) => ({ ...row, version }));
  const checkedAt = world.ports.clock.now().toISOString();
  const dates = { endOfStandardSupport: '2029-01-01T00:00:00.000Z', endOfExtendedSupport: '2030-01-01T00:00:00.000Z' };
  const offered = versions.map((version) => ({ ...version, releaseDate: '2024-01-01T00:00:00.000Z', ...dates }));
  const data = { region, versions: offered, announced: [], checkedAt };
  await table.transact([put(Regions, data, 'absent')]);
  const started: { name: string; input: unknown }[] = [];
  const executions = {
    ...world.ports.executions,
    start: async (_machine: string, name: string, input: unknown) => {
      started.push({ name, input });
    },
  };
  const ids = { next: () => '00000000-0000-4000-8000-000000000001' };
  const app = createApp({ ...world.ports, executions, ids }, () => ANA);
  const ask = async (body: unknown) => {
    const response = await app.request('/v1/clusters/web-0/upgrade', {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify(body),
    });
    return { status: response.status, body: (await response.json()) as UpgradePlan & UpgradeError };
  };
  return { ask, app, table, started, key };
}

test('the plan is the default: nothing starts and nothing is written', async () => {
  const { ask, table, started, key } = await apiWithVersions();
  const { status, body } = await ask({ to: '1.36' });
  expect(status).toBe(200);
  expect(body).toMatchObject({ status: 'NotApproved', from: '1.35', hops: ['1.36'], refusals: [], execution: null });
  expect(started).toEqual([]);
  expect(await table.auditOf(key)).toEqual([]);
});

test('the plan is read as well, by who may read and not begin: it is the same, and what is asked for wrongly is refused', async () => {
  const { ask, app, table, started, key } = await apiWithVersions();
  const read = async (path: string) => {
    const response = await app.request(`/v1/clusters/web-0/${path}`);
    return { status: response.status, body: await response.json() };
  };
  expect(await read('upgrade?to=1.36')).toEqual(await ask({ to: '1.36' }));
  expect(await read('rollback')).toMatchObject({ status: 200, body: { status: 'Blocked', from: '1.35', to: '1.34' } });
  const noGroup = { error: { message: expect.stringContaining('has no node group "legacy"') } };
  expect(await read('drain?nodegroup=legacy')).toMatchObject({ status: 400, body: noGroup });
  for (const wrong of ['upgrade', 'upgrade?to=1.36&approve=true', 'rollback?approve=true', 'drain'])
    expect((await read(wrong)).status).toBe(400);
  expect([started, await table.auditOf(key)]).toEqual([[], []]);
});

test('approved, it starts the next hop under a name that nested executions can be named after, audited before', async () => {
  const { ask, table, started, key } = await apiWithVersions();
  const { status, body } = await ask({ to: '1.36', approve: true });
  expect([status, body.status]).toEqual([202, 'Started']);
  expect(started).toEqual([
    { name: expect.any(String), input: expect.objectContaining({ targetVersion: '1.36', contract: 2 }) },
  ]);
  expect(started[0]?.name.length).toBeLessThanOrEqual(46);
  expect(started[0]?.name).toMatch(/^[0-9A-Za-z_-]+$/);
  const [item] = await table.auditOf(key);
  expect(item).toMatchObject({ event: 'UpgradeRequested', principal: ANA, detail: { to: '1.36' } });
  expect(item?.detail.execution).toBe(body.execution);
});

test('two minors are two hops, and approving starts the first alone', async () => {
  const { ask, started } = await apiWithVersions();
  const { body } = await ask({ to: '1.37', approve: true });
  expect(body.hops).toEqual(['1.36', '1.37']);
  expect(body.notes[0]?.code).toBe('OneHopAtATime');
  expect(started[0]?.input).toMatchObject({ targetVersion: '1.36' });
});

test.each([
  ['a downgrade', '1.34', 'Downgrade'],
  ['the version it has', '1.35', 'AlreadyThere'],
  ['a version that EKS does not offer', '1.38', 'NotOffered'],
])('%s is refused with its reason, also when approved', async (_what, to, code) => {
  const { ask, started } = await apiWithVersions();
  const plan = await ask({ to });
  expect([plan.status, plan.body.status, plan.body.refusals[0]?.code]).toEqual([200, 'Blocked', code]);
  const approved = await ask({ to, approve: true });
  expect([approved.status, approved.body.error.name]).toEqual([409, 'UpgradeBlocked']);
  expect(approved.body.error.details.plan.refusals[0]?.code).toBe(code);
  expect(started).toEqual([]);
});

test('a stopped fleet starts nothing', async () => {
  const { ask, table, started } = await apiWithVersions();
  await table.transact([put(FleetControls, { stopped: true, by: ANA, reason: 'x' }, 'absent')]);
  const { body } = await ask({ to: '1.36', approve: true });
  expect(body.error.details.plan.refusals.map(({ code }) => code)).toEqual(['FleetStopped']);
  expect(started).toEqual([]);
});

test.each(['1.3O', '1', '', 'v1.36', '1.36.2', 'latest'])('"%s" is not a minor', async (to) => {
  const { ask } = await apiWithVersions();
  const { status, body } = await ask({ to });
  expect([status, body.error.name]).toEqual([400, 'InvalidInput']);
});
