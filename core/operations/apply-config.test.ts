import { MemoryTable } from '../../adapters/memory/table.ts';
import { isDirty, operatorPorts, recordOf } from '../../test/material/operations/operator-ports.ts';
import { clusterRecord } from '../../test/material/policy/cluster-record.ts';
import { policyWith } from '../../test/material/policy/policies.ts';
import { grant, NOON } from '../../test/material/protocol/one-upgrade.ts';
import { parseConfig } from '../config/parse-config.ts';
import type { ConfigObject } from '../config/types.ts';
import type { ClusterRecord } from '../contracts/items/cluster.ts';
import { revisionOf } from '../hash/canonical-json.ts';
import { authorOf, FLEET } from '../policy/applied.ts';
import type { WriteOperation } from '../ports/table.ts';
import { Clusters, Configs, Grants, Ledgers } from '../store/entities.ts';
import { load, put, replace } from '../store/entity.ts';
import { applyConfig } from './apply-documents.ts';

/** The Fleet that takes these labels from tags. */
function fleet(fromTags: Readonly<Record<string, string>>): ConfigObject {
  const spec = {
    accounts: ['111122223333'],
    regions: ['eu-central-1'],
    spokeRole: { externalId: 'fleet-7' },
    labels: { fromTags },
  };
  const document = { apiVersion: 'liftlock/v1alpha1', kind: 'Fleet', metadata: { name: 'main' }, spec };
  const parsed = parseConfig([{ path: 'fleet.yaml', text: JSON.stringify(document) }]);
  if (parsed.fleet === undefined) throw new Error(JSON.stringify(parsed.errors));
  return parsed.fleet;
}

const web = clusterRecord({ name: 'web', tags: { Stage: 'prod', Team: 'shop' }, labels: {} });
const mail = clusterRecord({ name: 'mail', tags: {}, labels: {} });
const policy = policyWith();
const slower = policyWith({ waves: '[{ name: all, soak: 1h }]' });

/** Records the written kinds by transaction. `meanwhile` runs once, right before a cluster is written, `beforeFleet` before a Fleet is. */
class WatchedTable extends MemoryTable {
  readonly written: string[][] = [];
  meanwhile: (() => Promise<void>) | undefined;
  beforeFleet: (() => Promise<void>) | undefined;

  override async transact(operations: readonly WriteOperation[]): Promise<void> {
    const kinds = operations.flatMap((one) => (one.type === 'put' ? [one.item.kind] : []));
    const act = kinds.includes('Cluster') ? this.meanwhile : undefined;
    if (act !== undefined) this.meanwhile = undefined;
    await act?.();
    if (kinds.includes('Config')) await this.beforeFleet?.();
    this.written.push(kinds);
    await super.transact(operations);
  }
}

/** An inventory of these clusters, without applied config. */
async function world(...clusters: readonly ClusterRecord[]) {
  const table = new WatchedTable();
  const ports = await operatorPorts(table, { fleet: undefined, policy: undefined, cluster: undefined });
  for (const cluster of clusters) await table.transact([put(Clusters, cluster, 'absent')]);
  table.written.length = 0;
  const changeOf = async ({ clusterKey }: ClusterRecord, next: Partial<ClusterRecord>) => {
    const read = await load(table, Clusters, clusterKey);
    if (read === undefined) throw new Error('there is no cluster');
    await table.transact([replace(Clusters, read, { ...read.data, ...next })]);
  };
  const labelsOf = async ({ clusterKey }: ClusterRecord) => (await load(table, Clusters, clusterKey))?.data.labels;
  const apply = (...objects: readonly ConfigObject[]) => applyConfig(ports, objects, 'ann');
  return { ports, table, changeOf, labelsOf, apply };
}

