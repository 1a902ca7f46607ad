import type { EvictionRow } from './eviction-row.ts';
import { budget, controller, deployment, pod, pods } from './plain-objects.ts';

const disruption = (name: string) => `pkg/controller/disruption/disruption_test.go ${name}`;

const evict = (name: string) => ({ namespace: 'shop', name });
const needs = (desired: number, healthy: number) =>
  `The disruption budget api needs ${desired} healthy pods and has ${healthy} currently`;
const refused = (cause: string) => ({ code: 429, cause, retryAfterSeconds: 0 }) as const;

const set = controller('ReplicaSet', 'api', 7);
const stateful = controller('StatefulSet', 'db', 3);

/** Whose scale counts. */
export const rowsOfControllers: readonly EvictionRow[] = [
  {
    row: 'the scale of a ReplicaSet counts, however few of its pods there are',
    upstream: disruption('TestIntegerMaxUnavailableWithScaling'),
    objects: [budget({ maxUnavailable: 2 }), set, pod('api-0', { owner: set })],
    evict: evict('api-0'),
    expect: { expected: 7, desired: 5, healthy: 1, allowed: 0, ...refused(needs(5, 1)) },
  },
  {
    row: 'a percentage of minAvailable is one of a StatefulSet’s replicas',
    upstream: disruption('TestStatefulSetController'),
    objects: [budget({ minAvailable: '34%' }), stateful, ...pods('db', 3, { owner: stateful })],
    evict: evict('db-2'),
    expect: { expected: 3, desired: 2, healthy: 3, allowed: 1, code: 201 },
    afterwards: [
      { evict: evict('db-1'), expect: { expected: 3, desired: 2, healthy: 2, allowed: 0, ...refused(needs(2, 2)) } },
    ],
  },
  {
    row: 'of a ReplicaSet that belongs to a Deployment, the Deployment’s replicas count',
    upstream: disruption('TestDeploymentFinderFunction happy path'),
    objects: [
      budget({ maxUnavailable: 1 }),
      deployment('api', 10).deployment,
      { ...deployment('api', 10).replicaSet, spec: { replicas: 5 } },
      ...pods('api', 5, { owner: deployment('api', 10).replicaSet }),
    ],
    evict: evict('api-0'),
    expect: { expected: 10, desired: 9, healthy: 5, allowed: 0, ...refused(needs(9, 5)) },
  },
];
