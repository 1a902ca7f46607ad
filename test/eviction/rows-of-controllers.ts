import type { EvictionRow } from './eviction-row.ts';
import {
  budget,
  controlledBy,
  controller,
  deployment,
  ownedBy,
  type PlainObject,
  pod,
  pods,
  scaleSubresource,
  widget,
  widgetDefinition,
} from './plain-objects.ts';

const disruption = (name: string) => `pkg/controller/disruption/disruption_test.go ${name}`;

const evict = (name: string) => ({ namespace: 'shop', name });
const needs = (desired: number, healthy: number) =>
  `The disruption budget api needs ${desired} healthy pods and has ${healthy} currently`;
const doesNotAllow = 'The disruption budget api does not allow evicting pods currently';
const refused = (cause: string) => ({ code: 429, cause, retryAfterSeconds: 0 }) as const;
/** What a controller is told apart by before its scale is asked for. */
const failedSync = (why: string) =>
  ({ allowed: 0, reason: 'SyncFailed', ...refused(`${doesNotAllow} because it failed sync: ${why}`) }) as const;

const set = (replicas: number) => controller('ReplicaSet', 'api', replicas);
const stateful = controller('StatefulSet', 'db', 3);
const replication = (name: string, replicas: number) => controller('ReplicationController', name, replicas);
const made = deployment('api', 10);

/** A ReplicaSet of five replicas, as it is under a Deployment of ten, whose reference to it is another one. */
function underOtherOwner(reference: object): PlainObject[] {
  const own = { ...ownedBy(made.deployment, made.replicaSet, reference), spec: { replicas: 5 } };
  return [budget({ maxUnavailable: 1 }), made.deployment, own, ...pods('api', 5, { owner: own })];
}

/** A ready pod whose controller is told of by nothing but its reference. */
function claimedBy(reference: object): PlainObject {
  const { metadata, ...rest } = pod('api-0');
  return {
    ...rest,
    metadata: { ...metadata, ownerReferences: [{ name: 'it', uid: 'its-uid', controller: true, ...reference }] },
  };
}

/** A ReplicationController and a Deployment of eleven each, of whose pods the first so many are Ready, under 28%. */
function twoControllers(readyOfFirst: number, readyOfSecond: number): PlainObject[] {
  const first = replication('first', 11);
  const second = deployment('second', 11);
  return [
    ...[budget({ minAvailable: '28%' }), first, second.deployment, second.replicaSet],
    ...pods('first', 11, { owner: first, ready: readyOfFirst }),
    ...pods('second', 11, { owner: second.replicaSet, ready: readyOfSecond }),
  ];
}

