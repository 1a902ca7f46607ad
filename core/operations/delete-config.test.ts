import { MemoryTable } from '../../adapters/memory/table.ts';
import { rolloutItem } from '../../test/material/items/rollout-items.ts';
import { isDirty, operatorPorts, recordOf } from '../../test/material/operations/operator-ports.ts';
import { clusterRecord } from '../../test/material/policy/cluster-record.ts';
import { NOON, upgrade } from '../../test/material/protocol/one-upgrade.ts';
import type { ClusterRecord } from '../contracts/items/cluster.ts';
import { reason } from '../contracts/step-result.ts';
import { shortId } from '../model/cluster-key.ts';
import { scanWaivers, selectorAlone, upgradePolicy } from '../policy/applied.ts';
import { selects } from '../policy/policy-of.ts';
import { listCalendars, listChannels, listPolicies } from '../queries/lists.ts';
import { ClusterControls, Clusters, Configs, Rollouts, Upgrades } from '../store/entities.ts';
import { load, put } from '../store/entity.ts';
import { applyDocuments } from './apply-documents.ts';
import { deleteConfig } from './delete-config.ts';

const object = (kind: string, name: string, spec: object) => ({
  apiVersion: 'liftlock/v1alpha1',
  kind,
  metadata: { name },
  spec,
});
const nights = object('Calendar', 'nights', { windows: [{ name: 'nights', schedule: '0 22 * * *', duration: '6h' }] });
const bank = object('Channel', 'bank', { target: 'latest-2' });
const standard = object('UpgradePolicy', 'standard', { selector: {}, target: 'latest', waves: [{ name: 'all' }] });
const fleet = object('Fleet', 'main', {
  accounts: ['111122223333'],
  regions: ['eu-central-1'],
  spokeRole: { externalId: 'fleet-7' },
});
const waiver = object('ScanWaiver', 'budgets', {
  match: { reason: 'removed', kind: 'PodDisruptionBudget' },
  reason: 'It is planned.',
  owner: 'team-payments',
  expires: '2026-12-31',
});

async function world(...documents: readonly object[]) {
  const ports = await operatorPorts(new MemoryTable(), { fleet: undefined, policy: undefined, cluster: undefined });
  const apply = (...more: readonly object[]) => applyDocuments(ports, more, 'ann', { dryRun: false });
  await apply(fleet, ...documents);
  const remove = (kind: Parameters<typeof deleteConfig>[1]['kind'], name: string) =>
    deleteConfig(ports, { kind, name }, 'bob', 'nobody needs it');
  return { ...ports, apply, remove };
}

test('a policy that is deleted is in no list, on record and told, and the next tick looks at everything', async () => {
  const it = await world(standard);
  expect(await it.remove('UpgradePolicy', 'standard')).toEqual({
    kind: 'UpgradePolicy',
    name: 'standard',
    warnings: [],
  });
  expect((await listPolicies(it)).items).toEqual([]);
  const [last] = (await recordOf(it.table, 'fleet')).slice(-1);
  const of = { kind: 'UpgradePolicy', name: 'standard', reason: 'nobody needs it' };
  expect(last).toEqual({ event: 'ConfigDeleted', principal: 'bob', detail: { ...of, before: expect.any(String) } });
  expect(it.told).toEqual([
    { type: 'ConfigDeleted', detail: { version: 1, change: expect.any(String), ...of, by: 'bob' } },
  ]);
  expect(await isDirty(it.table)).toBe(true);
});

test('what is deleted says who has done it, when and why', async () => {
  const dev = object('UpgradePolicy', 'dev', {
    selector: { matchLabels: { env: 'dev' } },
    target: 'latest',
    waves: [{ name: 'all' }],
  });
  const it = await world(nights, dev);
  await it.remove('Calendar', 'nights');
  await it.remove('UpgradePolicy', 'dev');
  const said = { by: 'bob', at: NOON.toISOString(), reason: 'nobody needs it' };
  expect((await load(it.table, Configs, 'Calendar', 'nights'))?.data.deleted).toEqual(said);
  const selector = expect.objectContaining({ matchLabels: { env: 'dev' } });
  expect((await load(it.table, Configs, 'UpgradePolicy', 'dev'))?.data.deleted).toEqual({ ...said, selector });
  expect((await listPolicies(it)).deleted).toEqual([{ name: 'dev', ...said }]);
});

