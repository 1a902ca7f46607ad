import { MemoryTable } from '../../adapters/memory/table.ts';
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
  const apply = (...documents: object[]) => applyDocuments(ports, documents, 'ann', { dryRun: false });
  return { table, apply };
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
  // As a restore, or a release that checked less, may leave it.
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
