import { quoted } from '../contracts/step-result.ts';
import { type AccessCheck, type AccessReport, accessCauses, accessStatus, isReadable } from './access-report.ts';

const EKS = 'EKS API';
const SERVER = 'API server';
const LOOK_AGAIN = 'Run: liftlock access check --now';

const refused = (part: AccessCheck['part'], what: string, code: string, message = code): AccessCheck => ({
  ...{ part, what, status: 'Refused', asOf: null },
  reason: quoted(code, message),
});
const unseen = (what: string, message = 'No scan.'): AccessCheck => ({
  ...{ part: SERVER, what, status: 'NotChecked', asOf: null },
  reason: quoted('NotChecked', message),
});
const readable: AccessCheck = { part: EKS, what: 'cluster', status: 'Readable', asOf: null };

/** The observations of a cluster in the account that its name begins with. */
function reportOf(cluster: string, checks: readonly AccessCheck[], more: Partial<AccessReport> = {}): AccessReport {
  const account = (cluster[0] ?? '').repeat(12);
  const clusterKey = `arn:aws:eks:eu-central-1:${account}:cluster/${cluster}@2026-01-01T00:00:00.000Z`;
  return { cluster, clusterKey, verification: 'full', status: accessStatus(checks, 'full'), checks, ...more };
}
const told = (...reports: readonly AccessReport[]) =>
  accessCauses(reports).map(({ account, part, code, whats, clusters }) => [account, part, code, whats, clusters]);
const [ONE, TWO] = ['1'.repeat(12), '2'.repeat(12)];

test('what can be read is no cause, and neither is what the policy does not need', () => {
  expect(told(reportOf('1a', [readable]))).toEqual([]);
  const server = [refused(SERVER, 'nodes', 'ClusterForbidden'), unseen('pods')];
  expect(told(reportOf('1a', server, { verification: 'eks-api' }))).toEqual([]);
  expect(told(reportOf('1a', server, { verification: null }))).toHaveLength(2);
});

test.each<[string, AccessCheck[], Partial<AccessReport>]>([
  ['all that is needed', [readable], {}],
  ['what the policy does not need', [refused(SERVER, 'nodes', 'ClusterForbidden')], { verification: 'eks-api' }],
  ['what upgrades need', [refused(EKS, 'cluster', 'Denied')], {}],
  ['what the policy asks for and no upgrade needs', [refused('Rates', 'metrics of CloudWatch', 'Denied')], {}],
  ['what nobody has looked at yet', [{ ...unseen('alarms'), part: 'Silences' }], {}],
])('a cluster is readable, or has a cause: %s', (_, checks, more) => {
  const report = reportOf('1a', checks, more);
  expect(isReadable(report)).toBe(accessCauses([report]).length === 0);
});

test('what is refused for one cause in one account is told once, with all that cannot be read and where', () => {
  const nodes = refused(SERVER, 'nodes', 'ClusterForbidden');
  const pods = refused(SERVER, 'pods', 'ClusterForbidden');
  expect(told(reportOf('1a', [nodes, pods]), reportOf('1b', [pods]))).toEqual([
    [ONE, SERVER, 'ClusterForbidden', ['nodes', 'pods'], ['1a', '1b']],
  ]);
});

test.each<[string, AccessReport]>([
  ['another account', reportOf('2b', [refused(SERVER, 'nodes', 'ClusterForbidden')])],
  ['another word', reportOf('1b', [refused(SERVER, 'nodes', 'ClusterUnreachable')])],
  ['another part', reportOf('1b', [refused(EKS, 'nodes', 'ClusterForbidden')])],
])('%s is another cause', (_, other) => {
  expect(told(reportOf('1a', [refused(SERVER, 'nodes', 'ClusterForbidden')]), other)).toHaveLength(2);
});

test('what nobody looked at is of no account', () => {
  expect(told(reportOf('1a', [unseen('nodes')]), reportOf('2a', [unseen('nodes')]))).toEqual([
    [null, SERVER, 'NotChecked', ['nodes'], ['1a', '2a']],
  ]);
});

