import { parseConfig } from '../../core/config/parse-config.ts';
import type { ClusterControl, ClusterRecord } from '../../core/contracts/items/cluster.ts';
import type { Upgrade } from '../../core/contracts/items/protocol.ts';
import type { Member, Rollout, Wave } from '../../core/contracts/items/rollout.ts';
import type { MachineName } from '../../core/contracts/names.ts';
import { applyConfig } from '../../core/operations/apply-documents.ts';
import type { WriteOperation } from '../../core/ports/table.ts';
import { transactWithAudit } from '../../core/store/audit.ts';
import { ClusterControls, Clusters, Rollouts, Upgrades, Waves } from '../../core/store/entities.ts';
import { loadKind } from '../../core/store/entity.ts';
import { addCluster, type ClusterSpecification } from '../../simulator/eks/add-cluster.ts';
import { emptyState } from '../../simulator/eks/empty-state.ts';
import { acceptedMutations } from '../../simulator/eks/log/timeline.ts';
import type { FakeEksState } from '../../simulator/eks/state/fake-eks-state.ts';
import type { Fault } from '../../simulator/faults/fault.ts';
import { Faults } from '../../simulator/faults/faulty-ports.ts';
import { checkInvariants } from '../../simulator/invariants/check-invariants.ts';
import { loadAllMembers } from '../../simulator/process/load-all-members.ts';
import { MACHINE_ARN_PREFIX, machineDefinitions } from '../../simulator/process/machines.ts';
import { IDLE_MINUTES, runWorld } from '../../simulator/process/run-world.ts';
import { spokePrincipal, World } from '../../simulator/process/world.ts';

export const DAY = new Date('2026-11-20T08:00:00Z');
export const PERSON = 'arn:aws:iam::000000000000:role/operator';

export interface SmallFleet {
  readonly clusters: readonly ClusterSpecification[];
  readonly mode?: 'act' | 'observe';
  readonly caps?: Record<string, number | Record<string, number>>;
  /** Jobs of hooks, as the Fleet allows them. */
  readonly jobs?: object;
  /** One policy over everything, unless `policies` are given. */
  readonly policy?: Record<string, unknown>;
  readonly policies?: readonly Record<string, unknown>[];
  /** Specs of Calendars, by name. */
  readonly calendars?: Readonly<Record<string, Record<string, unknown>>>;
  readonly prepare?: (state: FakeEksState) => void;
  readonly faults?: readonly Fault[];
  /** The same, where somebody asks afterwards whether they have struck. */
  readonly armed?: Faults;
  readonly accounts?: readonly string[];
  readonly organizationId?: string;
  /** Simulated time that one request of a scan takes. */
  readonly requestMilliseconds?: number;
}

/** Something that happens right before the control plane's upgrade is committed, between its decision and its call. */
export const beforeCommit = (act: Extract<Fault['effect'], { kind: 'act' }>['act']): Fault => ({
  when: 'before',
  operation: 'commit',
  function: 'upgrade-control-plane',
  effect: { kind: 'act', act },
});

/** Writes something on the record, as everything that matters is written. */
export async function onRecord(world: World, event: string, ...operations: readonly WriteOperation[]): Promise<void> {
  const entry = { subject: 'fleet', event, principal: PERSON, detail: {} };
  await transactWithAudit(world.table, operations, [entry], world.clock.now());
}

/** A world with these clusters, a Fleet and policies applied, and nothing run yet. */
export async function smallFleet(fleet: SmallFleet): Promise<World> {
  const state = emptyState(DAY);
  for (const cluster of fleet.clusters) addCluster(state, cluster);
  fleet.prepare?.(state);
  const faults = fleet.armed ?? new Faults(fleet.faults ?? []);
  const { requestMilliseconds = 0 } = fleet;
  const world = new World({
    state,
    start: DAY,
    seed: 3,
    around: faults.around,
    requestMilliseconds: () => requestMilliseconds,
  });
  faults.attach(world);
  const apiVersion = 'liftlock/v1alpha1';
  const accounts = fleet.accounts ?? [...new Set(fleet.clusters.map((cluster) => cluster.account ?? '111111111111'))];
  const documents = [
    {
      apiVersion,
      kind: 'Fleet',
      metadata: { name: 'test' },
      spec: {
        mode: fleet.mode ?? 'act',
        accounts,
        ...(fleet.organizationId === undefined ? {} : { organizationId: fleet.organizationId }),
        regions: ['eu-central-1'],
        spokeRole: { externalId: 'test' },
        caps: fleet.caps ?? {},
        ...(fleet.jobs === undefined ? {} : { hooks: { jobs: fleet.jobs } }),
        labels: { fromTags: { stage: 'stage' } },
      },
    },
    ...Object.entries(fleet.calendars ?? {}).map(([name, spec]) => ({
      apiVersion,
      kind: 'Calendar',
      metadata: { name },
      spec,
    })),
    ...(
      fleet.policies ?? [
        {
          selector: {},
          target: 'latest',
          trigger: 'automatic',
          waves: [{ name: 'all', maxConcurrency: 10 }],
          ...fleet.policy,
        },
      ]
    ).map((spec, index) => ({
      apiVersion,
      kind: 'UpgradePolicy',
      metadata: { name: `policy-${index}` },
      spec,
    })),
  ];
  const parsed = parseConfig(
    [{ path: 'test.yaml', text: documents.map((document) => JSON.stringify(document)).join('\n---\n') }],
    { now: DAY },
  );
  if (parsed.fleet === undefined || parsed.errors.length > 0) throw new Error(JSON.stringify(parsed.errors));
  await applyConfig(world.ports, [parsed.fleet, ...parsed.calendars, ...parsed.policies], PERSON);
  return world;
}