test('calendars, channels and waivers are deleted too, and a built-in channel comes back', async () => {
  const stable = object('Channel', 'stable', { target: 'latest-3' });
  const it = await world(nights, bank, stable, waiver);
  await it.remove('Calendar', 'nights');
  await it.remove('Channel', 'bank');
  await it.remove('Channel', 'stable');
  await it.remove('ScanWaiver', 'budgets');
  expect((await listCalendars(it)).items).toEqual([]);
  const channels = (await listChannels(it)).items.map(({ name, source }) => `${name} ${source}`);
  expect(channels).toContain('stable built-in');
  expect(channels).not.toContain('bank applied');
  expect(await scanWaivers(it.table)).toEqual([]);
});

test('what is deleted is not there to be deleted again, and what there is is named', async () => {
  const it = await world(nights, object('Calendar', 'days', {}));
  await it.remove('Calendar', 'nights');
  await expect(it.remove('Calendar', 'nights')).rejects.toMatchObject({
    name: 'ConfigNotFound',
    message: 'There is no Calendar nights. Applied are days.',
  });
  await expect(it.remove('Channel', 'rapid')).rejects.toMatchObject({
    name: 'WrongState',
    message:
      'The Channel rapid is built in (target latest) and cannot be deleted. A Channel of that name that is applied stands in its place: liftlock apply -f FILE',
  });
  await expect(it.remove('Channel', 'none')).rejects.toThrow('There is no Channel none. None is applied.');
});

test.each<[string, object, 'Calendar' | 'Channel', string, string]>([
  [
    'a Calendar that a wave names',
    object('UpgradePolicy', 'standard', {
      selector: {},
      target: 'latest',
      waves: [{ name: 'all', calendar: ['nights'] }],
    }),
    'Calendar',
    'nights',
    'The Calendar nights is not deleted, since it is in use. The wave all of the policy standard names it.',
  ],
  [
    'a Channel that is the target of a policy',
    object('UpgradePolicy', 'standard', { selector: {}, target: { channel: 'bank' }, waves: [{ name: 'all' }] }),
    'Channel',
    'bank',
    'The Channel bank is not deleted, since it is in use. The target of the policy standard is it.',
  ],
])('%s is not deleted before that policy is', async (_, policy, kind, name, told) => {
  const it = await world(nights, bank, policy);
  await expect(it.remove(kind, name)).rejects.toMatchObject({ name: 'WrongState', message: told });
  await it.remove('UpgradePolicy', 'standard');
  expect((await it.remove(kind, name)).name).toBe(name);
});

test('each of several users is told in a sentence of its own', async () => {
  const waves = (name: string) => [{ name, calendar: 'nights' }];
  const policy = (name: string) =>
    object('UpgradePolicy', name, { selector: {}, target: 'latest', waves: waves(name) });
  const it = await world(nights, policy('a'), policy('b'));
  await expect(it.remove('Calendar', 'nights')).rejects.toThrow(
    'it is in use. The wave a of the policy a names it. The wave b of the policy b names it.',
  );
});

test('whom it leaves alone is told', async () => {
  const it = await world(standard, nights);
  const web = clusterRecord({ name: 'web', tags: { 'liftlock/calendar': 'nights' } });
  await it.table.transact([put(Clusters, web, 'absent')]);
  expect((await it.remove('Calendar', 'nights')).warnings).toEqual([
    'A tag of web names it: nothing begins there before the Calendar is applied again or the tag is changed. A cluster of an open wave that has not begun leaves its rollout within a minute (Excluded, BadTag), and does not come back into that wave.',
  ]);
  expect((await it.remove('UpgradePolicy', 'standard')).warnings).toEqual([
    'No policy selects web any more: no rollout upgrades what no policy selects.',
  ]);
});

test('those of them that are held, or were left half done, are named, with where what a person does is said', async () => {
  const it = await world(standard);
  const [held, left, well] = ['a', 'b', 'c'].map((name) => clusterRecord({ name })) as [
    ClusterRecord,
    ClusterRecord,
    ClusterRecord,
  ];
  const hold = { reason: reason('GotWorse', 'x'), since: NOON.toISOString() };
  const parked = upgrade({ clusterKey: left.clusterKey, status: 'Parked', mutated: true, rolloutId: 'r' });
  await it.table.transact([
    ...[held, left, well].map((one) => put(Clusters, one, 'absent' as const)),
    put(ClusterControls, { clusterKey: held.clusterKey, held: hold }, 'absent'),
    put(Rollouts, rolloutItem({ id: 'r', policy: 'standard', status: 'Aborted' }), 'any'),
    put(Upgrades, parked, 'absent'),
  ]);
  expect((await it.remove('UpgradePolicy', 'standard')).warnings).toEqual([
    'No policy selects a, b, c any more: no rollout upgrades what no policy selects.',
    'Held or half done among them: a, b. Once no policy selects a cluster, no rollout that has ended tries it again. What a person does about each then says: liftlock explain cluster a',
  ]);
});