test('what was refused comes before what nobody looked at, and of both the widest first', () => {
  const forbidden = refused(SERVER, 'nodes', 'ClusterForbidden');
  const causes = told(
    reportOf('1a', [unseen('nodes')]),
    reportOf('2a', [unseen('nodes')]),
    reportOf('1b', [unseen('nodes'), { ...unseen('add-ons'), part: EKS }]),
    reportOf('1c', [forbidden]),
    reportOf('2c', [forbidden]),
    reportOf('2d', [forbidden]),
  );
  expect(causes.map(([account, part, code]) => [account, part, code])).toEqual([
    [TWO, SERVER, 'ClusterForbidden'],
    [ONE, SERVER, 'ClusterForbidden'],
    [null, SERVER, 'NotChecked'],
    [null, EKS, 'NotChecked'],
  ]);
});

test('the words are those of the first cluster, and say what to run once', () => {
  const words = (message: string) => accessCauses([reportOf('1a', [unseen('nodes', message)])])[0];
  expect(words('Nobody looked. Run: liftlock access check')).toMatchObject({
    message: 'Nobody looked.',
    fix: LOOK_AGAIN,
  });
  expect(words('Run: liftlock access check was said.')?.message).toBe('Run: liftlock access check was said.');
  expect(words('Then. Run: liftlock access check finds it.')?.message).toBe(
    'Then. Run: liftlock access check finds it.',
  );
  const second = reportOf('1b', [unseen('nodes', 'the second')]);
  expect(accessCauses([reportOf('1a', [unseen('nodes', 'the first')]), second])[0]?.message).toBe('the first');
});

const MANIFEST = 'Run liftlock access manifest, and apply what it prints.';
const ANEW = 'its role was deleted and made anew since, and EKS does not heed it any more: delete the entry first.';
const ROLE = `Deploy or update the spoke role in the account ${ONE} (docs/install.md, Spokes).`;
const PASSES = `It may pass. ${LOOK_AGAIN}`;

test.each<[string, AccessCheck, string]>([
  ['a way to the endpoint', refused(SERVER, 'readyz', 'ClusterUnreachable'), 'Give Liftlock a way to the endpoint'],
  ['an access entry', refused(SERVER, 'readyz', 'ClusterUnauthorized'), MANIFEST],
  ['an access entry, made after its role', refused(SERVER, 'readyz', 'ClusterUnauthorized'), ANEW],
  ['the entry of a tier, made after its role', refused('Drains', 'evictions', 'ClusterUnauthorized'), ANEW],
  ['a role in the cluster', refused(SERVER, 'nodes', 'ClusterForbidden'), MANIFEST],
  ['the spoke role, as EKS says', refused(EKS, 'cluster', 'AccessDeniedException'), ROLE],
  ['the spoke role, as discovery says', refused(EKS, 'cluster', 'AccessDenied'), ROLE],
  ['the spoke role, as a scan says', refused(EKS, 'cluster', 'Denied', 'EKS said no.'), ROLE],
  ['the spoke role, as the deep look says', refused(EKS, 'add-ons', 'AccessDeniedException'), ROLE],
  ['the spoke role, for rates', refused('Rates', 'metrics of CloudWatch', 'Denied'), ROLE],
  [
    'the tag of the alarms, or the spoke role, for silences',
    refused('Silences', 'alarms', 'Denied'),
    `Give each alarm the tag liftlock:silence=allowed. Where it is refused all the same: ${ROLE}`,
  ],
  ['an upgrade that shows it', { ...unseen('alarms'), part: 'Silences' }, 'The next upgrade of the policy shows it.'],
  ['time, as the server fails', refused(SERVER, 'nodes', 'ClusterServerFault'), PASSES],
  ['time, as the server failed a drain', refused('Drains', 'evictions', 'ClusterServerFault'), PASSES],
  ['time, as EKS fails', refused(EKS, 'cluster', 'ThrottlingException', 'Slow down.'), PASSES],
  ['time, as another word only holds the one', refused(EKS, 'cluster', 'NotDenied', 'A DeniedRequests quota.'), PASSES],
  ['time, as the server says the word', refused(SERVER, 'nodes', 'AccessDenied'), PASSES],
])('what is missing is %s', (_, check, fix) => {
  expect(accessCauses([reportOf('1a', [check])])[0]?.fix).toContain(fix);
});
