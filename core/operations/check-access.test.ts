import { MemoryTable } from '../../adapters/memory/table.ts';
import { operatorPorts } from '../../test/material/operations/operator-ports.ts';
import { policyWith } from '../../test/material/policy/policies.ts';
import { cluster, policyConfig, upgrade } from '../../test/material/protocol/one-upgrade.ts';
import { keptScan } from '../../test/material/scan/kept-scan.ts';
import { drainSchema } from '../config/schema/drain.ts';
import type { ClusterRecord } from '../contracts/items/cluster.ts';
import type { Upgrade } from '../contracts/items/protocol.ts';
import type { ScanSummary } from '../contracts/items/scan.ts';
import { reason } from '../contracts/step-result.ts';
import type { ScanRunView } from '../queries/scan-history.ts';
import { type AccessCheck, type AccessReport, accessCauses, accessStatus, withScan } from './access-report.ts';
import {
  checkAccess,
  checkDrains,
  checkEksFromInventory,
  checkHookJobs,
  checkServerFromScans,
  scanSeen,
} from './check-access.ts';

const record = {
  account: '111111111111',
  region: 'eu-central-1',
  name: 'web',
  lastSeenAt: '2026-11-20T06:30:00.000Z',
  conditions: [],
  unreadable: [],
} as unknown as ClusterRecord;

const statuses = (checks: readonly AccessCheck[]) => checks.map(({ what, status }) => `${what} ${status}`);

test('the inventory tells what discovery met, and updates are known once a scan has listed them', () => {
  const denied = { ...reason('Unreadable', 'add-ons: no'), part: 'add-ons', error: 'AccessDeniedException' };
  const partly = { ...record, unreadable: [denied] };
  const checks = checkEksFromInventory(partly, undefined);
  expect(statuses(checks)).toEqual([
    'cluster Readable',
    'node groups Readable',
    'add-ons Refused',
    'Fargate profiles Readable',
    'insights Readable',
    'updates NotChecked',
  ]);
  const at = '2026-11-20T06:00:00.000Z';
  expect(checkEksFromInventory(record, { at, server: 'unseen' }).at(-1)).toMatchObject({
    status: 'Readable',
    asOf: at,
  });
});

const step = (status: string, ...codes: string[]): Upgrade =>
  ({
    steps: {
      'scan-cluster': {
        status,
        endedAt: '2026-11-20T06:00:00.000Z',
        reasons: codes.map((code) => ({ code, message: code })),
      },
    },
  }) as unknown as Upgrade;
const byHand = (scannedAt: string, ...unread: string[]): ScanSummary =>
  ({
    scannedAt,
    gaps: unread.length,
    unread: unread.slice(0, 20).map((what) => ({
      ...{ what, status: what.startsWith('secrets') ? 'denied' : 'error' },
      detail: what === 'server' ? 'ClusterUnreachable: connect ETIMEDOUT' : 'Nobody may list it.',
    })),
  }) as unknown as ScanSummary;
const before = '2026-11-20T05:59:00.000Z';
const after = '2026-11-20T07:00:00.000Z';

test.each<[string, Upgrade[], ScanSummary[], string[]]>([
  ['no scan', [], [], ['NotChecked']],
  ['an upgrade whose scan passed', [step('done')], [], ['Readable']],
  ['a scan through the EKS API only', [step('done', 'NotVerified')], [], ['NotChecked']],
  ['an upgrade whose scan was refused', [step('blocked', 'ClusterForbidden')], [], ['Refused']],
  ['one that something else stopped before it kept a report', [step('blocked', 'InsightError')], [], ['NotChecked']],
  ['one that something else stopped after it', [step('blocked', 'InsightError')], [byHand(before)], ['Readable']],
  ['the newest of two upgrades', [step('blocked', 'ClusterUnreachable'), step('done')], [], ['Refused']],
  ['a scan by hand that read everything', [], [byHand(after)], ['Readable']],
  ['a scan by hand that was refused a list', [], [byHand(after, 'secrets')], ['Refused']],
  ['a scan by hand that found no way', [], [byHand(after, 'server', 'secrets')], ['Refused']],
  [
    'a scan by hand with more gaps than its summary names',
    [],
    [byHand(after, ...Array(21).fill('list'))],
    ['NotChecked'],
  ],
  ['a scan by hand with other gaps', [], [byHand(after, 'removals of Kubernetes 1.44')], ['Readable']],
  [
    'a refusal that a later scan by hand has outlived',
    [step('blocked', 'ClusterForbidden')],
    [byHand(after)],
    ['Readable'],
  ],
  ['a refusal after a scan by hand', [step('blocked', 'ClusterForbidden')], [byHand(before)], ['Refused']],
])('the API server, from %s', (_what, upgrades, scans, expected) => {
  const checks = checkServerFromScans(scanSeen(upgrades, scans[0]));
  expect([...new Set(checks.map(({ status }) => status))]).toEqual(expected);
});

