import type { EvictionRow } from './eviction-row.ts';
import { budget, controller, pod, pods } from './plain-objects.ts';

const eviction = (name: string) => `pkg/registry/core/pod/storage/eviction_test.go ${name}`;
const disruption = (name: string) => `pkg/controller/disruption/disruption_test.go ${name}`;

const evict = (name: string) => ({ namespace: 'shop', name });
const needs = (desired: number, healthy: number) =>
  `The disruption budget api needs ${desired} healthy pods and has ${healthy} currently`;
const message = "Cannot evict pod as it would violate the pod's disruption budget.";
const refused = (cause: string) => ({ code: 429, cause, message, retryAfterSeconds: 0 }) as const;
const several = {
  code: 500,
  message: 'This pod has more than one PodDisruptionBudget, which the eviction subresource does not support.',
} as const;

const set = (replicas: number) => controller('ReplicaSet', 'api', replicas);

/** Three pods that are desired, all of them: nothing is allowed. */
const tight = [budget({ minAvailable: 3 }), set(3), ...pods('api', 3, { owner: set(3) })];

/** A fourth pod in that world, of which the budget would not let go either. */
const withFourth = (options: Parameters<typeof pod>[1]) => [...tight, pod('fourth', { owner: set(3), ...options })];

/** What the eviction subresource decides, and in which order it asks. */
export const rowsOfEvictions: readonly EvictionRow[] = [
  {
    row: 'a running pod stays where no disruption is allowed',
    upstream: eviction('TestEviction matching pdbs with no disruptions allowed, pod running'),
    objects: tight,
    evict: evict('api-0'),
    expect: { expected: 3, desired: 3, healthy: 3, allowed: 0, ...refused(needs(3, 3)) },
  },
  {
    row: 'a pending pod goes whatever its budget says',
    upstream: eviction('TestEviction matching pdbs with no disruptions allowed, pod pending'),
    objects: withFourth({ phase: 'Pending', ready: false }),
    evict: evict('fourth'),
    expect: { expected: 4, desired: 3, healthy: 3, allowed: 0, code: 201 },
  },
  {
    row: 'a pod that succeeded goes, even where its conditions say Ready',
    upstream: eviction('TestEviction matching pdbs with no disruptions allowed, pod succeeded'),
    objects: [budget({ minAvailable: 4 }), ...pods('api', 3), pod('succeeded', { phase: 'Succeeded' })],
    evict: evict('succeeded'),
    expect: { expected: 4, desired: 4, healthy: 4, allowed: 0, code: 201 },
  },
  {
    row: 'a pod that failed goes, even where its conditions say Ready',
    upstream: eviction('TestEviction matching pdbs with no disruptions allowed, pod failed'),
    objects: [budget({ minAvailable: 4 }), ...pods('api', 3), pod('failed', { phase: 'Failed' })],
    evict: evict('failed'),
    expect: { expected: 4, desired: 4, healthy: 4, allowed: 0, code: 201 },
  },
  {
    row: 'a pod that terminates already may be evicted again',
    upstream: eviction('TestEvictionIgnorePDB matching pdbs with no disruptions allowed, pod terminating'),
    objects: withFourth({ terminating: true }),
    evict: evict('fourth'),
    expect: { expected: 4, desired: 3, healthy: 3, allowed: 0, code: 201 },
  },
  {
    row: 'several budgets do not hold a pending pod',
    upstream: eviction('TestEvictionIgnorePDB pdbs No disruptions allowed, pod pending'),
    objects: [
      ...[budget({ minAvailable: 3 }), budget({ minAvailable: 3 }, { name: 'second' })],
      pod('api-0', { phase: 'Pending', ready: false }),
    ],
    evict: evict('api-0'),
    expect: { code: 201 },
  },
  {
    row: 'a pod goes where a disruption is allowed',
    upstream: eviction('TestEviction matching pdbs with disruptions allowed'),
    objects: [budget({ maxUnavailable: 1 }), set(3), ...pods('api', 3, { owner: set(3) })],
    evict: evict('api-2'),
    expect: { expected: 3, desired: 2, healthy: 3, allowed: 1, code: 201 },
  },
  {
    row: 'a budget of other pods says nothing',
    upstream: eviction('TestEviction non-matching pdbs'),
    objects: [budget({ minAvailable: 3 }, { selector: { matchLabels: { app: 'other' } } }), pod('api-0')],
    evict: evict('api-0'),
    expect: { expected: 0, desired: 3, healthy: 0, allowed: 0, code: 201 },
  },
  {
    row: 'the name in the URL is that in the body',
    upstream: eviction('TestEviction matching pdbs with disruptions allowed but bad name in Url'),
    objects: [budget({ maxUnavailable: 1 }), set(3), ...pods('api', 3, { owner: set(3) })],
    evict: { ...evict('api-0'), nameInUrl: 'api-0bad-name' },
    expect: { code: 400, message: 'name in URL does not match name in Eviction object' },
  },
  {
    row: 'a pod that is not there is not found',
    upstream: eviction('TestAddConditionAndDelete missing'),
    objects: tight,
    evict: evict('nobody'),
    expect: { code: 404, message: 'pods "nobody" not found' },
  },
  {
    row: 'a healthy pod stays while another one is not ready',
    upstream: eviction('TestEvictionIgnorePDB pod running, pod healthy, unhealthy pod not ours'),
    objects: [budget({ minAvailable: 2 }), set(3), ...pods('api', 3, { owner: set(3), ready: 2 })],
    evict: evict('api-0'),
    expect: { expected: 3, desired: 2, healthy: 2, allowed: 0, ...refused(needs(2, 2)) },
  },
  {
    row: 'the one that is not ready goes, since the others are enough',
    upstream: eviction('TestEvictionIgnorePDB pod running, pod unhealthy, unhealthy pod ours'),
    objects: [budget({ minAvailable: 2 }), set(3), ...pods('api', 3, { owner: set(3), ready: 2 })],
    evict: evict('api-2'),
    expect: { expected: 3, desired: 2, healthy: 2, allowed: 0, code: 201 },
    afterwards: [
      { evict: evict('api-0'), expect: { expected: 2, desired: 2, healthy: 2, allowed: 0, ...refused(needs(2, 2)) } },
    ],
  },
  {
    row: 'IfHealthyBudget says the same aloud',
    upstream: eviction('TestEvictionIgnorePDB unhealthy pod ours with IfHealthyBudget policy'),
    objects: [
      budget({ minAvailable: 2, unhealthyPodEvictionPolicy: 'IfHealthyBudget' }),
      ...[set(3), ...pods('api', 3, { owner: set(3), ready: 1 })],
    ],
    evict: evict('api-1'),
    expect: { expected: 3, desired: 2, healthy: 1, allowed: 0, ...refused(needs(2, 1)) },
  },
  {
    row: 'AlwaysAllow lets a pod that is not ready go under a budget that is violated',
    upstream: eviction('TestEvictionIgnorePDB pod unhealthy, unhealthy pod ours, skips the PDB check and deletes'),
    objects: [
      budget({ minAvailable: 2, unhealthyPodEvictionPolicy: 'AlwaysAllow' }),
      ...[set(3), ...pods('api', 3, { owner: set(3), ready: 1 })],
    ],
    evict: evict('api-1'),
    expect: { expected: 3, desired: 2, healthy: 1, allowed: 0, code: 201 },
  },
  {
    row: 'AlwaysAllow guards a healthy pod like any other budget',
    upstream: eviction('TestEviction matching pdbs with no disruptions allowed, pod running'),
    objects: [
      budget({ minAvailable: 3, unhealthyPodEvictionPolicy: 'AlwaysAllow' }),
      ...[set(3), ...pods('api', 3, { owner: set(3) })],
    ],
    evict: evict('api-0'),
    expect: { expected: 3, desired: 3, healthy: 3, allowed: 0, ...refused(needs(3, 3)) },
  },
  {
    row: 'AlwaysAllow lets a pod go under maxUnavailable 100%',
    upstream: 'nodes.md §1.3 case 25, AlwaysAllow',
    objects: [
      budget({ maxUnavailable: '100%', unhealthyPodEvictionPolicy: 'AlwaysAllow' }),
      ...[set(3), ...pods('api', 3, { owner: set(3), ready: 0 })],
    ],
    evict: evict('api-0'),
    expect: { expected: 3, desired: 0, healthy: 0, allowed: 0, code: 201 },
  },
  {
    row: 'AlwaysAllow does not ask whether the controller has looked',
    upstream: 'pkg/registry/core/pod/storage/eviction.go Create',
    objects: [
      budget({ unhealthyPodEvictionPolicy: 'AlwaysAllow' }, { generation: 2, status: { observedGeneration: 1 } }),
      pod('api-0', { ready: false }),
    ],
    evict: evict('api-0'),
    expect: { code: 201 },
    controllerIsBehind: true,
  },
  {
    row: 'a pod under two budgets is never evicted, though both allow it',
    upstream: 'nodes.md §1.1 step 3',
    objects: [
      ...[budget({ maxUnavailable: 1 }), budget({ minAvailable: 1 }, { name: 'second' })],
      ...[set(3), ...pods('api', 3, { owner: set(3) })],
    ],
    evict: evict('api-0'),
    expect: several,
  },
  {
    row: 'nor is one that is not ready, whatever the policies say',
    upstream: 'nodes.md §1.1 step 3',
    objects: [
      budget({ minAvailable: 1, unhealthyPodEvictionPolicy: 'AlwaysAllow' }),
      budget({ minAvailable: 1, unhealthyPodEvictionPolicy: 'AlwaysAllow' }, { name: 'second' }),
      ...pods('api', 2, { ready: 1 }),
    ],
    evict: evict('api-1'),
    expect: several,
  },
  {
    row: 'a dry run takes nothing, so that any number of them pass',
    upstream: eviction('TestEvictionDryRun with pdbs'),
    objects: [budget({ minAvailable: 2 }), ...pods('bare', 3)],
    evict: { ...evict('bare-0'), dryRun: true },
    expect: { expected: 3, desired: 2, healthy: 3, allowed: 1, code: 201 },
    afterwards: [
      {
        evict: { ...evict('bare-1'), dryRun: true },
        expect: { expected: 3, desired: 2, healthy: 3, allowed: 1, code: 201 },
      },
    ],
  },
  {
    row: 'a dry run is refused like any other',
    upstream: eviction('TestEvictionDryRun with pdbs'),
    objects: tight,
    evict: { ...evict('api-0'), dryRun: true },
    expect: { allowed: 0, ...refused(needs(3, 3)) },
  },
  {
    row: 'a precondition names the pod that is meant',
    upstream: eviction('TestAddConditionAndDelete invalid uid'),
    objects: [pod('bare')],
    evict: { ...evict('bare'), preconditions: { uid: 'of-an-earlier-one' } },
    expect: { code: 409 },
  },
  {
    row: 'an eviction with the right precondition is one',
    upstream: eviction('TestAddConditionAndDelete valid uid'),
    objects: [pod('bare')],
    evict: { ...evict('bare'), preconditions: { uid: 'uid-of-Pod-bare' } },
    expect: { code: 201 },
  },
  {
    row: 'a selector that cannot be understood selects nothing',
    upstream: disruption('TestInvalidSelectors illegal operator'),
    objects: [
      budget(
        { minAvailable: 3 },
        { selector: { matchExpressions: [{ key: 'app', operator: 'illegal', values: ['api'] }] } },
      ),
      pod('api-0'),
    ],
    evict: evict('api-0'),
    expect: { expected: 0, desired: 0, healthy: 0, allowed: 0, reason: 'SyncFailed', code: 201 },
  },
  {
    row: 'nor does one whose key is no name of a label',
    upstream: disruption('TestInvalidSelectors illegal value key'),
    objects: [
      budget({ minAvailable: 3 }, { selector: { matchLabels: { 'k8s.io/too/many/slashes': 'value' } } }),
      pod('api-0'),
    ],
    evict: evict('api-0'),
    expect: { expected: 0, desired: 0, healthy: 0, allowed: 0, reason: 'SyncFailed', code: 201 },
  },
  {
    row: 'expressions select as well as labels do',
    upstream: 'pkg/registry/core/pod/storage/eviction.go getPodDisruptionBudgets',
    objects: [
      budget(
        { minAvailable: 1 },
        {
          selector: {
            matchExpressions: [
              ...[
                { key: 'app', operator: 'In', values: ['api', 'web'] },
                { key: 'app', operator: 'Exists' },
              ],
              ...[
                { key: 'track', operator: 'NotIn', values: ['canary'] },
                { key: 'legacy', operator: 'DoesNotExist' },
              ],
            ],
          },
        },
      ),
      pod('stable'),
      pod('canary', { labels: { app: 'api', track: 'canary' } }),
      pod('old', { labels: { app: 'api', legacy: 'yes' } }),
    ],
    evict: evict('stable'),
    expect: { expected: 1, desired: 1, healthy: 1, allowed: 0, ...refused(needs(1, 1)) },
    afterwards: [
      { evict: evict('canary'), expect: { expected: 1, code: 201 } },
      { evict: evict('old'), expect: { expected: 1, code: 201 } },
    ],
  },
  {
    row: 'at v1beta1 an empty selector selects nothing',
    upstream: 'nodes.md §1.1 the selector',
    objects: [budget({ minAvailable: 3 }, { apiVersion: 'policy/v1beta1', selector: {} }), pod('api-0')],
    evict: evict('api-0'),
    expect: { expected: 0, desired: 3, healthy: 0, allowed: 0, code: 201 },
  },
  {
    row: 'a pod without a condition Ready is not ready',
    upstream: 'nodes.md §1.1 step 4',
    objects: [budget({ minAvailable: 1 }), { ...pod('api-0'), status: { phase: 'Running' } }],
    evict: evict('api-0'),
    expect: { expected: 1, desired: 1, healthy: 0, allowed: 0, ...refused(needs(1, 0)) },
  },
  {
    row: 'in a namespace that terminates nothing can be made, evictions neither',
    upstream: 'nodes.md §1.1 terminating namespace',
    objects: [
      { apiVersion: 'v1', kind: 'Namespace', metadata: { name: 'shop' }, status: { phase: 'Terminating' } },
      pod('api-0'),
    ],
    evict: evict('api-0'),
    expect: {
      ...{ code: 403, cause: 'namespace shop is being terminated' },
      message:
        'pods "api-0" is forbidden: unable to create new content in namespace shop because it is being terminated',
    },
  },
];
