import { clusterRecord } from '../../test/material/policy/cluster-record.ts';
import type { Upgrade } from '../contracts/items/protocol.ts';
import { reason } from '../contracts/step-result.ts';
import { accessCauses, accessStatus } from './access-report.ts';
import { checkEksFromInventory, checkSteps } from './check-access.ts';

const SEEN_AT = '2026-11-20T07:00:00.000Z';
const SINCE = '2026-11-19T09:00:00.000Z';
const SCANNED_AT = '2026-11-20T06:00:00.000Z';
const READS = ['cluster', 'node groups', 'add-ons', 'Fargate profiles', 'insights', 'updates'];

const record = clusterRecord({ name: 'web', lastSeenAt: SEEN_AT });
const scanned = { at: SCANNED_AT, server: 'unseen' as const };
const readable = (what: string, asOf = SEEN_AT) => ({ part: 'EKS API', what, status: 'Readable', asOf });

test('a cluster that discovery has read can be read; nobody knows of its updates before a scan', () => {
  expect(checkEksFromInventory(record, undefined)).toStrictEqual([
    ...READS.slice(0, 5).map((what) => readable(what)),
    {
      part: 'EKS API',
      what: 'updates',
      status: 'NotChecked',
      reason: { code: 'NotChecked', message: 'Discovery does not read updates; a scan does.' },
      asOf: null,
    },
  ]);
});

test('after a scan the updates can be read too, as of the scan', () => {
  expect(checkEksFromInventory(record, scanned)).toStrictEqual([
    ...READS.slice(0, 5).map((what) => readable(what)),
    readable('updates', SCANNED_AT),
  ]);
});

const condition = { reason: 'AccessDenied', message: 'No role.', lastTransitionTime: SINCE };

test.each(['False', 'Unknown'] as const)(
  'of a cluster whose reachability is %s everything is refused, for the reason and since the time that it has',
  (status) => {
    const conditions = [{ ...condition, type: 'Reachable' as const, status, lastTransitionTime: SINCE }];
    expect(checkEksFromInventory({ ...record, conditions }, scanned)).toStrictEqual(
      READS.map((what) => ({
        part: 'EKS API',
        what,
        status: 'Refused',
        reason: { code: 'AccessDenied', message: 'No role.' },
        asOf: SINCE,
      })),
    );
  },
);

test.each([
  ['that it is reachable', { ...condition, type: 'Reachable', status: 'True' }],
  ['of anything else', { ...condition, type: 'Deleted', status: 'False' }],
])('a condition %s refuses nothing', (_, one) => {
  const checks = checkEksFromInventory({ ...record, conditions: [one as never] }, scanned);
  expect(new Set(checks.map(({ status }) => status))).toEqual(new Set(['Readable']));
});

test.each(READS)('where discovery could not read the %s, these alone are refused', (what) => {
  const message = `${what}: AccessDeniedException: no`;
  const unreadable = [{ ...reason('Unreadable', message), part: what, error: 'AccessDeniedException' }];
  const checks = checkEksFromInventory({ ...record, unreadable }, scanned);
  expect(checks.filter(({ status }) => status === 'Refused')).toStrictEqual([
    { part: 'EKS API', what, status: 'Refused', reason: { code: 'AccessDeniedException', message }, asOf: SEEN_AT },
  ]);
});

test('what could not be read beside these, and the name of one within a message, refuses nothing', () => {
  const unreadable = [
    { ...reason('Unreadable', 'access entries: AccessDeniedException: no'), part: 'access entries' },
    reason('Unreadable', 'cluster: of a record of the version before'),
  ];
  const checks = checkEksFromInventory({ ...record, unreadable }, scanned);
  expect(checks.filter(({ status }) => status !== 'Readable')).toEqual([]);
});

test('what a step was denied is refused until the step was tried again', () => {
  const at = '2026-11-20T06:00:00.000Z';
  const tried = (name: string, ...codes: Parameters<typeof reason>[0][]) =>
    [name, { startedAt: at, reasons: codes.map((code) => reason(code, `${name} ${code}`)) }] as const;
  const made = (...steps: ReturnType<typeof tried>[]) => ({ steps: Object.fromEntries(steps) }) as unknown as Upgrade;
  const refused = made(
    tried('scan-cluster', 'Denied'),
    tried('roll-node-group/blue', 'Rolled'),
    tried('roll-node-group/green', 'Denied'),
    tried('update-addons-after', 'AddonFits'),
  );
  const checks = checkSteps([refused]);
  expect(checks).toEqual([
    {
      ...{ part: 'AWS', what: 'roll-node-group', status: 'Refused', asOf: at },
      reason: reason('Denied', 'roll-node-group/green Denied'),
    },
  ]);
  const report = { cluster: 'web', clusterKey: record.clusterKey, verification: 'full' as const };
  expect(accessStatus(checks, 'full')).toBe('Incomplete');
  expect(accessCauses([{ ...report, status: 'Incomplete', checks }])).toMatchObject([
    { whats: ['roll-node-group'], fix: expect.stringContaining('update the spoke role in the account') },
  ]);
  expect(checkSteps([made(tried('update-addons-after')), refused])).toEqual(checks);
  expect(checkSteps([made(tried('roll-node-group/blue', 'Rolled')), refused])).toEqual([]);
});