test('what is applied is kept with who applied it and when, and is on record with what was in force before', async () => {
  const { table, apply } = await world();
  expect(await apply(policy)).toStrictEqual([{ kind: 'UpgradePolicy', name: 'standard', change: 'created' }]);
  expect(await apply(slower)).toStrictEqual([
    { kind: 'UpgradePolicy', name: 'standard', change: 'changed', fields: ['spec.waves[all].soak'] },
  ]);
  expect((await load(table, Configs, 'UpgradePolicy', 'standard'))?.data).toEqual({
    kind: 'UpgradePolicy',
    name: 'standard',
    document: JSON.parse(JSON.stringify(slower)),
    revision: revisionOf(slower),
    appliedBy: 'ann',
    appliedAt: NOON.toISOString(),
  });
  const told = { kind: 'UpgradePolicy', name: 'standard' };
  expect(await recordOf(table, 'fleet')).toEqual([
    { event: 'ConfigApplied', principal: 'ann', detail: { ...told, revision: revisionOf(policy) } },
    {
      event: 'ConfigApplied',
      principal: 'ann',
      detail: { ...told, revision: revisionOf(slower), before: revisionOf(policy) },
    },
  ]);
});

const atOnceSlower = policyWith({ waves: '[{ name: all, soak: 1h, maxConcurrency: 9 }]' });
const withCaps = { ...policy, spec: { ...policy.spec, caps: { ...policy.spec.caps, total: 3 } } } as typeof policy;
const atOnce = policyWith({ waves: '[{ name: all, maxConcurrency: 9 }]' });
const estimated = { ...policy, spec: { ...policy.spec, estimates: { upgrade: '2h' } } } as typeof policy;
test.each<[string, readonly (readonly [ConfigObject, string])[], string]>([
  ['its author', [[policy, 'ann']], 'ann'],
  [
    'its author, and somebody changes a cap',
    [
      [policy, 'ann'],
      [withCaps, 'bob'],
    ],
    'ann',
  ],
  [
    'its author, and others change how many at once, and an estimate',
    [
      [policy, 'ann'],
      [atOnce, 'bob'],
      [estimated, 'eve'],
    ],
    'ann',
  ],
  [
    'its author, who changes a cap too',
    [
      [policy, 'ann'],
      [withCaps, 'ann'],
    ],
    'ann',
  ],
  [
    'who changes a soak',
    [
      [policy, 'ann'],
      [slower, 'bob'],
    ],
    'bob',
  ],
  [
    'who changes a soak, and the author changes a cap',
    [
      [policy, 'ann'],
      [slower, 'bob'],
      [atOnceSlower, 'ann'],
    ],
    'bob',
  ],
])('a policy is, for four eyes, of %s', async (_, changes, author) => {
  const { ports, table } = await world();
  for (const [object, by] of changes) await applyConfig(ports, [object], by);
  expect(authorOf((await load(table, Configs, 'UpgradePolicy', policy.metadata.name))?.data)).toBe(author);
});

test('the Fleet is kept under one name, and told under its own', async () => {
  const { table, apply } = await world();
  expect(await apply(fleet({}))).toStrictEqual([{ kind: 'Fleet', name: 'main', change: 'created' }]);
  expect((await load(table, Configs, 'Fleet', FLEET))?.data.name).toBe(FLEET);
  expect(await recordOf(table, 'fleet')).toMatchObject([{ detail: { kind: 'Fleet', name: 'main' } }]);
});

test('what is as applied is not written again, and has no tick look at everything', async () => {
  const { table, apply } = await world();
  await apply(policy, fleet({}));
  const again = await world();
  for (const item of await table.queryPartition('CONFIG', '')) await again.table.restore(item);
  expect((await again.apply(policy, fleet({}))).map(({ change }) => change)).toEqual(['unchanged', 'unchanged']);
  expect(again.table.written).toEqual([]);
  expect(await isDirty(again.table)).toBe(false);
  expect((await again.apply(policy, fleet({ stage: 'Stage' }))).map(({ change }) => change)).toEqual([
    'unchanged',
    'changed',
  ]);
  expect(again.table.written[0]).toEqual(['Config', 'ReconcileMarker']);
  expect(await isDirty(again.table)).toBe(true);
});

