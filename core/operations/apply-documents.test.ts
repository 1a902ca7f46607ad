import { MemoryTable } from '../../adapters/memory/table.ts';
import { clusterRecord } from '../../test/material/policy/cluster-record.ts';
import { reportOf } from '../../test/material/scan/report.ts';
import { saveReport } from '../scan/fleet/report-store.ts';
import { Clusters } from '../store/entities.ts';
import { load, put } from '../store/entity.ts';
import { LatestScanItems } from '../store/scan-entities.ts';
import { applyDocuments } from './apply-documents.ts';

const object = (kind: string, name: string, spec: object) => ({
  apiVersion: 'liftlock/v1alpha1',
  kind,
  metadata: { name },
  spec,
});
const policy = (wave: object, spec: object = {}) =>
  object('UpgradePolicy', 'standard', { selector: {}, target: 'latest', waves: [{ name: 'all', ...wave }], ...spec });
const fleet = (spec: object) =>
  object('Fleet', 'main', {
    accounts: ['111122223333'],
    regions: ['eu-central-1'],
    spokeRole: { externalId: 'fleet-7' },
    ...spec,
  });
const nights = object('Calendar', 'nights', { windows: [{ name: 'nights', schedule: '0 22 * * *', duration: '6h' }] });

function world() {
  return worldOf().apply;
}

function worldOf() {
  const table = new MemoryTable();
  const ports = { table, clock: { now: () => new Date('2026-11-20T12:00:00Z') }, events: { publish: async () => {} } };
  const apply = (...documents: unknown[]) => applyDocuments(ports, documents, 'ann', { dryRun: false });
  const preview = (...documents: unknown[]) => applyDocuments(ports, documents, 'ann', { dryRun: true });
  return { table, ports, apply, preview };
}

test('a policy may name a Calendar and a Channel that come with it or are in force', async () => {
  const apply = world();
  const bank = object('Channel', 'bank', { target: 'latest-2' });
  const together = await apply(nights, bank, policy({ calendar: 'nights' }, { target: { channel: 'bank' } }));
  expect(together.items.map(({ change }) => change)).toEqual(['created', 'created', 'created']);
  expect(together.warnings).toEqual([]);
  const later = await apply(policy({ calendar: ['nights'], soak: '1h' }, { target: { channel: 'bank' } }));
  expect(later).toMatchObject({ items: [{ change: 'changed' }], warnings: [] });
});

test('a policy that names a Calendar or Channel that is nowhere is refused, and nothing is applied', async () => {
  const apply = world();
  await expect(apply(nights, policy({ calendar: 'nigths' }))).rejects.toThrow(
    'Nothing was applied. document 2: spec.waves[0].calendar: there is no Calendar "nigths", neither here nor in force',
  );
  await expect(apply(policy({}, { target: { channel: 'bank' } }))).rejects.toThrow('there is no Channel "bank"');
  expect((await apply(nights)).items).toMatchObject([{ change: 'created' }]);
});

test('what is refused is refused before the clusters are read', async () => {
  const { table, ports } = worldOf();
  const read: unknown[] = [];
  const watched = new Proxy(table, {
    get: (target, name: keyof MemoryTable) => {
      const method = target[name] as (...given: unknown[]) => unknown;
      return (...given: unknown[]) => {
        read.push(given[0]);
        return method.apply(target, given);
      };
    },
  });
  const apply = (wave: object) =>
    applyDocuments({ ...ports, table: watched }, [policy(wave)], 'ann', { dryRun: false });
  await expect(apply({ calendar: 'nights' })).rejects.toThrow('there is no Calendar "nights"');
  expect(read).not.toContain(Clusters.kind);
  await apply({});
  expect(read).toContain(Clusters.kind);
});