/** Whose scale counts. */
export const rowsOfControllers: readonly EvictionRow[] = [
  {
    row: 'the scale of a ReplicaSet counts, however few of its pods there are',
    upstream: disruption('TestIntegerMaxUnavailableWithScaling'),
    objects: [budget({ maxUnavailable: 2 }), set(7), pod('api-0', { owner: set(7) })],
    evict: evict('api-0'),
    expect: { expected: 7, desired: 5, healthy: 1, allowed: 0, ...refused(needs(5, 1)) },
  },
  {
    row: 'a ReplicaSet that was scaled down expects fewer',
    upstream: disruption('TestIntegerMaxUnavailableWithScaling'),
    objects: [budget({ maxUnavailable: 2 }), set(5), pod('api-0', { owner: set(5) })],
    evict: evict('api-0'),
    expect: { expected: 5, desired: 3, healthy: 1, allowed: 0, ...refused(needs(3, 1)) },
  },
  {
    row: 'a percentage of maxUnavailable is one of the scale',
    upstream: disruption('TestPercentageMaxUnavailableWithScaling'),
    objects: [budget({ maxUnavailable: '30%' }), set(7), pod('api-0', { owner: set(7) })],
    evict: evict('api-0'),
    expect: { expected: 7, desired: 4, healthy: 1, allowed: 0, ...refused(needs(4, 1)) },
  },
  {
    row: 'and of the scale as it is after a change',
    upstream: disruption('TestPercentageMaxUnavailableWithScaling'),
    objects: [budget({ maxUnavailable: '30%' }), set(3), pod('api-0', { owner: set(3) })],
    evict: evict('api-0'),
    expect: { expected: 3, desired: 2, healthy: 1, allowed: 0, ...refused(needs(2, 1)) },
  },
  {
    row: '20% of ten replicas are two, though there is one pod',
    upstream: disruption('TestReplicaSet'),
    objects: [budget({ minAvailable: '20%' }), set(10), pod('api-0', { owner: set(10) })],
    evict: evict('api-0'),
    expect: { expected: 10, desired: 2, healthy: 1, allowed: 0, ...refused(needs(2, 1)) },
  },
  {
    row: 'a percentage allows nothing for pods that nobody controls, and that is no failure',
    upstream: disruption('TestNakedPod and TestStatusForUnmanagedPod'),
    objects: [budget({ minAvailable: '28%' }), pod('naked')],
    evict: evict('naked'),
    expect: { expected: 0, desired: 0, healthy: 1, allowed: 0, reason: 'InsufficientPods', ...refused(doesNotAllow) },
  },
  {
    row: 'pods that nobody controls are left out of what is expected, and are healthy all the same',
    upstream: disruption('TestTotalUnmanagedPods; nodes.md §1.3 case 24'),
    objects: [budget({ maxUnavailable: 1 }), set(3), ...pods('api', 3, { owner: set(3) }), pod('bare')],
    evict: evict('api-0'),
    expect: { expected: 3, desired: 2, healthy: 4, allowed: 2, code: 201 },
  },
  {
    row: 'a controller of a kind that is not served fails the whole budget',
    upstream: disruption('TestUnsupportedControllerPod'),
    objects: [
      budget({ minAvailable: '28%' }),
      set(3),
      ...pods('other', 3, { owner: set(3) }),
      claimedBy({ apiVersion: 'apps.test.io/v1', kind: 'TestWorkload' }),
    ],
    evict: evict('other-0'),
    expect: failedSync('no matches for kind "TestWorkload" in version "apps.test.io/v1"'),
  },
  {
    row: 'an integer of minAvailable asks no controller, so that any will do',
    upstream: 'pkg/controller/disruption/disruption.go getExpectedPodCount',
    objects: [budget({ minAvailable: 0 }), claimedBy({ apiVersion: 'apps.test.io/v1', kind: 'TestWorkload' })],
    evict: evict('api-0'),
    expect: { expected: 1, desired: 0, healthy: 1, allowed: 1, code: 201 },
  },
  {
    row: 'a custom resource counts by its scale subresource',
    upstream: disruption('TestScaleResource'),
    objects: [
      widgetDefinition(scaleSubresource),
      budget({ maxUnavailable: 5 }),
      widget('spinner', 10),
      ...pods('spinner', 4, { owner: widget('spinner', 10) }),
    ],
    evict: evict('spinner-0'),
    expect: { expected: 10, desired: 5, healthy: 4, allowed: 0, ...refused(needs(5, 4)) },
  },
  {
    row: 'one that is scaled lets go what is above',
    upstream: disruption('TestScaleResource'),
    objects: [
      widgetDefinition(scaleSubresource),
      budget({ maxUnavailable: 5 }),
      widget('spinner', 7),
      ...pods('spinner', 4, { owner: widget('spinner', 7) }),
    ],
    evict: evict('spinner-0'),
    expect: { expected: 7, desired: 2, healthy: 4, allowed: 2, code: 201 },
  },
  {
    row: 'a custom resource without scale fails the budget',
    upstream: disruption('TestScaleFinderNoResource resource does not implement scale'),
    objects: [
      widgetDefinition({ status: {} }),
      budget({ maxUnavailable: 1 }),
      widget('spinner', 4),
      ...pods('spinner', 4, { owner: widget('spinner', 4) }),
    ],
    evict: evict('spinner-0'),
    expect: failedSync('widgets.example.com does not implement the scale subresource'),
  },
  {
    row: 'so does one that has scale and is not there',
    upstream: disruption('TestScaleFinderNoResource resource implements scale'),
    objects: [
      widgetDefinition(scaleSubresource),
      budget({ maxUnavailable: 1 }),
      pod('spinner-0', { owner: widget('spinner', 4) }),
    ],
    evict: evict('spinner-0'),
    expect: failedSync('found no controllers for pod "spinner-0"'),
  },
  {
    row: 'a DaemonSet has no scale, so a budget of maxUnavailable over its pods allows nothing',
    upstream: 'nodes.md §1.2 controller lookup',
    objects: [
      budget({ maxUnavailable: 1 }),
      controller('DaemonSet', 'agent', 0),
      ...pods('agent', 3, { owner: controller('DaemonSet', 'agent', 0) }),
    ],
    evict: evict('agent-0'),
    expect: failedSync('daemonsets.apps does not implement the scale subresource'),
  },
  {
    row: 'under an integer of minAvailable its pods go',
    upstream: 'nodes.md §1.2 controller lookup',
    objects: [
      budget({ minAvailable: 2 }),
      controller('DaemonSet', 'agent', 0),
      ...pods('agent', 3, { owner: controller('DaemonSet', 'agent', 0) }),
    ],
    evict: evict('agent-0'),
    expect: { expected: 3, desired: 2, healthy: 3, allowed: 1, code: 201 },
  },
  {
    row: 'a Job has no scale either',
    upstream: 'nodes.md §1.2 controller lookup',
    objects: [
      budget({ minAvailable: '50%' }),
      pod('batch-x', { owner: { ...controller('Job', 'batch', 1), apiVersion: 'batch/v1' } }),
    ],
    evict: evict('batch-x'),
    expect: failedSync('jobs.batch does not implement the scale subresource'),
  },
  {
    row: 'more pods than the scale of their controller make more that may go',
    upstream: disruption('TestMultipleControllers'),
    objects: [budget({ minAvailable: '1%' }), replication('rc', 1), ...pods('api', 2, { owner: replication('rc', 1) })],
    evict: evict('api-0'),
    expect: { expected: 1, desired: 1, healthy: 2, allowed: 1, code: 201 },
  },
  {
    row: 'a controller without pods is not known to the budget',
    upstream: disruption('TestReplicationController'),
    objects: [budget({ minAvailable: '34%' }), replication('rc', 3), pod('other', { labels: { app: 'other' } })],
    evict: evict('other'),
    expect: { expected: 0, desired: 0, healthy: 0, allowed: 0, code: 201 },
  },
  {
    row: 'two of three pods of a ReplicationController are what 34% of three desire',
    upstream: disruption('TestReplicationController'),
    objects: [
      budget({ minAvailable: '34%' }),
      replication('rc', 3),
      ...pods('api', 2, { owner: replication('rc', 3) }),
    ],
    evict: evict('api-0'),
    expect: { expected: 3, desired: 2, healthy: 2, allowed: 0, ...refused(needs(2, 2)) },
  },
  {
    row: 'a rogue pod that nobody controls makes one more that may go',
    upstream: disruption('TestReplicationController'),
    objects: [
      budget({ minAvailable: '34%' }),
      replication('rc', 3),
      ...pods('api', 3, { owner: replication('rc', 3) }),
      pod('rogue'),
    ],
    evict: evict('rogue'),
    expect: { expected: 3, desired: 2, healthy: 4, allowed: 2, code: 201 },
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
    row: 'of two controllers the scales are added, and the percentage is one of the sum',
    upstream: disruption('TestTwoControllers'),
    objects: twoControllers(5, 4),
    evict: evict('second-0'),
    expect: { expected: 22, desired: 7, healthy: 9, allowed: 2, code: 201 },
    afterwards: [
      { evict: evict('second-1'), expect: { expected: 22, desired: 7, healthy: 8, allowed: 1, code: 201 } },
      {
        evict: evict('first-0'),
        expect: { expected: 22, desired: 7, healthy: 7, allowed: 0, ...refused(needs(7, 7)) },
      },
    ],
  },
  {
    row: 'of two controllers one alone does not make up for the other',
    upstream: disruption('TestTwoControllers'),
    objects: twoControllers(5, 0),
    evict: evict('first-0'),
    expect: { expected: 22, desired: 7, healthy: 5, allowed: 0, ...refused(needs(7, 5)) },
  },
  {
    row: 'a quarter of two Deployments rounds up over both',
    upstream: 'nodes.md §1.3 case 22',
    objects: [
      budget({ maxUnavailable: '25%' }),
      ...Object.values(deployment('web', 3)),
      ...Object.values(deployment('jobs', 5)),
      ...pods('web', 3, { owner: deployment('web', 3).replicaSet }),
      ...pods('jobs', 5, { owner: deployment('jobs', 5).replicaSet }),
    ],
    evict: evict('web-0'),
    expect: { expected: 8, desired: 6, healthy: 8, allowed: 2, code: 201 },
  },
  {
    row: 'a budget over two Deployments lets one of them lose all its pods',
    upstream: 'nodes.md §1.3 case 8',
    objects: [
      budget({ minAvailable: 2 }),
      ...Object.values(deployment('web', 2)),
      ...Object.values(deployment('jobs', 2)),
      ...pods('web', 2, { owner: deployment('web', 2).replicaSet }),
      ...pods('jobs', 2, { owner: deployment('jobs', 2).replicaSet }),
    ],
    evict: evict('web-0'),
    expect: { expected: 4, desired: 2, healthy: 4, allowed: 2, code: 201 },
    afterwards: [{ evict: evict('web-1'), expect: { expected: 3, desired: 2, healthy: 3, allowed: 1, code: 201 } }],
  },
  {
    row: 'of a ReplicaSet that belongs to a Deployment, the Deployment’s replicas count',
    upstream: disruption('TestDeploymentFinderFunction happy path'),
    objects: underOtherOwner({ apiVersion: 'extensions/v1' }),
    evict: evict('api-0'),
    expect: { expected: 10, desired: 9, healthy: 5, allowed: 0, ...refused(needs(9, 5)) },
  },
  {
    row: 'two ReplicaSets of one Deployment are one controller',
    upstream: 'pkg/controller/disruption/disruption.go getExpectedScale',
    objects: [
      ...[budget({ maxUnavailable: 1 }), made.deployment, made.replicaSet],
      ownedBy(made.deployment, controller('ReplicaSet', 'api-old', 0)),
      ...pods('new', 8, { owner: made.replicaSet }),
      ...pods('old', 2, { owner: ownedBy(made.deployment, controller('ReplicaSet', 'api-old', 0)) }),
    ],
    evict: evict('old-0'),
    expect: { expected: 10, desired: 9, healthy: 10, allowed: 1, code: 201 },
  },
  {
    row: 'a ReplicaSet whose Deployment is of another group is scaled by itself',
    upstream: disruption('TestDeploymentFinderFunction invalid deployment apiVersion'),
    objects: underOtherOwner({ apiVersion: 'deployment/v1' }),
    evict: evict('api-0'),
    expect: { expected: 5, desired: 4, healthy: 5, allowed: 1, code: 201 },
  },
  {
    row: 'a ReplicaSet that another kind owns is scaled by itself',
    upstream: disruption('TestDeploymentFinderFunction invalid deployment kind'),
    objects: underOtherOwner({ kind: 'InvalidKind' }),
    evict: evict('api-0'),
    expect: { expected: 5, desired: 4, healthy: 5, allowed: 1, code: 201 },
  },
  {
    row: 'a ReplicaSet of a Deployment that was made anew is scaled by itself',
    upstream: 'pkg/controller/disruption/disruption.go getPodDeployment',
    objects: underOtherOwner({ uid: 'of-an-earlier-one' }),
    evict: evict('api-0'),
    expect: { expected: 5, desired: 4, healthy: 5, allowed: 1, code: 201 },
  },
  {
    row: 'a ReplicaSet is known by its group, though its version is not served any more',
    upstream: disruption('TestBasicFinderFunctions replicaset controller with apps group'),
    objects: [
      budget({ maxUnavailable: 1 }),
      set(1),
      claimedBy({ ...controlledBy(set(1)), apiVersion: 'extensions/v1beta1' }),
    ],
    evict: evict('api-0'),
    expect: { expected: 1, desired: 0, healthy: 1, allowed: 1, code: 201 },
  },
  {
    row: 'so is a StatefulSet',
    upstream: disruption('TestBasicFinderFunctions statefulset controller with extensions group'),
    objects: [
      budget({ maxUnavailable: 1 }),
      stateful,
      claimedBy({ ...controlledBy(stateful), apiVersion: 'apps/v1beta1' }),
    ],
    evict: evict('api-0'),
    expect: { expected: 3, desired: 2, healthy: 1, allowed: 0, ...refused(needs(2, 1)) },
  },
  {
    row: 'a StatefulSet of another kind’s name is none',
    upstream: disruption('TestBasicFinderFunctions statefulset controller with invalid kind'),
    objects: [budget({ maxUnavailable: 1 }), stateful, claimedBy({ ...controlledBy(stateful), kind: 'ReplicaSet' })],
    evict: evict('api-0'),
    expect: failedSync('found no controllers for pod "api-0"'),
  },
  {
    row: 'a ReplicaSet of another group is none',
    upstream: disruption('TestBasicFinderFunctions replicaset controller with invalid group'),
    objects: [budget({ maxUnavailable: 1 }), set(3), claimedBy({ apiVersion: 'invalid/v1', kind: 'ReplicaSet' })],
    evict: evict('api-0'),
    expect: failedSync('no matches for kind "ReplicaSet" in version "invalid/v1"'),
  },
  {
    row: 'a ReplicationController of another group is none',
    upstream: disruption('TestBasicFinderFunctions replicationcontroller with invalid group'),
    objects: [
      budget({ maxUnavailable: 1 }),
      replication('rc', 3),
      claimedBy({ apiVersion: 'apps/v1', kind: 'ReplicationController' }),
    ],
    evict: evict('api-0'),
    expect: failedSync('no matches for kind "ReplicationController" in version "apps/v1"'),
  },
  {
    row: 'a controller that was made anew under the same name is another one',
    upstream: 'pkg/controller/disruption/disruption.go getPodStatefulSet',
    objects: [
      budget({ maxUnavailable: 1 }),
      stateful,
      claimedBy({ ...controlledBy(stateful), uid: 'of-an-earlier-one' }),
    ],
    evict: evict('api-0'),
    expect: failedSync('found no controllers for pod "api-0"'),
  },
];
