import type { ClusterRecord } from '../contracts/items/cluster.ts';
import type { Upgrade } from '../contracts/items/protocol.ts';
import type { ScanSummary } from '../contracts/items/scan.ts';
import { reason } from '../contracts/step-result.ts';
import type { ScanRunView } from '../queries/scan-run-view.ts';
import { accessCauses } from './access-causes.ts';
import { type AccessCheck, type AccessReport, accessStatus } from './access-report.ts';
import { withScan } from './access-with-scan.ts';
import { checkEksFromInventory } from './check-eks-access.ts';
import { checkServerFromScans, scanSeen } from './check-server-access.ts';

const record = {
  account: '111111111111',
  region: 'eu-central-1',
  name: 'web',
  lastSeenAt: '2026-11-20T07:00:00.000Z',
  conditions: [],
  unreadable: [],
} as unknown as ClusterRecord;

const statuses = (checks: readonly AccessCheck[]) => checks.map(({ what, status }) => `${what} ${status}`);

test('the inventory tells what discovery met, and updates are known once a scan has listed them', () => {
  const partly = { ...record, unreadable: [reason('Unreadable', 'add-ons: AccessDeniedException: no')] };
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
  const checks = checkServerFromScans(scanSeen(upgrades, scans));
  expect([...new Set(checks.map(({ status }) => status))]).toEqual(expected);
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