test('a Fleet that names another role than the functions assume is told so, since only a deployment changes that', async () => {
  const { ports } = worldOf();
  const spokeRole = { name: 'LiftlockSpoke', externalId: 'deployed' };
  const apply = (said: object) =>
    applyDocuments(ports, [fleet({ spokeRole: said })], 'ann', { dryRun: false, spokeRole });
  const { warnings } = await apply({ externalId: 'fleet-7' });
  expect(warnings).toEqual([
    'The Fleet says spokeRole LiftlockSpoke with the external id fleet-7, and changes nothing by it: functions assume LiftlockSpoke with the external id deployed, as deployed. Write that into the Fleet, or deploy with other settings (spokeRoleName, externalId).',
  ]);
  expect((await apply({ name: 'Other', externalId: 'deployed' })).warnings).toHaveLength(1);
  expect((await apply({ externalId: 'deployed' })).warnings).toEqual([]);
});

test('caps are compared with the Fleet in force', async () => {
  const apply = world();
  await apply(fleet({ caps: { total: 3 } }));
  const { warnings } = await apply(policy({}, { caps: { total: 5 } }));
  expect(warnings).toEqual([expect.stringContaining('spec.caps.total: the Fleet allows 3')]);
});

test('what would make a policy in force wrong is refused, and says which one', async () => {
  const apply = world();
  const smoke = { smoke: { urls: ['https://web.internal/'] } };
  await apply(fleet({ allowedHosts: ['web.internal'] }), policy({}, smoke));
  await expect(apply(fleet({ allowedHosts: [] }))).rejects.toThrow(
    'Nothing was applied. the policy standard in force: spec.smoke.urls[0]: "web.internal"',
  );
  const both = await apply(fleet({ allowedHosts: [] }), policy({}));
  expect(both.items.map(({ change }) => change)).toEqual(['changed', 'changed']);
});

test('what was wrong in force before keeps nobody from correcting something else', async () => {
  const before = worldOf();
  await before.apply(nights, policy({ calendar: 'nights' }));
  // A restore, or a release with fewer checks, may leave such a document.
  const { table, apply } = worldOf();
  for (const item of await before.table.queryPartition('CONFIG', 'UpgradePolicy#')) await table.restore(item);
  expect((await apply(object('Calendar', 'weekend', {}))).items).toMatchObject([{ change: 'created' }]);
  await expect(apply(policy({ calendar: 'nights', soak: '2h' }))).rejects.toThrow('there is no Calendar "nights"');
});

test('a Calendar whose windows become too short for a policy in force is refused', async () => {
  const apply = world();
  await apply(nights, policy({ calendar: 'nights' }));
  const shorter = object('Calendar', 'nights', {
    windows: [{ name: 'nights', schedule: '0 22 * * *', duration: '30m' }],
  });
  await expect(apply(shorter)).rejects.toThrow(
    'Nothing was applied. the policy standard in force: spec.waves[0].calendar: an upgrade takes 60m',
  );
  expect((await apply(shorter, policy({ calendar: 'nights', mayOverrun: true }))).items).toHaveLength(2);
});

const nested = (levels: number) => Array.from({ length: levels }).reduce<unknown>((inner) => [inner], 1);
const calendars = (count: number) =>
  Array.from({ length: count }, (_, index) => object('Calendar', `calendar-${index}`, {}));

test.each<[string, readonly unknown[], string]>([
  ['nothing at all', [], 'There is no document to apply.'],
  [
    'more than one transaction takes',
    calendars(49),
    '49 of these documents are new or changed, and at most 48 can be applied all or none.',
  ],
  ['what is no document', ['nights'], 'document 1: '],
  ['what would exhaust the stack', [nights, { spec: nested(50_000) }], 'document 2 is nested too deeply to be read.'],
])('%s is refused', async (_, documents, told) => {
  const { table, apply } = worldOf();
  await expect(apply(...documents)).rejects.toThrow(told);
  await expect(apply(...documents)).rejects.toMatchObject({ name: 'InvalidInput' });
  expect(await table.queryPartition('CONFIG', '')).toEqual([]);
});

