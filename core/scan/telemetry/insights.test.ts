import type { Insight } from '../../ports/eks.ts';
import { KubeVersion } from '../../version/kube-version.ts';
import { judgeAll } from '../judge/judge.ts';
import type { Change } from '../reference/cluster-facts.ts';
import { findingId, type JudgedFinding } from '../report/merge-findings.ts';
import { observeInsights } from './insights.ts';

const target = KubeVersion.parse('1.37');
const hop = { target, from: KubeVersion.parse('1.36') };
const CALLED = new Date('2026-11-10T08:00:00Z');
const NOW = new Date('2026-11-20T12:00:00Z');
const client = (userAgent: string) => ({ userAgent, numberOfRequestsLast30Days: 12, lastRequestTime: CALLED });
const insight = (clients: readonly string[], more: Partial<Insight> = {}): Insight => ({
  id: '1',
  name: 'Deprecated APIs removed in Kubernetes v1.37',
  category: 'UPGRADE_READINESS',
  kubernetesVersion: '1.37',
  lastRefreshTime: NOW,
  insightStatus: { status: 'ERROR', reason: 'Deprecated API usage detected.' },
  categorySpecificSummary: {
    deprecationDetails: [
      { usage: '/apis/storage.k8s.io/v1beta1/volumeattributesclasses', clientStats: clients.map(client) },
    ],
  },
  ...more,
});
const change = (name: string, time: string, kind?: string): Change => ({
  ...{ name, time, what: 'wrote VolumeAttributesClass fast at storage.k8s.io/v1' },
  ...(kind === undefined ? {} : { kind }),
});
const LATER = '2026-11-11T08:00:00Z';
const found = (one: Insight, changes: readonly Change[] = []) => judgeAll(observeInsights([one], changes, NOW), hop);

test('each client that calls a removed API is a finding of its own, with when and how often', () => {
  const findings = found(insight(['tuner/v1.2 (linux/amd64)', 'Terraform/1.9']));
  expect(findings.map(({ severity, owner, cause }) => [severity, owner, cause])).toEqual([
    ['error', 'client tuner', 'client:tuner'],
    ['error', 'client Terraform', 'client:Terraform'],
  ]);
  expect(findings[0]?.evidence[0]).toBe(
    'tuner/v1.2 (linux/amd64) called it 12 times in 30 days, last at 2026-11-10T08:00:00.000Z.',
  );
});

test('a client that has changed since its last call is a trace, with both times', () => {
  const [trace] = found(insight(['Terraform/1.9']), [change('terraform', LATER, 'VolumeAttributesClass')]);
  expect([trace?.severity, trace?.reason]).toEqual(['info', 'stale-trace']);
  expect(trace?.evidence.join(' ')).toMatch(/last at 2026-11-10T08:00.*at 2026-11-11T08:00:00Z, after that/);
});

test.each([
  ['before its last call', change('terraform', '2026-11-09T08:00:00Z')],
  ['at an object of another kind', change('terraform', LATER, 'Deployment')],
  ['under another name', change('terraform-operator', LATER)],
])('a change %s proves nothing', (_, one) => {
  expect(found(insight(['terraform/1.9']), [one])[0]?.severity).toBe('error');
});

test('an insight that names no API of the tables is passed on, from its own minor on', () => {
  const kubelet = insight([], { name: 'Kubelet version skew', categorySpecificSummary: {} });
  expect(found(kubelet)[0]).toMatchObject({ severity: 'error', reason: 'insight', source: 'insight' });
  expect(found({ ...kubelet, kubernetesVersion: '1.38' })).toEqual([]);
  expect(found({ ...kubelet, insightStatus: { status: 'PASSING' } })).toEqual([]);
});

test('what the add-on step repairs is no error before it', () => {
  const addon = insight([], { name: 'EKS add-on version compatibility', categorySpecificSummary: {} });
  expect(found(addon)[0]?.severity).toBe('warning');
});

test('EKS goes on with an error about clients that are all proven repaired: where it names no known API, that is for information', () => {
  const unknown = (clients: readonly string[]) => {
    const details = { usage: '/apis/example.com/v1/things', clientStats: clients.map(client) };
    return insight([], { categorySpecificSummary: { deprecationDetails: [details] } });
  };
  const rules = (clients: readonly string[], changes: readonly Change[]) => found(unknown(clients), changes)[0]?.rule;
  expect(rules(['tuner/v1', 'terraform/1.9'], [change('tuner', LATER), change('terraform', LATER)])).toBe(
    'InsightOutdated',
  );
  expect(rules(['tuner/v1', 'terraform/1.9'], [change('tuner', LATER)])).toBe('InsightError');
  expect(rules([], [change('tuner', LATER)])).toBe('InsightError');
  expect(found(unknown(['tuner/v1']))[0]?.evidence[0]).toContain('tuner/v1, last 2026-11-10T08:00:00.000Z');
});

const plain = { categorySpecificSummary: {} };
test.each<[string, Partial<Insight>, readonly unknown[]]>([
  ['that passes and is fresh says nothing', { insightStatus: { status: 'PASSING' } }, []],
  ['with ERROR fails', {}, ['error InsightError']],
  ['with WARNING warns', { insightStatus: { status: 'WARNING' } }, ['warning InsightWarning']],
  ['with UNKNOWN fails: it is not a pass', { insightStatus: { status: 'UNKNOWN' } }, ['error InsightUnknown']],
  ['with a status of tomorrow fails', { insightStatus: { status: 'MAYBE' } }, ['error InsightUnknown']],
  [
    'that passed more than a day ago fails',
    { insightStatus: { status: 'PASSING' }, lastRefreshTime: new Date('2026-11-19T11:59:00Z') },
    ['error InsightStale'],
  ],
  ['about a later minor does not concern this hop', { kubernetesVersion: '1.38' }, []],
  ['about a minor on the way does', { kubernetesVersion: '1.36' }, ['error InsightError']],
  ['about rollback does not concern an upgrade', { category: 'ROLLBACK_READINESS' }, []],
  ['about add-ons is left to the add-on step', { name: 'EKS add-on version compatibility' }, ['warning AddonInsight']],
])('an insight %s', (_, more, told) => {
  expect(found(insight([], { ...plain, ...more })).map(({ severity, rule }) => `${severity} ${rule}`)).toEqual(told);
});

test('what EKS says of an API that the tables keep is not lost', () => {
  const usage = '/apis/apps/v1/deployments';
  const kept = insight([], {
    categorySpecificSummary: { deprecationDetails: [{ usage, clientStats: [client('x/1')] }] },
  });
  expect(found(kept).map(({ rule }) => rule)).toContain('InsightError');
});

test('what EKS says of an API that goes later by the tables, or could not evaluate, is told beside its clients', () => {
  const rules = (more: Partial<Insight>) => found(insight(['tuner/v1'], more)).map(({ rule }) => rule);
  expect(rules({})).toEqual([null]);
  expect(rules({ kubernetesVersion: '1.36' })).toEqual([null, 'InsightError']);
  expect(rules({ insightStatus: { status: 'UNKNOWN' } })).toEqual([null, 'InsightUnknown']);
});

test('insights of one cluster have an id each, the same in every scan', () => {
  const ids = ['one', 'two', 'one'].map((name) =>
    findingId(found(insight([], { ...plain, name }))[0] as JudgedFinding),
  );
  expect([ids[0] === ids[2], ids[0] === ids[1]]).toEqual([true, false]);
});