test('all objects are written in one transaction, with the mark that has the next tick look at them', async () => {
  const { table, apply } = await world();
  await apply(policy, policyWith({ name: 'other' }));
  expect(table.written).toEqual([['Config', 'Config', 'ReconcileMarker']]);
});

test('another rule for labels changes the labels of every cluster at once', async () => {
  const { table, labelsOf, apply } = await world(web, mail);
  await apply(policy, fleet({ stage: 'Stage' }));
  expect([await labelsOf(web), await labelsOf(mail)]).toEqual([{ stage: 'prod' }, {}]);
  // A cluster without such a tag is not written.
  expect(table.written.filter((kinds) => kinds.includes('Cluster'))).toEqual([['Cluster']]);
});

test('a Fleet that is as applied gives labels to those that an earlier try did not come to', async () => {
  const { changeOf, apply, labelsOf } = await world(web);
  await apply(fleet({ stage: 'Stage' }));
  await changeOf(web, { labels: {} });
  await apply(fleet({ stage: 'Stage' }));
  expect(await labelsOf(web)).toEqual({ stage: 'prod' });
});

test('labels come from the tags that a cluster has when they are written', async () => {
  const { table, changeOf, labelsOf, apply } = await world(web);
  table.meanwhile = () => changeOf(web, { tags: { Stage: 'dev' } });
  await apply(fleet({ stage: 'Stage' }));
  expect(await labelsOf(web)).toEqual({ stage: 'dev' });
});

describe('a Fleet that gives another label to who holds a grant', () => {
  const KEYS = ['total', 'account/111122223333', 'region/eu-central-1', 'label/stage/'];
  const PROD = [...KEYS, 'label/stage/prod'];
  const counted = (times: number) => Object.fromEntries(PROD.map((key) => [key, times]));
  const holds = async (table: WatchedTable, { clusterKey }: ClusterRecord): Promise<void> => {
    const ledger = await load(table, Ledgers);
    const counts = { ...ledger?.data.counts };
    for (const key of KEYS) counts[key] = (counts[key] ?? 0) + 1;
    await table.transact([
      put(Grants, grant({ clusterKey, capKeys: KEYS }), 'absent'),
      replace(Ledgers, ledger, { counts }),
    ]);
  };
  const countsOf = async (table: WatchedTable) => (await load(table, Ledgers))?.data.counts;
  const keysOf = async (table: WatchedTable, { clusterKey }: ClusterRecord) =>
    (await load(table, Grants, clusterKey))?.data.capKeys;
  const inForce = async (table: WatchedTable) => (await load(table, Configs, 'Fleet', FLEET)) !== undefined;
  /** The count right before the Fleet comes into force. */
  const countedBefore = (table: WatchedTable, act: () => Promise<void> = async () => {}) => {
    const seen: unknown[] = [];
    table.beforeFleet = async () => {
      seen.push(await countsOf(table));
      await act();
    };
    return seen;
  };

  test('has it counted by that before it is in force, and for the one before, too', async () => {
    const { table, apply } = await world(web);
    await holds(table, web);
    const seen = countedBefore(table);
    await apply(fleet({ stage: 'Stage' }));
    expect(seen).toEqual([counted(1)]);
    expect(await keysOf(table, web)).toEqual(PROD);
    expect(await countsOf(table)).toEqual(seen[0]);
  });

  test('is in force only when whoever was granted anything meanwhile is counted, too', async () => {
    const shop = clusterRecord({ name: 'shop', tags: { Stage: 'prod' }, labels: {} });
    const { table, apply } = await world(web, shop);
    await holds(table, web);
    const seen = countedBefore(table, async () => {
      expect(await inForce(table)).toBe(false);
      await holds(table, shop);
      table.beforeFleet = async () => void seen.push(await countsOf(table));
    });
    await apply(fleet({ stage: 'Stage' }));
    expect(seen).toEqual([counted(1), counted(2)]);
    expect([await keysOf(table, shop), await inForce(table)]).toEqual([PROD, true]);
  });
});