test('what is refused for its size ends no waiver: looks that rest on it go on counting', async () => {
  const { table, apply } = worldOf();
  const waiver = (reason: string) =>
    object('ScanWaiver', 'legacy', {
      ...{ match: { reason: 'removed', kind: 'PodDisruptionBudget' }, owner: 'team', expires: '2026-12-31' },
      reason,
    });
  await apply(waiver('The next chart mends it.'));
  const report = reportOf({ from: '1.35' });
  const by = { until: '2026-12-31T00:00:00.000Z', by: ['legacy'] };
  const run = { clusterKey: 'k', execution: 'arn:x' };
  await saveReport(table, run, { ...report, waivers: { ...report.waivers, ...by } }, new Date('2026-11-20T11:00:00Z'));
  const rests = async () => (await load(table, LatestScanItems, 'k'))?.data.scans[0]?.waivedUntil;
  const changed = { ...waiver('x'), spec: { ...waiver('x').spec, match: { reason: 'removed', kind: 'Ingress' } } };
  await expect(apply(changed, ...calendars(48))).rejects.toThrow('at most 48 can be applied all or none');
  expect(await rests()).toBe(by.until);
  await apply(changed);
  expect(await rests()).toBe('2026-11-20T12:00:00.000Z');
});

test('as many documents as one transaction takes are applied, beside any number that are as applied', async () => {
  const { apply, preview } = worldOf();
  expect((await apply(...calendars(48))).items).toHaveLength(48);
  await expect(preview(...calendars(97))).rejects.toThrow('49 of these documents are new or changed');
  expect((await preview(...calendars(96))).items).toHaveLength(96);
  const items = (await apply(...calendars(96))).items.map(({ change }) => change);
  expect([items.slice(0, 48), items.slice(48)]).toEqual([Array(48).fill('unchanged'), Array(48).fill('created')]);
});

test('everything wrong is told at once, by document', async () => {
  const apply = world();
  const told = expect.stringMatching(/^document [13]: /);
  await expect(apply(object('Calendar', 'a', { windows: 1 }), nights, policy({ soak: 'long' }))).rejects.toMatchObject({
    name: 'InvalidInput',
    details: { problems: [told, told] },
  });
});

const waiver = object('ScanWaiver', 'budgets', {
  match: { reason: 'removed', kind: 'PodDisruptionBudget' },
  reason: 'It is planned.',
  owner: 'team-payments',
  expires: '2026-12-31',
});

test('while a document is wrong it is not told what others miss because of it', async () => {
  const told = expect.stringMatching(/^document 1: /);
  await expect(world()(object('Calendar', 'days', { windows: 1 }), policy({ calendar: 'days' }))).rejects.toMatchObject(
    { details: { problems: [told] } },
  );
});

test('every kind is applied, and what it names may come later in the same request', async () => {
  const bank = object('Channel', 'bank', { target: 'latest-2' });
  const { table, apply } = worldOf();
  const { items } = await apply(
    waiver,
    policy({ calendar: 'nights' }, { target: { channel: 'bank' } }),
    bank,
    nights,
    fleet({}),
  );
  expect(items.map(({ kind, name }) => `${kind} ${name}`).sort()).toEqual([
    'Calendar nights',
    'Channel bank',
    'Fleet main',
    'ScanWaiver budgets',
    'UpgradePolicy standard',
  ]);
  expect(await table.queryPartition('CONFIG', '')).toHaveLength(5);
});

test('a try says what would be created and changed, and applies nothing', async () => {
  const { table, apply, preview } = worldOf();
  await apply(nights, fleet({}));
  const before = await table.queryPartition('CONFIG', '');
  expect(await preview(nights, fleet({ caps: { total: 3 } }), policy({ soak: '1h' }))).toStrictEqual({
    items: [
      { kind: 'Fleet', name: 'main', change: 'changed', fields: ['spec.caps.total'] },
      { kind: 'UpgradePolicy', name: 'standard', change: 'created' },
      { kind: 'Calendar', name: 'nights', change: 'unchanged' },
    ],
    warnings: [],
    dryRun: true,
  });
  expect(await table.queryPartition('CONFIG', '')).toEqual(before);
  await expect(preview(policy({ calendar: 'nigths' }))).rejects.toThrow('there is no Calendar "nigths"');
  expect((await apply(policy({}))).dryRun).toBe(false);
});

