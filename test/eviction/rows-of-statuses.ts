import type { EvictionRow, Expectation } from './eviction-row.ts';
import { budget, controller, pod, pods, secondsBefore } from './plain-objects.ts';

const eviction = (name: string) => `pkg/registry/core/pod/storage/eviction_test.go ${name}`;
const disruption = (name: string) => `pkg/controller/disruption/disruption_test.go ${name}`;

const evict = (name: string) => ({ namespace: 'shop', name });
const needs = (desired: number, healthy: number) =>
  `The disruption budget api needs ${desired} healthy pods and has ${healthy} currently`;
const message = "Cannot evict pod as it would violate the pod's disruption budget.";
const refused = (cause: string) => ({ code: 429, cause, message, retryAfterSeconds: 0 }) as const;
const processed: Expectation = {
  ...{ code: 429, message, retryAfterSeconds: 10 },
  cause: 'The disruption budget api is still being processed by the server.',
};

/** A budget of which the disruption controller said something earlier. */
const said = (status: Readonly<Record<string, unknown>>, generation?: number) =>
  budget({}, { status, ...(generation === undefined ? {} : { generation }) });

/** What the disruption controller has seen, has not seen, or could not work out. */
export const rowsOfStatuses: readonly EvictionRow[] = [
  {
    row: 'an eviction takes one disruption, and the last one is the end',
    upstream: eviction('TestEvictionPDBStatus pdb status is updated after eviction'),
    objects: [
      said({ disruptionsAllowed: 1, currentHealthy: 3, desiredHealthy: 2, expectedPods: 3 }),
      ...pods('api', 3),
    ],
    evict: evict('api-0'),
    expect: { expected: 3, desired: 2, healthy: 3, allowed: 1, code: 201 },
    afterwards: [
      {
        evict: evict('api-1'),
        expect: {
          ...{ expected: 3, desired: 2, healthy: 3, allowed: 0, reason: 'InsufficientPods' },
          ...refused('The disruption budget api does not allow evicting pods currently'),
        },
      },
    ],
    controllerIsBehind: true,
  },
  {
    row: 'of three disruptions two are left, and the condition stays',
    upstream: eviction('TestEvictionPDBStatus condition reason is only updated if AllowedDisruptions becomes 0'),
    objects: [
      said({
        ...{ disruptionsAllowed: 3, currentHealthy: 4, desiredHealthy: 1, expectedPods: 4 },
        conditions: [{ type: 'DisruptionAllowed', status: 'True', reason: 'SufficientPods' }],
      }),
      ...pods('api', 4),
    ],
    evict: evict('api-0'),
    expect: { allowed: 3, reason: 'SufficientPods', code: 201 },
    afterwards: [{ evict: evict('api-1'), expect: { allowed: 2, reason: 'SufficientPods', code: 201 } }],
    controllerIsBehind: true,
  },
  {
    row: 'a budget that was changed since the controller looked is still being processed',
    upstream: eviction('TestEvictionIgnorePDB unhealthy pod ours, resource version conflict'),
    objects: [said({ observedGeneration: 1, disruptionsAllowed: 1 }, 2), pod('api-0')],
    evict: evict('api-0'),
    expect: { allowed: 1, ...processed },
    controllerIsBehind: true,
  },
  {
    row: 'a budget that no controller has looked at is still being processed',
    upstream: 'nodes.md §1.1 step 5',
    objects: [budget({ maxUnavailable: 1 }, { generation: 1 }), pod('api-0')],
    evict: evict('api-0'),
    expect: { expected: 0, desired: 0, healthy: 0, allowed: 0, ...processed },
    controllerIsBehind: true,
  },
  {
    row: 'one whose first sync fails stays so, since a failed sync observes no generation',
    upstream: 'pkg/controller/disruption/disruption.go failSafe',
    objects: [
      budget({ maxUnavailable: 1 }, { generation: 1 }),
      pod('agent', { owner: controller('DaemonSet', 'agent', 0) }),
    ],
    evict: evict('agent'),
    expect: { allowed: 0, reason: 'SyncFailed', ...processed },
  },
  {
    row: 'a negative number of allowed disruptions is forbidden',
    upstream: 'pkg/registry/core/pod/storage/eviction.go checkAndDecrement',
    objects: [said({ disruptionsAllowed: -1 }), pod('api-0')],
    evict: evict('api-0'),
    expect: {
      ...{ allowed: -1, code: 403 },
      message: 'poddisruptionbudget.policy "api" is forbidden: pdb disruptions allowed is negative',
    },
    controllerIsBehind: true,
  },
  {
    row: 'more than 2000 evictions that the controller has not seen are forbidden, though more are allowed',
    upstream: 'pkg/registry/core/pod/storage/eviction.go checkAndDecrement',
    objects: [
      said({
        disruptionsAllowed: 5,
        disruptedPods: Object.fromEntries(
          Array.from({ length: 2_001 }, (_, each) => [`gone-${each}`, secondsBefore(1)]),
        ),
      }),
      pod('api-0'),
    ],
    evict: evict('api-0'),
    expect: {
      ...{ allowed: 5, code: 403 },
      message:
        'poddisruptionbudget.policy "api" is forbidden: DisruptedPods map too big - too many evictions not confirmed by PDB controller',
    },
    controllerIsBehind: true,
  },
  {
    row: 'a failed sync is told before any count',
    upstream: eviction('TestEvictionIgnorePDB the error includes the reason when the sync failed'),
    objects: [
      said({
        ...{ disruptionsAllowed: 0, currentHealthy: 1, desiredHealthy: 2 },
        conditions: [{ type: 'DisruptionAllowed', status: 'False', reason: 'SyncFailed', message: 'it went wrong' }],
      }),
      pod('api-0'),
    ],
    evict: evict('api-0'),
    expect: {
      ...{ desired: 2, healthy: 1, allowed: 0, reason: 'SyncFailed' },
      ...refused(
        'The disruption budget api does not allow evicting pods currently because it failed sync: it went wrong',
      ),
    },
    controllerIsBehind: true,
  },
  {
    row: 'another reason is told where the counts do not say it',
    upstream: eviction('TestEvictionIgnorePDB the error includes the reason when the condition.Status is False'),
    objects: [
      said({
        ...{ disruptionsAllowed: 0, currentHealthy: 4, desiredHealthy: 3 },
        conditions: [
          { type: 'DisruptionAllowed', status: 'False', reason: 'InsufficientPods', message: 'there are too few' },
        ],
      }),
      pod('api-0'),
    ],
    evict: evict('api-0'),
    expect: {
      ...{ desired: 3, healthy: 4, allowed: 0 },
      ...refused(
        'The disruption budget api does not allow evicting pods currently (InsufficientPods): there are too few',
      ),
    },
    controllerIsBehind: true,
  },
  {
    row: 'of pods that are disrupted only the one that is there, stays and was disrupted lately counts as gone',
    upstream: disruption('TestUpdateDisruptedPods'),
    objects: [
      budget(
        { minAvailable: 1 },
        {
          status: {
            disruptedPods: {
              ...{ p1: secondsBefore(0), p2: secondsBefore(180), p3: secondsBefore(60), notthere: secondsBefore(0) },
            },
          },
        },
      ),
      ...[pod('p1', { terminating: true }), pod('p2'), pod('p3')],
    ],
    evict: evict('p2'),
    expect: { expected: 3, desired: 1, healthy: 1, allowed: 0, ...refused(needs(1, 1)) },
  },
  {
    row: 'after two minutes a disrupted pod that is still there is healthy again',
    upstream: 'nodes.md §1.2 DeletionTimeout',
    objects: [
      budget({ minAvailable: 1 }, { status: { disruptedPods: { p1: secondsBefore(120) } } }),
      ...[pod('p1'), pod('p2')],
    ],
    evict: evict('p2'),
    expect: { expected: 2, desired: 1, healthy: 2, allowed: 1, code: 201 },
  },
  {
    row: 'a moment before, it is not',
    upstream: 'nodes.md §1.2 DeletionTimeout',
    objects: [
      budget({ minAvailable: 1 }, { status: { disruptedPods: { p1: secondsBefore(119) } } }),
      ...[pod('p1'), pod('p2')],
    ],
    evict: evict('p2'),
    expect: { expected: 2, desired: 1, healthy: 1, allowed: 0, ...refused(needs(1, 1)) },
  },
];
