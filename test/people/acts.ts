import type { WorkloadState } from '../../simulator/kubernetes/kubernetes-state.ts';
import { MACHINE_ARN_PREFIX, machineDefinitions } from '../../simulator/process/machines.ts';
import type { World } from '../../simulator/process/world.ts';
import type { SeededChoices } from '../../simulator/simulate/fleet/seeded-choices.ts';
import { ACCOUNT, changedFleet, changedPolicy, POLICIES, STAGES, secondPolicy } from './random-config.ts';

/** What people see of a world before they act, as `liftlock get` names it. */
export interface Seen {
  readonly clusters: readonly { readonly name: string; readonly version: string; readonly groups: readonly string[] }[];
  readonly rollouts: readonly { readonly id: string; readonly status: string }[];
  readonly waves: readonly { readonly rollout: string; readonly name: string; readonly status: string }[];
}

/** A command line, with what it reads; or something that others do to the account, in words. */
export type Act =
  | { readonly argv: readonly string[]; readonly stdin?: string }
  | { readonly outside: string; readonly change: (world: World) => void };

const MINORS = ['1.34', '1.35', '1.36', '1.37'];
const REASON = ['--reason', 'by chance'];
const GOING = new Set(['Running', 'Paused', 'Halted']);

/** One act of somebody, by chance; undefined where it has nothing to act upon. */
export function randomAct(seen: Seen, choices: SeededChoices): Act | undefined {
  return choices.pick(ACTS)(seen, choices);
}

type Chance = (seen: Seen, choices: SeededChoices) => Act | undefined;

const order = (...argv: readonly string[]): Act => ({ argv });
const apply = (stdin: string): Act => ({ argv: ['apply', '-f', '-'], stdin });

/** What moves a cluster past Liftlock goes to minors that this release knows. */
const onOlder = (act: Parameters<typeof onCluster>[0]): Chance =>
  onCluster((cluster, choices) => (cluster.version < '1.37' ? act(cluster, choices) : undefined));

const onCluster =
  (act: (cluster: Seen['clusters'][number], choices: SeededChoices) => Act | undefined): Chance =>
  ({ clusters }, choices) =>
    clusters.length === 0 ? undefined : act(choices.pick(clusters), choices);

/** Those that go on are the likelier subject. */
const onRollout =
  (verb: string, ...more: readonly string[]): Chance =>
  ({ rollouts }, choices) => {
    const going = rollouts.filter(({ status }) => GOING.has(status));
    const of = going.length > 0 ? going : rollouts;
    return of.length === 0 ? undefined : order('rollout', verb, choices.pick(of).id, ...REASON, ...more);
  };

const vote =
  (verb: string): Chance =>
  ({ waves }, choices) => {
    const pending = waves.filter(({ status }) => status === 'Pending');
    if (pending.length === 0) return undefined;
    const { rollout, name } = choices.pick(pending);
    return order(verb, rollout, name, ...REASON);
  };

const ORDERS: readonly Chance[] = [
  (_, choices) => apply(changedPolicy(choices)),
  (_, choices) => apply(secondPolicy(choices)),
  (_, choices) => apply(changedFleet(choices)),
  (_, choices) => order('delete', 'policy', choices.pick(POLICIES), ...REASON),
  () => order('fleet', 'stop', ...REASON),
  () => order('fleet', 'resume'),
  () => order('fleet', 'resume'),
  (_, choices) => order('rollout', 'create', choices.pick(POLICIES), ...(choices.chance(0.5) ? ['--finish'] : [])),
  onRollout('pause'),
  onRollout('resume'),
  onRollout('resume', '--accept-failures'),
  onRollout('abort'),
  onRollout('promote'),
  vote('approve'),
  vote('approve'),
  vote('reject'),
  onCluster(({ name }) => order('retry', 'cluster', name)),
  onCluster(({ name }) => order('release', 'cluster', name)),
  onCluster(({ name }) => order('skip', 'cluster', name, ...REASON)),
  onCluster(({ name }) => order('rollback', 'cluster', name, '--approve')),
  onCluster(({ name }, choices) => order('upgrade', 'cluster', name, '--to', choices.pick(MINORS), '--approve')),
  onCluster(({ name }) => order('break-glass', 'cluster', name, '--for', '12h', ...REASON)),
  onCluster(({ name }) => order('break-glass', 'cluster', name, '--end')),
  onCluster(({ name, groups }, choices) =>
    order(
      'drain',
      'nodegroup',
      choices.pick([...groups, 'none']),
      '--cluster',
      name,
      choices.pick(['--approve', '--cancel']),
    ),
  ),
];