const denied = step('blocked', 'Denied');
test.each<[string, Upgrade[], ScanSummary[], string | null]>([
  ['a scan by hand, where EKS denied that of an upgrade', [denied], [byHand(before)], before],
  ['the last upgrade that has scanned', [{ steps: {} } as Upgrade, step('done')], [], '2026-11-20T06:00:00.000Z'],
  [
    'the last upgrade whose scan has ended',
    [{ steps: { 'scan-cluster': {} } } as unknown as Upgrade, step('done')],
    [],
    '2026-11-20T06:00:00.000Z',
  ],
  [
    'of two scans at one time that of the upgrade',
    [step('done')],
    [byHand('2026-11-20T06:00:00.000Z', 'secrets')],
    '2026-11-20T06:00:00.000Z',
  ],
])('what counts is %s', (_, upgrades, scans, asOf) => {
  const checks = checkServerFromScans(scanSeen(upgrades, scans[0]));
  expect(new Set(checks.map((check) => [check.status, check.asOf].join(' ')))).toEqual(new Set([`Readable ${asOf}`]));
});

test.each<[string, Upgrade[], ScanSummary[], unknown[]]>([
  [
    'an upgrade was refused by the server as a whole',
    [step('blocked', 'ClusterForbidden')],
    [],
    [['API server', 'ClusterForbidden', 'ClusterForbidden']],
  ],
  [
    'a scan by hand found no way, whatever lists it was refused',
    [],
    [byHand(after, 'secrets', 'server')],
    [['server', 'ClusterUnreachable', 'connect ETIMEDOUT']],
  ],
  [
    'a scan by hand was refused lists',
    [],
    [byHand(after, 'secrets', 'removals of Kubernetes 1.44', 'secrets of shop')],
    [
      ['secrets', 'ClusterForbidden', 'secrets: Nobody may list it.'],
      ['secrets of shop', 'ClusterForbidden', 'secrets of shop: Nobody may list it.'],
    ],
  ],
])('it is told what was refused and why where %s', (_, upgrades, scans, told) => {
  const checks = checkServerFromScans(scanSeen(upgrades, scans[0]));
  expect(checks.map(({ what, reason: why }) => [what, why?.code, why?.message])).toEqual(told);
});

test('a policy that verifies through the EKS API needs nothing of the API server', () => {
  const refused: AccessCheck = { part: 'API server', what: 'nodes', status: 'Refused', asOf: null };
  expect(accessStatus([refused], 'eks-api')).toBe('Ok');
  expect(accessStatus([refused], 'full')).toBe('Incomplete');
  expect(accessStatus([{ ...refused, status: 'NotChecked' }], null)).toBe('Unknown');
});

function reportOf(name: string, account: string, checks: readonly AccessCheck[]): AccessReport {
  const clusterKey = `arn:aws:eks:eu-central-1:${account}:cluster/${name}@2026-01-01T00:00:00.000Z`;
  return { cluster: name, clusterKey, verification: 'full', status: accessStatus(checks, 'full'), checks };
}
const deniedAt = (name: string): AccessCheck[] =>
  ['cluster', 'insights'].map((what) => ({
    ...{ part: 'EKS API', what, status: 'Refused', asOf: null },
    reason: { code: 'AccessDeniedException', message: `not authorized to perform ${what} on ${name}` } as never,
  }));

