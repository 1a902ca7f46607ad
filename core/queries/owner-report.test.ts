import { MemoryTable } from '../../adapters/memory/table.ts';
import { clusterRecord } from '../../test/material/policy/cluster-record.ts';
import { upgrade } from '../../test/material/protocol/one-upgrade.ts';
import { judged } from '../../test/material/scan/findings.ts';
import { reportOf as scanReport } from '../../test/material/scan/report.ts';
import type { Upgrade } from '../contracts/items/protocol.ts';
import type { ScanCause } from '../contracts/items/scan.ts';
import { readCode } from '../contracts/reasons.ts';
import { saveReport } from '../scan/fleet/report-store.ts';
import { ClusterControls, Clusters, Regions, Upgrades } from '../store/entities.ts';
import { put } from '../store/entity.ts';
import { LatestScanItems } from '../store/scan-entities.ts';
import { ownerReport } from './owner-report.ts';

const NOW = new Date('2026-11-20T12:00:00Z');
const cause = (given: Partial<ScanCause>): ScanCause => ({
  ...{ cause: 'pdb:gateway', severity: 'error', findings: 1, what: 'It allows no disruption.', fixes: ['Allow one.'] },
  ...given,
});
const scan = (target: string, causes: readonly ScanCause[], from = '1.34') => ({
  ...{
    scannedAt: NOW.toISOString(),
    from,
    target,
    verdict: causes.some(({ severity }) => severity === 'error') ? 'fail' : 'pass',
  },
  ...{ errors: 0, warnings: 0, infos: 0, waived: 0, read: 1, gaps: 0, causes, dataUpdatedOn: '' },
});

async function reportOf(
  found: Readonly<
    Record<
      string,
      {
        readonly scans: ReturnType<typeof scan>[];
        readonly team: string;
        readonly version?: string;
        readonly groups?: readonly string[];
        readonly groupsAt?: string;
        /** The upgrade whose node group update is stopped by a budget. */
        readonly held?: string;
        readonly heldBy?: string;
        /** An upgrade that looks again in an hour. */
        readonly waits?: readonly [from: string, to: string];
        /** Since when the control plane of that upgrade is at its version, which no look has seen yet. */
        readonly arrived?: string;
        readonly upgrades?: readonly Upgrade[];
        /** Causes that a waiver covered in the whole report. */
        readonly waived?: readonly string[];
      }
    >
  >,
) {
  const table = new MemoryTable();
  const versions = [
    { version: '1.33', status: 'STANDARD_SUPPORT', endOfStandardSupport: '2026-12-01' },
    { version: '1.34', status: 'STANDARD_SUPPORT', endOfStandardSupport: '2027-03-01' },
    { version: '1.35', status: 'STANDARD_SUPPORT', endOfStandardSupport: '2027-09-01' },
    { version: '1.36', status: 'STANDARD_SUPPORT', endOfStandardSupport: '2028-03-01' },
  ] as const;
  const region = { region: 'eu-central-1', announced: [], checkedAt: NOW.toISOString(), versions: [...versions] };
  await table.transact([put(Regions, region, 'absent')]);
  for (const [
    name,
    {
      scans,
      team,
      version = '1.34',
      groups = [],
      groupsAt = version,
      held,
      heldBy = 'PodEvictionFailure',
      waits,
      arrived: controlPlaneCompletedAt,
      waived = [],
      upgrades = [],
    },
  ] of Object.entries(found)) {
    const nodegroups = groups.map((group) => ({
      name: group,
      status: 'ACTIVE',
      amiType: 'AL2_x86_64',
      version: groupsAt,
      issues: [],
    }));
    const record = clusterRecord({ name, version, tags: { team }, nodegroups: nodegroups as never });
    await table.transact([
      put(Clusters, record, 'absent'),
      put(LatestScanItems, { clusterKey: record.clusterKey, scans: scans as never }, 'absent'),
    ]);
    const reason = { code: readCode(heldBy), message: 'Reached max retries.' };
    const control = { clusterKey: record.clusterKey, held: { reason, since: NOW.toISOString(), upgradeId: held } };
    for (const one of upgrades) await table.transact([put(Upgrades, one, 'absent')]);
    const resumeAt = new Date(NOW.getTime() + 3_600_000).toISOString();
    if (waits !== undefined) {
      const [from, to] = waits;
      const parked = {
        id: `${from}-${to}`,
        status: 'Parked',
        from,
        to,
        clusterKey: record.clusterKey,
        resumeAt,
        controlPlaneCompletedAt,
      } as const;
      await table.transact([put(Upgrades, upgrade(parked), 'absent')]);
    }
    if (held !== undefined) await table.transact([put(ClusterControls, control as never, 'absent')]);
    const report = scanReport({
      from: '1.33',
      target: version,
      findings: waived.map((own) => judged({ cause: own, name: own, owner: 'payments' })),
    });
    const covered = { ...report, findings: report.findings.map((one) => ({ ...one, waived: true })) };
    if (waived.length > 0) await saveReport(table, { clusterKey: record.clusterKey, execution: 'arn:x' }, covered, NOW);
  }
  const { items, ...rest } = await ownerReport({ table, clock: { now: () => NOW } }, 'payments');
  return {
    ...rest,
    items: items.map((one) => [one.cluster.split('.')[2], one.target, one.cause, one.stops, one.before?.slice(0, 10)]),
  };
}

