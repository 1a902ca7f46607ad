import type { ClusterRecord } from '../contracts/items/cluster.ts';
import type { Upgrade } from '../contracts/items/protocol.ts';
import { reason } from '../contracts/step-result.ts';
import { type ClusterAccess, ClusterAccessError } from '../ports/cluster-access.ts';
import type { EksReader } from '../ports/eks.ts';
import { type AccessCheck, accessStatus } from './access-report.ts';
import { lookNow } from './check-access.ts';
import { checkEksFromInventory } from './check-eks-access.ts';
import { checkServerFromScans } from './check-server-access.ts';

const now = new Date('2026-11-20T08:00:00Z');
const clock = { now: () => now };
const record = {
  account: '111111111111',
  region: 'eu-central-1',
  name: 'web',
  lastSeenAt: '2026-11-20T07:00:00.000Z',
  conditions: [],
  unreadable: [],
} as unknown as ClusterRecord;

const denied = Object.assign(new Error('no'), { name: 'AccessDeniedException' });
const eks = (refused: readonly (keyof EksReader)[] = []): EksReader => {
  const answer = (name: keyof EksReader, value: unknown) => async () => {
    if (refused.includes(name)) throw denied;
    return value;
  };
  return {
    describeCluster: answer('describeCluster', {
      endpoint: 'https://web.example',
      certificateAuthority: { data: 'Q0E=' },
    }),
    listNodegroups: answer('listNodegroups', []),
    listAddons: answer('listAddons', []),
    listFargateProfiles: answer('listFargateProfiles', []),
    listInsights: answer('listInsights', []),
    listUpdates: answer('listUpdates', []),
  } as unknown as EksReader;
};
const server = (mayI: ClusterAccess['mayI']): ClusterAccess => ({ mayI }) as ClusterAccess;
const refusedOf = (checks: readonly AccessCheck[]) =>
  checks.filter(({ status }) => status === 'Refused').map(({ what, reason }) => `${what} ${reason?.code}`);

test('with both ports everything is looked at now', async () => {
  const checks = await lookNow({ clock, eks: eks(), clusters: server(async () => true) }, record);
  expect(checks).toHaveLength(12);
  expect(checks.every(({ status, asOf }) => status === 'Readable' && asOf === now.toISOString())).toBe(true);
});

test('what one review refuses is told with what to do, the rest stays readable', async () => {
  const clusters = server(async (_, { resource }) => resource !== 'nodes');
  const checks = await lookNow({ clock, eks: eks(['listInsights']), clusters }, record);
  expect(refusedOf(checks)).toEqual(['insights AccessDeniedException', 'nodes ClusterForbidden']);
  expect(checks.find(({ what }) => what === 'nodes')?.reason?.message).toContain('liftlock access manifest');
});

test('an API server that does not answer is asked once', async () => {
  let asked = 0;
  const clusters = server(async () => {
    asked += 1;
    throw new ClusterAccessError('ClusterUnreachable', 'connect ETIMEDOUT');
  });
  const checks = await lookNow({ clock, eks: eks(), clusters }, record);
  expect([asked, refusedOf(checks).length]).toEqual([1, 6]);
});

test('a cluster that cannot be described cannot be reached either', async () => {
  const checks = await lookNow({ clock, eks: eks(['describeCluster']), clusters: server(async () => true) }, record);
  expect(refusedOf(checks)).toEqual(['cluster AccessDeniedException', 'endpoint NoEndpoint']);
});

test('without ports the inventory tells what it met, and what nobody looked at', () => {
  const partly = { ...record, unreadable: [reason('Unreadable', 'add-ons: AccessDeniedException: no')] };
  const checks = checkEksFromInventory(partly);
  expect(checks.map(({ what, status }) => `${what} ${status}`)).toEqual([
    'cluster Readable',
    'node groups Readable',
    'add-ons Refused',
    'Fargate profiles Readable',
    'insights Readable',
    'updates NotChecked',
  ]);
});

const scan = (status: string, ...codes: string[]): Upgrade =>
  ({
    steps: {
      'scan-cluster': {
        status,
        endedAt: '2026-11-20T06:00:00.000Z',
        reasons: codes.map((code) => ({ code, message: code })),
      },
    },
  }) as unknown as Upgrade;

test.each<[string, Upgrade[], string[]]>([
  ['no scan', [], ['NotChecked']],
  ['a scan that passed', [scan('done')], ['NotChecked', 'Readable']],
  ['a scan through the EKS API only', [scan('done', 'NotVerified')], ['NotChecked']],
  ['a scan that was refused', [scan('blocked', 'ClusterForbidden')], ['Refused']],
  ['a scan that was blocked by something else', [scan('blocked', 'InsightError')], ['NotChecked']],
  ['the newest of two', [scan('blocked', 'ClusterUnreachable'), scan('done')], ['Refused']],
])('%s', (_what, upgrades, statuses) => {
  expect([...new Set(checkServerFromScans(upgrades).map(({ status }) => status))].sort()).toEqual(statuses);
});

test('a policy that verifies through the EKS API needs nothing of the API server', () => {
  const refused: AccessCheck = { part: 'API server', what: 'nodes', status: 'Refused', asOf: null };
  expect(accessStatus([refused], 'eks-api')).toBe('Ok');
  expect(accessStatus([refused], 'full')).toBe('Incomplete');
  expect(accessStatus([{ ...refused, status: 'NotChecked' }], null)).toBe('Unknown');
});