const rawCluster = ({ eks }: World, name: string) =>
  Object.values(eks.state.clusters).find((cluster) => cluster.name === name);

const actor = (world: World, act: object): void =>
  world.eks.addActor({
    at: world.clock.now().getTime() + 1,
    account: ACCOUNT,
    region: 'eu-central-1',
    ...act,
  } as Parameters<typeof world.eks.addActor>[0]);

const operation = (world: World, operationName: string, input: object): void =>
  actor(world, {
    do: 'operation',
    principal: `arn:aws:iam::${ACCOUNT}:role/terraform`,
    operation: operationName,
    input,
  });

const tag = (name: string, key: string, value: string | undefined): Act => ({
  outside: value === undefined ? `${name} loses its tag ${key}` : `${name} gets the tag ${key}=${value}`,
  change: (world) => {
    const tags = rawCluster(world, name)?.tags;
    if (tags === undefined) return;
    if (value === undefined) delete tags[key];
    else tags[key] = value;
  },
});

const OUTSIDE: readonly Chance[] = [
  onCluster(({ name }, choices) => tag(name, 'liftlock/pin-version', choices.pick(MINORS))),
  onCluster(({ name }) => tag(name, 'liftlock/pin-version', undefined)),
  onCluster(({ name }) => tag(name, 'liftlock/paused', 'true')),
  onCluster(({ name }) => tag(name, 'liftlock/paused', undefined)),
  onCluster(({ name }, choices) => tag(name, 'stage', choices.pick(STAGES))),
  // Its add-ons are those of the old one, so it is made at the same minor.
  onCluster(({ name, version }) => ({
    outside: `${name} is made anew at ${version}, with one node group`,
    change: (world) => {
      actor(world, { do: 'recreate-cluster', cluster: name, version });
      world.clock.schedule(new Date(world.clock.now().getTime() + 60_000), async () => createGroup(world, name));
    },
  })),
  onOlder(({ name, version }) => {
    const next = `1.${Number(version.slice(2)) + 1}`;
    return {
      outside: `somebody moves ${name} to ${next} in the console`,
      change: (world) => operation(world, 'UpdateClusterVersion', { name, version: next }),
    };
  }),
  onOlder(({ name }) => ({
    outside: `AWS moves ${name} by force`,
    change: (world) => actor(world, { do: 'auto-upgrade', cluster: name }),
  })),
  onCluster(({ name }) => ({
    outside: `a team of ${name} deploys what crashes`,
    change: (world) => actor(world, { do: 'deploy', cluster: name, ...SHOP, image: 'shop:2', crashes: true }),
  })),
  onCluster(({ name }) => ({
    outside: `a team of ${name} deploys what runs`,
    change: (world) => actor(world, { do: 'deploy', cluster: name, ...SHOP, image: 'shop:3', crashes: false }),
  })),
  onCluster(({ name }) => ({
    outside: `the budget of ${name} is deleted`,
    change: (world) => actor(world, { do: 'delete-pod-disruption-budget', cluster: name, ...BUDGET }),
  })),
  (_, choices) => {
    const hours = choices.pick([1, 30]);
    return {
      outside: `the account denies everything for ${hours} h`,
      change: ({ eks: { state }, clock }) => {
        state.deniedAccounts.push(ACCOUNT);
        clock.schedule(
          new Date(clock.now().getTime() + hours * 3_600_000),
          async () => void state.deniedAccounts.pop(),
        );
      },
    };
  },
  () => ({
    outside: 'somebody stops all that runs in Step Functions',
    change: ({ clock, runner }) =>
      clock.schedule(clock.now(), async () => {
        for (const { arn: machineArn } of machineDefinitions())
          for (const { executionArn } of runner.listExecutions({ machineArn, statusFilter: 'RUNNING' }).executions)
            await runner.stopExecution({ executionArn });
      }),
  }),
  onCluster(({ name, version }, choices) => {
    const machine = choices.pick(['upgrade-cluster', 'rollback-cluster'] as const);
    const targetVersion = `1.${Number(version.slice(2)) + (machine === 'upgrade-cluster' ? 1 : -1)}`;
    return {
      outside: `somebody starts ${machine} of ${name} to ${targetVersion} by hand`,
      change: ({ clock, runner }) =>
        clock.schedule(clock.now(), async () => {
          await runner.startExecution({
            machineArn: `${MACHINE_ARN_PREFIX}${machine}`,
            name: `by-hand-${clock.now().getTime()}`,
            input: JSON.stringify({ cluster: `arn:aws:eks:eu-central-1:${ACCOUNT}:cluster/${name}`, targetVersion }),
          });
        }),
    };
  }),
  onCluster(({ name, groups }) => ({
    outside: `the last of several groups of ${name} is deleted`,
    change: (world) => {
      const [, nodegroup] = groups;
      if (nodegroup !== undefined)
        actor(world, { do: 'delete-node-group', cluster: name, nodegroup, recreated: false });
    },
  })),
  onCluster(({ name }, choices) => {
    const failure = choices.pick([
      { type: 'VersionUpdate' },
      { type: 'VersionUpdate', nodegroupName: 'a' },
      { type: 'AddonUpdate', addonName: choices.pick(['coredns', 'kube-proxy', 'vpc-cni']) },
    ] as const);
    const errorCode = choices.pick(['NodeCreationFailure', 'PodEvictionFailure', 'Unknown'] as const);
    return {
      outside: `the next ${Object.values(failure).join(' of ')} of ${name} will fail: ${errorCode}`,
      change: ({ eks }) =>
        void eks.state.plannedFailures.push({ clusterName: name, ...failure, errorCode, errorMessage: 'by chance' }),
    };
  }),
];