test('what stops a hop comes before warnings, and what ends sooner before what ends later', async () => {
  const { items } = await reportOf({
    late: { team: 'payments', scans: [scan('1.35', [cause({})])] },
    soon: { team: 'payments', version: '1.33', scans: [scan('1.34', [cause({})], '1.33')] },
    warned: { team: 'payments', version: '1.33', scans: [scan('1.34', [cause({ severity: 'warning' })], '1.33')] },
  });
  expect(items).toEqual([
    ['soon', '1.34', 'pdb:gateway', true, '2026-12-01'],
    ['late', '1.35', 'pdb:gateway', true, '2027-03-01'],
    ['warned', '1.34', 'pdb:gateway', false, '2026-12-01'],
  ]);
});

test('an instant at which something else begins than the hop that it is about is not said to be when that is mended', async () => {
  const { items } = await reportOf({
    finishes: { team: 'payments', scans: [scan('1.35', [cause({})])], waits: ['1.34', '1.34'] },
    hops: { team: 'payments', scans: [scan('1.35', [cause({})])], waits: ['1.34', '1.35'] },
  });
  expect(items.map(([name, , , , before]) => [name, before])).toEqual([
    ['hops', '2026-11-20'],
    ['finishes', '2027-03-01'],
  ]);
});

test('a cause belongs to whom it names, else to who owns the cluster, and nobody reads those of others', async () => {
  const { items, clusterCount } = await reportOf({
    own: { team: 'payments', scans: [scan('1.35', [cause({}), cause({ cause: 'helm:x', owner: 'search' })])] },
    other: { team: 'search', scans: [scan('1.35', [cause({ owner: 'payments' }), cause({ cause: 'helm:y' })])] },
  });
  expect([clusterCount, items.map(([name, , what]) => [name, what]).sort()]).toEqual([
    1,
    [
      ['other', 'pdb:gateway'],
      ['own', 'pdb:gateway'],
    ],
  ]);
});

test('what two hops have in common is mended once, before the first that it stops; what is behind a cluster is over, and what EKS does not offer is nobody’s', async () => {
  const warning = cause({ severity: 'warning' });
  const { items } = await reportOf({
    both: { team: 'payments', scans: [scan('1.36', [cause({})]), scan('1.35', [cause({})])] },
    grows: { team: 'payments', scans: [scan('1.35', [warning]), scan('1.36', [cause({})])] },
    past: { team: 'payments', scans: [scan('1.34', [cause({})], '1.33')] },
    unoffered: { team: 'payments', scans: [scan('1.35', []), scan('1.40', [cause({})])] },
  });
  expect(items.map(([name, target, , stops]) => [name, target, stops]).sort()).toEqual([
    ['both', '1.35', true],
    ['grows', '1.36', true],
  ]);
});

