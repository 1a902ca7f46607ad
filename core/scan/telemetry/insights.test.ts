import type { Insight } from '../../ports/eks.ts';
import { judgeInsights } from '../../readiness/insights.ts';
import { KubeVersion } from '../../version/kube-version.ts';
import { judgeAll } from '../judge/judge.ts';
import type { Change } from '../reference/cluster-facts.ts';
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
const found = (one: Insight, changes: readonly Change[] = []) => judgeAll(observeInsights([one], changes), hop);

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

describe('the gate', () => {
  const codes = (clients: readonly string[], changes: readonly Change[]) => {
    const { blockers, warnings } = judgeInsights([insight(clients)], target, NOW, changes);
    return [blockers.map(({ code }) => code), warnings.map(({ code }) => code)];
  };

  test('lets an error pass when every client is proven repaired', () => {
    expect(codes(['tuner/v1', 'terraform/1.9'], [change('tuner', LATER), change('terraform', LATER)])).toEqual([
      [],
      ['InsightOutdated'],
    ]);
  });

  test('stops while one of them is not', () => {
    expect(codes(['tuner/v1', 'terraform/1.9'], [change('tuner', LATER)])).toEqual([['InsightError'], []]);
    expect(codes([], [change('tuner', LATER)])).toEqual([['InsightError'], []]);
  });
});