/** Runs the schedules until the fleet is at rest, at most for so many days, and checks every invariant. */
export async function run(world: World, days = 5, idleMinutes = IDLE_MINUTES): Promise<void> {
  const rested = await runWorld(world, {
    until: new Date(world.clock.now().getTime() + days * 86_400_000),
    quietHours: 2,
    idleMinutes,
  });
  expect(await checkInvariants(world)).toEqual([]);
  expect(rested).toBe(true);
}

export const clustersOf = (world: World): Promise<ClusterRecord[]> => loadKind(world.table, Clusters);
export const controlsOf = (world: World): Promise<ClusterControl[]> => loadKind(world.table, ClusterControls);
export const upgradesOf = (world: World): Promise<Upgrade[]> => loadKind(world.table, Upgrades);
export const membersOf = (world: World): Promise<Member[]> => loadAllMembers(world.table);
export const wavesOf = (world: World): Promise<Wave[]> => loadKind(world.table, Waves);
export const rolloutsOf = (world: World): Promise<Rollout[]> => loadKind(world.table, Rollouts);

export const rolloutIdOf = async (world: World): Promise<string> => (await rolloutsOf(world))[0]?.id ?? '';

export async function memberOf(world: World, name: string): Promise<Member> {
  const member = (await membersOf(world)).find((one) => one.name === name);
  if (member === undefined) throw new Error(`${name} is in no rollout`);
  return member;
}

export async function recordOf(world: World, name: string): Promise<ClusterRecord> {
  const record = (await clustersOf(world)).find((one) => one.name === name && one.deletedAt === undefined);
  if (record === undefined) throw new Error(`${name} is not in the inventory`);
  return record;
}

/** The version that the fake EKS itself has. */
export const versionOf = (world: World, name: string): string | undefined =>
  Object.values(world.eks.state.clusters).find((cluster) => cluster.name === name)?.version;

/** Mutations that EKS accepted from Liftlock. */
export const mutationsOf = (world: World) =>
  acceptedMutations(world.eks.state).filter((mutation) => mutation.principal === spokePrincipal(mutation));

/** Whether Liftlock changed anything of the cluster. */
export const touched = (world: World, name: string): boolean =>
  mutationsOf(world).some(({ clusterArn }) => clusterArn.endsWith(`/${name}`));

/** What the fake EKS has of the one cluster. */
export function onlyCluster(world: World) {
  const [cluster] = Object.values(world.eks.state.clusters);
  if (cluster === undefined) throw new Error('no cluster');
  return cluster;
}

export const observedTags = (world: World) =>
  world.table
    .auditTimeline()
    .filter(({ event }) => event === 'TagsObserved')
    .map(({ detail: { tags, before } }) => ({ tags, before }));

/** For `prepare`: no new node of the group `one` of the cluster `p` comes up. */
export const nodesFail = (state: FakeEksState): void =>
  void state.plannedFailures.push({
    clusterName: 'p',
    nodegroupName: 'one',
    type: 'VersionUpdate',
    errorCode: 'NodeCreationFailure',
    errorMessage: 'no nodes',
  });

/** A person stops all that runs in Step Functions. */
export async function stopExecutions({ runner }: World): Promise<void> {
  for (const { arn: machineArn } of machineDefinitions())
    for (const { executionArn } of runner.listExecutions({ machineArn, statusFilter: 'RUNNING' }).executions)
      await runner.stopExecution({ executionArn });
}

/** Lets so many hours pass, whatever is at rest. */
export const hours = (world: World, count: number, idleMinutes = IDLE_MINUTES): Promise<boolean> =>
  runWorld(world, {
    until: new Date(world.clock.now().getTime() + count * 3_600_000),
    quietHours: 1_000,
    idleMinutes,
  });

/** Lets so many minutes pass in which the reconciler looks and nobody else: no discovery, no news of versions. */
export async function minutes(world: World, count: number): Promise<void> {
  for (let minute = 0; minute < count; minute += 1) {
    await world.tick();
    await world.clock.runUntil(new Date(world.clock.now().getTime() + 60_000));
  }
}

/** Starts a machine by hand, as `aws stepfunctions start-execution` does. */
export const beginByHand = (world: World, machine: MachineName, input: unknown, name = `by-hand-${machine}`) =>
  world.runner.startExecution({ machineArn: `${MACHINE_ARN_PREFIX}${machine}`, name, input: JSON.stringify(input) });

/** The same, and runs until it has ended. */
export async function startByHand(...asked: Parameters<typeof beginByHand>) {
  const [world] = asked;
  const { executionArn } = await beginByHand(...asked);
  await runWorld(world, { until: new Date(world.clock.now().getTime() + 2 * 86_400_000), quietHours: 1 });
  return world.runner.describeExecution(executionArn);
}

/** Discovery and version news, without any policy acting: for tests that start things by hand. */
export async function discover(world: World): Promise<void> {
  await world.invoke('discover-clusters', {});
  await world.clock.runUntil(new Date(world.clock.now().getTime() + 60_000));
  await world.invoke('watch-versions', {});
  await world.tick();
}

export const clusterArn = (name: string, account = '111111111111', region = 'eu-central-1'): string =>
  `arn:aws:eks:${region}:${account}:cluster/${name}`;