/** A workload of every cluster, with a budget that may be in the way of drains. */
const SHOP = { namespace: 'shop', name: 'shop' };
const BUDGET = { namespace: 'shop', name: 'shop' };
export const SHOPS = {
  workloads: [
    { ...SHOP, kind: 'Deployment', replicas: 2, labels: { app: 'shop' }, image: 'shop:1' },
  ] satisfies WorkloadState[],
  budget: (maxUnavailable: number) => ({ ...BUDGET, matchLabels: { app: 'shop' }, maxUnavailable }),
};

const createGroup = (world: World, clusterName: string): void =>
  operation(world, 'CreateNodegroup', {
    ...{ clusterName, nodegroupName: 'a', subnets: ['subnet-1', 'subnet-2'] },
    nodeRole: `arn:aws:iam::${ACCOUNT}:role/nodes`,
    scalingConfig: { minSize: 2, maxSize: 4, desiredSize: 2 },
  });

const ACTS = [...ORDERS, ...OUTSIDE];

/**
 * The causes of failures are gone: nothing is planned to fail or denied, broken add-ons and groups are whole, every cluster has nodes, and nobody holds
 * one by a tag.
 */
export function mendEverything(world: World): void {
  const { eks } = world;
  eks.state.plannedFailures = [];
  eks.state.deniedAccounts = [];
  for (const cluster of Object.values(eks.state.clusters)) {
    for (const key of Object.keys(cluster.tags)) if (key.startsWith('liftlock/')) delete cluster.tags[key];
    actor(world, { do: 'delete-pod-disruption-budget', cluster: cluster.name, ...BUDGET });
    actor(world, { do: 'deploy', cluster: cluster.name, ...SHOP, image: 'shop:3', crashes: false });
    if (cluster.nodegroups.length === 0) createGroup(world, cluster.name);
    for (const addon of cluster.addons) {
      if (!/FAILED|DEGRADED/.test(addon.status)) continue;
      addon.status = 'ACTIVE';
      addon.healthIssues = [];
    }
    for (const group of cluster.nodegroups) {
      if (group.status !== 'DEGRADED') continue;
      group.status = 'ACTIVE';
      group.healthIssues = [];
    }
  }
}