test('the command for a cluster that is held names it in full where another cluster has its name', async () => {
  const dev = object('UpgradePolicy', 'dev', {
    selector: { matchLabels: { env: 'dev' } },
    target: 'latest',
    waves: [{ name: 'all' }],
  });
  const it = await world(dev);
  await it.apply({ ...fleet, spec: { ...fleet.spec, labels: { fromTags: { env: 'env' } } } });
  const held = clusterRecord({ name: 'web', tags: { env: 'dev' } });
  const other = clusterRecord({ name: 'web', account: '444455556666' });
  const hold = { reason: reason('GotWorse', 'x'), since: NOON.toISOString() };
  await it.table.transact([
    ...[held, other].map((one) => put(Clusters, one, 'absent' as const)),
    put(ClusterControls, { clusterKey: held.clusterKey, held: hold }, 'absent'),
  ]);
  expect((await it.remove('UpgradePolicy', 'dev')).warnings[1]).toContain(` liftlock explain cluster ${shortId(held)}`);
});

test('the same document that was deleted is created anew, by whoever applies it then', async () => {
  const it = await world(standard);
  await it.remove('UpgradePolicy', 'standard');
  const { items } = await it.apply(standard);
  expect(items).toEqual([{ kind: 'UpgradePolicy', name: 'standard', change: 'created' }]);
  expect((await load(it.table, Configs, 'UpgradePolicy', 'standard'))?.data.deleted).toBeUndefined();
  expect((await listPolicies(it)).items).toHaveLength(1);
});

test('what is deleted can be named by nobody', async () => {
  const it = await world(nights);
  await it.remove('Calendar', 'nights');
  const named = { selector: {}, target: 'latest', waves: [{ name: 'all', calendar: 'nights' }] };
  await expect(it.apply(object('UpgradePolicy', 'standard', named))).rejects.toThrow('there is no Calendar "nights"');
});

test('to the release before, which knows of no deletion, a deleted policy selects no cluster', async () => {
  const it = await world(standard);
  await it.remove('UpgradePolicy', 'standard');
  const { deleted, ...before } = (await load(it.table, Configs, 'UpgradePolicy', 'standard'))?.data ?? {};
  const selector = upgradePolicy(before as never)?.spec.selector;
  expect(selector).toBeDefined();
  expect(selector && selects(selector, clusterRecord({ name: 'web' })).matches).toBe(false);
  expect(selectorAlone(before as never)).toEqual(selector);
});

test.each(['the deletion', 'the policy'])(
  'of a policy that comes to name a Calendar and its deletion at once one is refused: %s was decided first',
  async (which) => {
    const it = await world(nights);
    const named = { selector: {}, target: 'latest', waves: [{ name: 'all', calendar: 'nights' }] };
    const policy = object('UpgradePolicy', 'standard', named);
    let other: (() => Promise<unknown>) | undefined;
    // The function of the first has written nothing yet, so it reads the end of the record once it has decided.
    const table = new Proxy(it.table, {
      get: (target, key: keyof MemoryTable) => {
        const method = target[key] as (...given: unknown[]) => Promise<unknown>;
        if (key !== 'auditHead') return method.bind(target);
        return async (...given: unknown[]) => {
          const act = other;
          other = undefined;
          await act?.();
          return method.apply(target, given);
        };
      },
    });
    const ports = { ...it, table };
    const remove = (by: typeof ports) => deleteConfig(by, { kind: 'Calendar', name: 'nights' }, 'bob', 'unused');
    const apply = (by: typeof ports) => applyDocuments(by, [policy], 'ann', { dryRun: false });
    const [first, second] = which === 'the deletion' ? [remove, apply] : [apply, remove];
    other = () => second(it);
    await expect(first(ports)).rejects.toThrow(/in use|there is no Calendar/);
    expect(other).toBeUndefined();
  },
);