test('hosts are those of the Fleet in force, until another one comes with the request', async () => {
  const apply = world();
  const smoke = policy({}, { smoke: { urls: ['https://web.internal/'] } });
  await expect(apply(smoke)).rejects.toThrow('"web.internal"');
  await apply(fleet({ allowedHosts: ['web.internal'] }));
  expect((await apply(smoke)).items).toMatchObject([{ change: 'created' }]);
});

test('warnings are those of the documents that were sent, not of what is in force beside them', async () => {
  const apply = world();
  await apply(fleet({ caps: { total: 3 } }), policy({}, { caps: { total: 5 } }));
  expect((await apply(nights)).warnings).toEqual([]);
  expect((await apply(policy({ soak: '1h' }, { caps: { total: 5 } }))).warnings).toEqual([
    expect.stringMatching(/^document 1:.* warning: spec\.caps\.total/),
  ]);
});

test('another Fleet takes the place of the one in force, whatever its name', async () => {
  const apply = world();
  await apply(fleet({}));
  const renamed = { ...fleet({ caps: { total: 3 } }), metadata: { name: 'other' } };
  const fields = ['metadata.name', 'spec.caps.total'];
  expect((await apply(renamed)).items).toEqual([{ kind: 'Fleet', name: 'other', change: 'changed', fields }]);
});

test('a document takes the place of the one of its kind and name alone', async () => {
  const apply = world();
  const standard = object('Calendar', 'standard', { windows: [{ name: 'w', schedule: '0 22 * * *', duration: '6h' }] });
  await apply(standard, policy({ calendar: 'standard' }));
  const weekend = object('Calendar', 'weekend', {});
  expect((await apply(weekend, policy({ calendar: 'standard', soak: '2h' }))).items).toHaveLength(2);
  // A Channel with the name of a Calendar: the Calendar stays in force.
  expect((await apply(object('Channel', 'standard', { target: 'latest-2' }))).items).toHaveLength(1);
  expect((await apply(policy({ calendar: 'standard', soak: '1h' }))).items).toMatchObject([{ change: 'changed' }]);
});

test('who is left alone since several policies select it by what is applied is named, by a try as well, and only once', async () => {
  const { table, apply, preview } = worldOf();
  const selecting = (name: string, selector: object) =>
    object('UpgradePolicy', name, { selector, target: 'latest', waves: [{ name: 'all' }] });
  const clusters: [string, Record<string, string>][] = [
    ['shop', { network: 'private', environment: 'staging' }],
    ['web', { network: 'public', environment: 'staging' }],
    ['app', { network: 'public', environment: 'dev' }],
  ];
  const labels = { labels: { fromTags: { network: 'network', environment: 'environment' } } };
  for (const [name, tags] of clusters) await table.transact([put(Clusters, clusterRecord({ name, tags }), 'absent')]);
  const standard = { matchExpressions: [{ key: 'network', operator: 'NotIn', values: ['private'] }] };
  const ofPrivate = selecting('private', { matchLabels: { network: 'private' } });
  const named = async (told: Promise<{ warnings: string[] }>) =>
    (await told).warnings.flatMap((one) => /^By this (.*?): /.exec(one)?.[1] ?? []);
  expect(await named(apply(fleet(labels), ofPrivate, selecting('standard', standard)))).toEqual([]);
  const third = selecting('third', { matchLabels: { environment: 'staging' } });
  const expected = ['private and third select shop', 'standard and third select web'];
  expect((await named(preview(third))).sort()).toEqual(expected);
  expect((await named(apply(third))).sort()).toEqual(expected);
  expect(await named(apply({ ...third, spec: { ...third.spec, target: '1.37' } }))).toEqual([]);
  expect(await named(apply(selecting('all', {})))).toHaveLength(3);
  // A Fleet that gives other labels moves clusters under other policies.
  expect(
    await named(apply(fleet({ labels: { fromTags: { environment: 'network', network: 'environment' } } }))),
  ).toEqual(['all and standard select shop']);
});