test('forty clusters of an account that are refused for one cause are one line with its fix', () => {
  const forty = Array.from({ length: 40 }, (_, index) => `c${index}`);
  const reports = [
    reportOf('other', '222222222222', deniedAt('other')),
    ...forty.map((name) => reportOf(name, '111111111111', deniedAt(name))),
    reportOf('new', '111111111111', [
      { part: 'API server', what: 'nodes', status: 'NotChecked', reason: reason('NotChecked', 'no'), asOf: null },
    ]),
  ];
  const causes = accessCauses(reports);
  expect(causes.map(({ account, status, clusters, whats }) => [account, status, clusters.length, whats])).toEqual([
    ['111111111111', 'Refused', 40, ['cluster', 'insights']],
    ['222222222222', 'Refused', 1, ['cluster', 'insights']],
    [null, 'NotChecked', 1, ['nodes']],
  ]);
  expect(causes[0]?.fix).toBe('Deploy or update the spoke role in the account 111111111111 (docs/install.md, Spokes).');
  expect(causes[2]?.fix).toBe('Run: liftlock access check --now');
});

const ended = (...codes: string[]): ScanRunView =>
  ({
    startedAt: after,
    scannedAt: null,
    reasons: codes.map((code) => ({ code, message: code })),
  }) as unknown as ScanRunView;

test('a scan that ended without a report counts too: what denied it, and what it read before it ended', () => {
  const unseen = [...checkEksFromInventory(record, undefined), ...checkServerFromScans(undefined)];
  const report = reportOf('web', '111111111111', unseen);
  const refusedParts = ({ checks }: AccessReport) => [
    ...new Set(checks.filter(({ status }) => status === 'Refused').map(({ part }) => part)),
  ];
  expect(refusedParts(withScan(report, ended('Denied')))).toEqual(['EKS API']);
  expect(refusedParts(withScan(report, ended('ClusterUnreachable')))).toEqual(['API server']);
  const stopped = withScan(report, ended('OtherUpdate'));
  expect([stopped.status, stopped.checks.find(({ what }) => what === 'updates')?.status]).toEqual([
    'Unknown',
    'Readable',
  ]);
  expect(withScan({ ...report, verification: 'eks-api' }, ended('NotVerified')).status).toBe('Ok');
});

test('without a scan that was made for it a report stays as it is', () => {
  const report = reportOf('web', '111111111111', checkEksFromInventory(record, undefined));
  expect(withScan(report, undefined)).toBe(report);
});

test.each(['NoEndpoint', 'ScanIncomplete', 'ClusterForbidden'])(
  'a scan that ended with %s was refused what nobody had read of the server, and has read the cluster anew',
  (code) => {
    const read: AccessCheck = { part: 'API server', what: 'pods', status: 'Readable', asOf: before };
    const unseen = checkServerFromScans(undefined).slice(0, 1);
    const report = reportOf('web', '111111111111', [...checkEksFromInventory(record, undefined), ...unseen, read]);
    const told = withScan(report, ended(code)).checks.map(({ what, status, asOf }) => `${what} ${status} ${asOf}`);
    const seenAt = record.lastSeenAt;
    expect(told).toEqual([
      `cluster Readable ${after}`,
      ...['node groups', 'add-ons', 'Fargate profiles', 'insights'].map((what) => `${what} Readable ${seenAt}`),
      `updates Readable ${after}`,
      `readyz Refused ${after}`,
      `pods Readable ${before}`,
    ]);
  },
);

const summary = (scannedAt: string): ScanSummary => ({
  ...{ clusterKey: cluster.clusterKey, scannedAt, execution: 'e', from: '1.36', target: '1.37', verdict: 'pass' },
  ...{ errors: 0, warnings: 0, infos: 0, waived: 0, read: 9, gaps: 0, causes: [], unread: [], parts: 1 },
  dataUpdatedOn: '2026-11-01',
});
const accessOf = async (ports: Parameters<typeof checkAccess>[0]) =>
  (await checkAccess(ports, [cluster]))[0] as AccessReport;

