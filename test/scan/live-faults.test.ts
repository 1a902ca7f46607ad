import type { ApiFault } from '../../simulator/kubernetes/faults/api-fault.ts';
import { gapsOf, type LiveCluster, rowsOf, startLiveCluster } from './live-cluster.ts';
import { writtenAtOldVersions } from './planted-objects.ts';
import { apiServiceOf } from './planted-references.ts';

let live: LiveCluster;
beforeEach(async () => {
  live = await startLiveCluster();
});
afterEach(() => live.close());

const budget = writtenAtOldVersions.filter(({ kind }) => kind === 'PodDisruptionBudget');
const found = [
  'error removed object policy/v1beta1 PodDisruptionBudget shop/web (Flux Kustomization flux-system/apps, high)',
  'warning unserved-version reference policy/v1 PodDisruptionBudget shop/web (-, high) names:extensions/v1beta1/Deployment',
];
const budgets = 'poddisruptionbudgets.policy';

// What goes by: the report is the one that a cluster without faults gives.
test.each<[string, readonly ApiFault[]]>([
  ['throttled', [{ kind: 'too-many-requests', on: budgets, times: 1, retryAfterSeconds: 1 }]],
  ['slow', [{ kind: 'delay', on: budgets, milliseconds: 200 }]],
  ['a token that expires again and again', [{ kind: 'expiring-token', requests: 1_000 }]],
  ['reset before the answer', [{ kind: 'connection-reset', on: budgets, times: 1, when: 'before-answer' }]],
  ['reset during the answer', [{ kind: 'connection-reset', on: budgets, times: 1, when: 'during-body' }]],
  ['a server error', [{ kind: 'server-error', on: budgets, times: 1, status: 503, retryAfterSeconds: 1 }]],
])('%s: the same findings', async (_name, faults) => {
  live.put(...budget);
  live.fail(...faults);
  const { code, report } = await live.scan();
  expect([code, rowsOf(report), gapsOf(report)]).toEqual([3, found, []]);
});

// What stays: the findings that could be seen, and a named gap.
test.each<[string, readonly ApiFault[], string]>([
  ['denied', [{ kind: 'forbidden', on: budgets }], `denied ${budgets}`],
  ['truncated', [{ kind: 'damaged-body', on: budgets, damage: 'truncated' }], `error ${budgets}`],
  ['foreign', [{ kind: 'damaged-body', on: budgets, damage: 'foreign' }], `error ${budgets}`],
  ['a server error', [{ kind: 'server-error', on: budgets, status: 400 }], `error ${budgets}`],
  ['denied metrics', [{ kind: 'forbidden', on: '/metrics' }], 'denied metrics of the API server'],
  ['foreign metrics', [{ kind: 'damaged-body', on: '/metrics', damage: 'foreign' }], 'error metrics of the API server'],
  [
    'truncated metrics',
    [{ kind: 'damaged-body', on: '/metrics', damage: 'truncated' }],
    'error metrics of the API server',
  ],
  ['no discovery', [{ kind: 'damaged-body', on: '/apis', damage: 'foreign' }], 'error discovery of what is served'],
  ['denied discovery', [{ kind: 'forbidden', on: '/apis' }], 'denied discovery of what is served'],
  ['no version', [{ kind: 'damaged-body', on: '/version', damage: 'foreign' }], 'error version of the API server'],
])('%s: a gap, and never green', async (_name, faults, gap) => {
  live.fail(...faults);
  const { code, report } = await live.scan();
  expect([code, report.verdict, gapsOf(report)]).toEqual([4, 'incomplete', [gap]]);
});

test('a group whose own server does not answer is a gap, unless it only computes', async () => {
  live.put(apiServiceOf('metrics.k8s.io', false));
  const computed = await live.scan();
  expect([computed.report.verdict, gapsOf(computed.report)]).toEqual(['pass', []]);
  live.put(apiServiceOf('warehouse.example', false));
  const { code, report } = await live.scan();
  expect([code, gapsOf(report)]).toEqual([4, ['error resources of warehouse.example/v1beta1']]);
  // Drains need none of its objects.
  expect(gapsOf((await live.scan(['--skip', 'object'])).report)).toEqual([]);
});

test.each(['truncated', 'foreign'] as const)(
  'an old API server whose lists of groups are %s has a gap',
  async (damage) => {
    live.under.cluster.kubernetes.aggregatedDiscovery = false;
    live.put(...budget);
    expect(rowsOf((await live.scan()).report)).toEqual(found);
    live.fail({ kind: 'damaged-body', on: '/apis/policy/v1', damage });
    const one = await live.scan();
    expect([one.code, rowsOf(one.report), gapsOf(one.report)]).toEqual([4, [], ['error resources of policy/v1']]);
    live.fail({ kind: 'damaged-body', on: '/apis', damage });
    const all = await live.scan();
    expect([all.code, gapsOf(all.report)]).toEqual([4, ['error discovery of what is served']]);
  },
);

test('an answer that is denied while something else is found fails, and says both', async () => {
  live.put(...budget);
  live.fail({ kind: 'forbidden', on: 'deployments.apps' });
  const { code, report } = await live.scan();
  expect([code, report.verdict, gapsOf(report)]).toEqual([3, 'fail', ['denied deployments.apps']]);
  expect(rowsOf(report)).toEqual(found);
});