test('what a cluster has still to come to its own minor by is not over: a roll is held by it, or a node group is behind', async () => {
  const past = scan('1.34', [cause({})], '1.33');
  const { items } = await reportOf({
    held: { team: 'payments', scans: [past], held: '1.33-1.34' },
    before: { team: 'payments', scans: [past], held: '1.34-1.35' },
    behind: { team: 'payments', scans: [past], groups: ['old'], groupsAt: '1.33' },
  });
  const at = items.filter(([, target, what]) => target === '1.34' && what === 'pdb:gateway');
  expect(at.map(([name, , , stops]) => [name, stops]).sort()).toEqual([
    ['behind', true],
    ['held', true],
  ]);
});

test('a roll that a budget has stopped is held by it, whatever a waiver says of drains; of anything else the waiver holds', async () => {
  const waived = ['drain:payments/gateway', 'helm:x'];
  const { items } = await reportOf({
    held: { team: 'search', scans: [], held: '1.33-1.34', waived },
    other: { team: 'search', scans: [], held: '1.33-1.34', heldBy: 'NodeCreationFailure', waived },
  });
  expect(items.map(([name, target, what, stops]) => [name, target, what, stops])).toEqual([
    ['held', '1.34', 'drain:payments/gateway', true],
  ]);
});

test('clusters of which nobody knows enough are named, so that nothing to mend is not read as all well', async () => {
  const { items, unknown } = await reportOf({ dark: { team: 'payments', scans: [] } });
  expect([items, unknown]).toEqual([[], ['111122223333.eu-central-1.dark']]);
});

test('a cluster whose control plane has just arrived is told at its new minor, of which nobody has looked further yet', async () => {
  const scans = [scan('1.34', [], '1.33')];
  const on = { team: 'payments', version: '1.33', scans, waits: ['1.33', '1.34'] as const };
  const { unknown } = await reportOf({ going: on, there: { ...on, arrived: NOW.toISOString() } });
  expect(unknown).toEqual(['111122223333.eu-central-1.there']);
});

test('what several owners have to mend together stands in the report of each', async () => {
  const { items } = await reportOf({
    shared: {
      team: 'search',
      scans: [scan('1.35', [cause({ owner: 'search, payments', owners: ['search', 'payments'] })])],
    },
  });
  expect(items.map(([name, target]) => [name, target])).toEqual([['shared', '1.35']]);
});

test('two node groups that stop a hop for the same reason are two things to mend', async () => {
  const { items } = await reportOf({ old: { team: 'payments', scans: [], groups: ['a', 'b'] } });
  expect(items.map(([, target, what, stops]) => [target, what, stops])).toEqual([
    ['1.35', 'ScanFinding', true],
    ['1.35', 'ScanFinding', true],
  ]);
});

test('a node group that the last scan has found as well is one thing to mend', async () => {
  const scans = [scan('1.35', [cause({ cause: 'nodegroup:a' })])];
  const { items } = await reportOf({ old: { team: 'payments', scans, groups: ['a', 'b'] } });
  expect(items.map(([, , what]) => what).sort()).toEqual(['ScanFinding', 'nodegroup:a']);
});