test('what AWS refused beside EKS is a part of its own, told permission by permission, which the stack of the spoke role mends', async () => {
  const ports = await operatorPorts(new MemoryTable(), { policy: undefined });
  const refused = (what: string, source: string, status = 'denied') => ({
    what,
    source,
    status,
    detail: `${what}: no`,
  });
  const unread = [
    refused('iam:GetRole', 'capacity'),
    refused('recovery points', 'eks'),
    refused('ec2:DescribeImages', 'capacity', 'error'),
    refused('deployments.apps', 'object'),
  ];
  await ports.table.transact(keptScan({ ...summary(after), gaps: 4, unread }));
  const report = await accessOf(ports);
  const told = accessCauses([report]).map(({ part, whats, fix }) => [part, whats, fix]);
  expect(told).toEqual([
    [
      'AWS',
      ['iam:GetRole', 'recovery points'],
      expect.stringContaining('update the spoke role in the account 111122223333'),
    ],
    ['API server', ['deployments.apps'], 'Run liftlock access manifest, and apply what it prints.'],
  ]);
  expect(accessStatus(report.checks, 'eks-api')).toBe('Incomplete');
});

const eksOnly = policyWith();
const verified = (verification: 'full' | 'eks-api') => ({
  policy: policyConfig({ ...eksOnly, spec: { ...eksOnly.spec, verification } }),
});

test.each<[string, Parameters<typeof operatorPorts>[1], AccessReport['verification'], AccessReport['status']]>([
  ['asks for all', verified('full'), 'full', 'Unknown'],
  ['verifies through the EKS API', verified('eks-api'), 'eks-api', 'Unknown'],
  ['is none', { policy: undefined }, null, 'Unknown'],
])(
  'of a cluster that nobody has scanned and whose policy %s it is not known',
  async (_, kept, verification, status) => {
    const ports = await operatorPorts(new MemoryTable(), kept);
    const report = await accessOf(ports);
    expect(report).toMatchObject({
      cluster: '111122223333.eu-central-1.web',
      clusterKey: cluster.clusterKey,
      verification,
      status,
    });
    expect(statuses(report.checks).filter((one) => one.endsWith('NotChecked'))).toEqual(
      ['updates', 'readyz', 'nodes', 'pods', 'deployments', 'daemonsets', 'statefulsets'].map(
        (what) => `${what} NotChecked`,
      ),
    );
  },
);

test('a scan by hand and one of an upgrade both tell of the access to a cluster', async () => {
  const scanned = await operatorPorts(new MemoryTable());
  await scanned.table.transact(keptScan(summary(before)));
  const passed = { 'scan-cluster': { status: 'done', startedAt: before, endedAt: after, reasons: [] } };
  const upgraded = await operatorPorts(new MemoryTable(), { upgrades: [upgrade({ steps: passed as never })] });
  for (const [ports, asOf] of [
    [scanned, before],
    [upgraded, after],
  ] as const) {
    const { status, checks } = await accessOf(ports);
    expect([status, checks.find(({ what }) => what === 'pods')?.asOf]).toEqual(['Ok', asOf]);
  }
});

const draining = { ...eksOnly, spec: { ...eksOnly.spec, drain: drainSchema.parse({ pause: '0s' }) } };
const drain = (code: string | undefined, mutated: boolean): Upgrade => {
  const reasons = code === undefined ? [] : [reason(code as 'ClusterForbidden', 'no')];
  const steps = { 'drain-nodes/blue': { status: 'blocked', startedAt: '2026-11-20T06:00:00.000Z', reasons } };
  return upgrade({ machine: 'drain-nodes', mutated, steps: steps as never });
};

