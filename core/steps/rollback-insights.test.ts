import type { Insight } from '../ports/eks.ts';
import { KubeVersion } from '../version/kube-version.ts';
import { insightReason, isRepaired, rollbackInsights } from './rollback-insights.ts';

const insight = (status: string, name = 'Stored objects', more: object = {}): Insight =>
  ({ id: name, name, category: 'ROLLBACK_READINESS', insightStatus: { status, reason: 'in use' }, ...more }) as Insight;

test('what EKS refuses a rollback for is an error, or what it could not evaluate', async () => {
  const all = ['PASSING', 'WARNING', 'ERROR', 'UNKNOWN'].map((status) => insight(status, status));
  const categories: unknown[] = [];
  const eks = {
    listInsights: async (_: unknown, asked: { categories?: unknown }) => {
      categories.push(asked.categories);
      return all;
    },
    describeInsight: async (_: unknown, { id }: { id: string }) => all.find((one) => one.id === id),
  };
  const context = { scope: {}, name: 'web' } as unknown as Parameters<typeof rollbackInsights>[1];
  const found = await rollbackInsights({ eks } as unknown as Parameters<typeof rollbackInsights>[0], context);
  expect(found.map(({ name }) => name)).toEqual(['ERROR', 'UNKNOWN']);
  expect(categories).toEqual([['ROLLBACK_READINESS']]);
});

test.each([
  ['Kubelet version skew', 'ERROR', true],
  ['kube-proxy version skew', 'ERROR', true],
  ['EKS add-on version compatibility', 'ERROR', true],
  ['Addon compatibility', 'ERROR', true],
  ['Stored objects', 'ERROR', false],
  ['Kubelet version skew', 'UNKNOWN', false],
])('what the rollback itself mends before the control plane is no end before it: %s, %s', (name, status, repaired) => {
  expect(isRepaired(insight(status, name))).toBe(repaired);
});

test('it is told with what EKS says, what it is about, and what EKS recommends', () => {
  const resources = Array.from({ length: 7 }, (_, index) => ({ arn: `arn:${index}` }));
  const first = { kubernetesResourceUri: '/apis/x/servicecidrs', arn: 'unused' };
  const { code, message } = insightReason(
    insight('ERROR', 'Stored objects', { resources: [first, {}, ...resources], recommendation: 'Remove them.' }),
    KubeVersion.parse('1.36'),
  );
  expect(code).toBe('RollbackInsight');
  expect(message).toBe(
    'EKS says ERROR of "Stored objects" and takes no control plane back to 1.36 with that: in use /apis/x/servicecidrs, arn:0, arn:1, arn:2, arn:3 Remove them.',
  );
  const bare = insight('UNKNOWN', 'x', { insightStatus: { status: 'UNKNOWN' } });
  expect(insightReason(bare, KubeVersion.parse('1.36')).message).toMatch(/with that: no reason given$/);
});