const KEY = clusterRecord({ name: 'worse' }).clusterKey;
const since = '2026-11-20T11:40:00.000Z';
const ofOwner = (identity: string, owner?: string) => ({
  identity,
  was: 'well',
  is: 'down',
  said: '0 of 2',
  owner,
  since,
});
const figures = (...named: object[]) => ({
  compared: 2,
  unwell: 2,
  unwellBefore: 0,
  changed: 0,
  worse: named.length,
  named,
});
const hop = upgrade({
  ...{ clusterKey: KEY, id: '1.33-1.34', from: '1.33', to: '1.34', status: 'Failed' },
  steps: {
    'smoke-check': {
      ...{ status: 'failed', reasons: [], startedAt: since },
      detail: {
        comparedAt: NOW.toISOString(),
        verdicts: [
          {
            probe: 'workloads',
            kind: 'state',
            result: 'fail',
            figures: figures(ofOwner('Deployment shop/api', 'payments'), ofOwner('Deployment a/b', 'a')),
          },
          { probe: 'nodes', kind: 'state', result: 'fail', figures: figures(ofOwner('Node n')) },
          { probe: 'urls', kind: 'state', result: 'inconclusive', figures: figures(ofOwner('https://x', 'payments')) },
        ],
      },
    },
  },
});
const back = upgrade({
  ...hop,
  id: 'rollback-1.34-1.33',
  machine: 'rollback-cluster',
  from: '1.34',
  to: '1.33',
  steps: {},
});

test.each([
  ['held by its hop', { held: '1.33-1.34' }, [hop]],
  ['held after its rollback', { held: back.id }, [hop, { ...back, status: 'Succeeded' as const }]],
  ['on its way back', {}, [hop, { ...back, status: 'Running' as const }]],
  [
    'on its way back after a person has asked for it',
    {},
    [
      { ...hop, rolloutId: undefined },
      { ...back, status: 'Parked' as const },
    ],
  ],
])(
  'its owner has to mend what got worse in a hop whose cluster is %s',
  async (_, { held }: { held?: string }, upgrades) => {
    const { items } = await reportOf({
      worse: { team: 'search', scans: [], upgrades, ...(held && { held, heldBy: 'WorkloadUnavailable' }) },
    });
    expect(items).toEqual([['worse', '1.34', 'WorkloadUnavailable', true, '2027-03-01']]);
  },
);

test("what has no owner of its own is its cluster's, and what a person has released is told no more", async () => {
  const found = { team: 'payments', scans: [], upgrades: [hop] };
  const { items } = await reportOf({ worse: { ...found, held: '1.33-1.34', heldBy: 'NodeNotReady' } });
  expect(items.map(([, , cause]) => cause).sort()).toEqual(['NodeNotReady', 'WorkloadUnavailable']);
  expect((await reportOf({ worse: found })).items).toEqual([]);
});

test('it does not claim that an owner has nothing to mend where more was found than lists have room for', async () => {
  const many = { ...scan('1.35', [cause({ owner: 'shop' })]), moreErrors: 'digest' };
  const owners = Array.from({ length: 20 }, (_, at) => `team-${at}`);
  const { unknown } = await reportOf({
    many: { team: 'shop', scans: [many as never] },
    shared: { team: 'shop', scans: [scan('1.35', [cause({ owner: 'many', owners })])] },
    past: { team: 'shop', scans: [{ ...many, from: '1.33', target: '1.34' } as never] },
    whole: { team: 'shop', scans: [scan('1.35', [cause({ owner: 'shop' })])] },
  });
  expect(unknown.map((one) => one.split('.').at(-1))).toEqual(['many', 'shared']);
});

test('what the inventory proves is to be mended once the waiver that covered it has ended', async () => {
  const waivedErrors = [{ rule: 'al2-ami', cause: 'nodegroup:old' }];
  const of = async (waivedUntil: string) => {
    const waived = { ...scan('1.35', []), waivedErrors, waivedUntil } as never;
    return (await reportOf({ web: { team: 'payments', scans: [waived], groups: ['old'] } })).items;
  };
  expect(await of('2026-11-20T13:00:00Z')).toEqual([]);
  expect((await of('2026-11-20T11:00:00Z')).map(([, , what]) => what)).toEqual(['ScanFinding']);
});