test.each<[string, readonly Upgrade[], AccessCheck['status']]>([
  ['has not drained yet', [], 'NotChecked'],
  ['has only asked for a drain', [upgrade({ machine: 'drain-nodes', steps: {} })], 'NotChecked'],
  ['was refused', [drain('ClusterForbidden', false)], 'Refused'],
  ['was stopped by something else before it did anything', [drain('DrainBudget', false)], 'NotChecked'],
  ['has drained', [drain(undefined, true)], 'Readable'],
  ['has drained, and is refused since', [drain('ClusterUnauthorized', true), drain(undefined, true)], 'Refused'],
  ['was refused once, and has drained since', [drain(undefined, true), drain('ClusterForbidden', false)], 'Readable'],
])('where the policy drains it is told what Liftlock may do there when it %s', (_, upgrades, status) => {
  expect(checkDrains(draining, upgrades)).toMatchObject([{ part: 'Drains', status }]);
  expect(checkDrains(policyWith(), upgrades)).toEqual([]);
});

test('that nobody has granted the tier operate is told with what to run, and is no reason against an upgrade', async () => {
  const ports = await operatorPorts(new MemoryTable(), { policy: policyConfig(draining) });
  await ports.table.transact(keptScan(summary('2026-11-20T07:00:00.000Z')));
  const report = await accessOf(ports);
  expect(report.status).toBe('Ok');
  expect(accessCauses([report])).toMatchObject([
    {
      part: 'Drains',
      status: 'NotChecked',
      message: expect.stringContaining('(spec.drain)'),
      fix: expect.stringContaining('--tier operate'),
    },
  ]);
  expect(
    withScan(report, { startedAt: '2026-11-20T07:00:00.000Z', reasons: [reason('Denied', 'no')] } as never).checks.at(
      -1,
    ),
  ).toEqual(report.checks.at(-1));
});

const probe = {
  ...{ name: 'probe', at: 'before' as const, step: 'smoke-check' as const, ask: { job: { image: 'probe' } } },
  ...{ blocking: true, timeout: '1h' },
};
const asking = { ...policyWith(), spec: { ...policyWith().spec, hooks: [probe] } };
const asked = (
  answer: string | undefined,
  error?: string,
  key = 'probe/before/smoke-check',
  answeredAt = '2026-11-20T06:00:00.000Z',
): Upgrade =>
  upgrade({
    hooks: { [key]: { askedSince: answeredAt, grantNumber: 1, answer, message: 'no', error, answeredAt } } as never,
  });

test.each<[string, readonly Upgrade[], AccessCheck['status']]>([
  ['has not asked yet', [upgrade()], 'NotChecked'],
  ['has asked others alone', [asked('go', undefined, 'other/before/smoke-check')], 'NotChecked'],
  ['has heard nothing for another reason', [asked('none')], 'NotChecked'],
  ['was refused', [asked('none', 'ClusterForbidden')], 'Refused'],
  ['was answered', [asked('stop')], 'Readable'],
  [
    'was answered, and is refused since',
    [asked('go'), asked('none', 'ClusterForbidden', undefined, '2026-11-20T07:00:00.000Z')],
    'Refused',
  ],
])('where the policy asks by Jobs it is told what Liftlock may do there when it %s', (_, upgrades, status) => {
  expect(checkHookJobs(asking, upgrades)).toMatchObject([{ part: 'Hooks', status }]);
  expect(checkHookJobs(policyWith(), upgrades)).toEqual([]);
});

test('the same where a component is moved by a Job, and nothing else asks by one', () => {
  const { spec } = policyWith();
  const mover = (name: string, hook: object) => ({
    ...{ name, helm: { namespace: 'ops', release: name }, versions: {}, phase: 'after' as const, timeout: '1h', hook },
  });
  const moving = {
    ...policyWith(),
    spec: { ...spec, components: [mover('traefik', probe.ask), mover('other', lambda)] },
  };
  const told = (key: string) =>
    checkHookJobs(moving as never, [asked('go', undefined, key)]).map(({ status }) => status);
  expect(told('component:traefik/before/update-addons/after')).toEqual(['Readable']);
  expect(told('component:other/before/update-addons/after')).toEqual(['NotChecked']);
  const others = { ...moving, spec: { ...spec, components: [mover('other', lambda)] } };
  expect(checkHookJobs(others as never, [])).toEqual([]);
});

const lambda = { lambda: 'arn:aws:lambda:eu-central-1:111111111111:function:mover' };
