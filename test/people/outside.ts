import { parseClusterArn } from '../../core/model/cluster-key.ts';
import { defaultVersion } from '../../simulator/eks/addon-catalog.ts';
import type { AddonRecord, ClusterRecord } from '../../simulator/eks/state/fake-eks-state.ts';
import { terminateNode } from '../../simulator/kubernetes/drain.ts';
import type { WorkloadState } from '../../simulator/kubernetes/kubernetes-state.ts';
import { MACHINE_ARN_PREFIX, machineDefinitions } from '../../simulator/process/machines.ts';
import type { World } from '../../simulator/process/world.ts';
import { type Act, type Chance, MINORS, onCluster, onOlder, type SeenCluster } from './chances.ts';
import { buildImage, degrade, mendOwnGroups } from './own-parts.ts';
import { ACCOUNTS, GATE, STAGES } from './random-config.ts';

const placeOf = (arn: string) => {
  const place = parseClusterArn(arn);
  if (place === undefined) throw new Error(`${arn} is no cluster`);
  return place;
};

function actor(world: World, arn: string, act: object): void {
  const { account, region, name: cluster } = placeOf(arn);
  const at = world.clock.now().getTime() + 1;
  world.eks.addActor({ at, account, region, cluster, ...act } as Parameters<typeof world.eks.addActor>[0]);
}

const operation = (world: World, arn: string, operationName: string, input: object): void =>
  actor(world, arn, {
    do: 'operation',
    principal: `arn:aws:iam::${placeOf(arn).account}:role/terraform`,
    operation: operationName,
    input,
  });

const tag = ({ called, arn }: SeenCluster, key: string, value: string | undefined): Act => ({
  outside: value === undefined ? `${called} loses its tag ${key}` : `${called} gets the tag ${key}=${value}`,
  change: (world) => {
    const tags = world.eks.state.clusters[arn]?.tags;
    if (tags === undefined) return;
    if (value === undefined) delete tags[key];
    else tags[key] = value;
  },
});

/** What others do to the accounts. */
export const OUTSIDE: readonly Chance[] = [
  onCluster((cluster, choices) => tag(cluster, 'liftlock/pin-version', choices.pick(MINORS))),
  onCluster((cluster) => tag(cluster, 'liftlock/pin-version', undefined)),
  onCluster((cluster) => tag(cluster, 'liftlock/paused', 'true')),
  onCluster((cluster) => tag(cluster, 'liftlock/paused', undefined)),
  onCluster((cluster, choices) => tag(cluster, 'stage', choices.pick(STAGES))),
  // Its add-ons are those of the old one, so it is made at the same minor.
  onCluster(({ called, arn, version }) => ({
    outside: `${called} is made anew at ${version}, with one node group`,
    change: (world) => {
      actor(world, arn, { do: 'recreate-cluster', version });
      world.clock.schedule(new Date(world.clock.now().getTime() + 60_000), async () => createGroup(world, arn));
    },
  })),
  onOlder(({ called, arn, version }) => {
    const next = `1.${Number(version.slice(2)) + 1}`;
    return {
      outside: `somebody moves ${called} to ${next} in the console`,
      change: (world) => operation(world, arn, 'UpdateClusterVersion', { name: placeOf(arn).name, version: next }),
    };
  }),
  onCluster(({ called, arn, version }) => {
    const before = `1.${Number(version.slice(2)) - 1}`;
    return {
      outside: `its owner takes ${called} back to ${before} in the console`,
      change: (world) => operation(world, arn, 'UpdateClusterVersion', { name: placeOf(arn).name, version: before }),
    };
  }),
  onCluster(({ called, arn, groups }, choices) => {
    const [clusterName, nodegroupName] = [placeOf(arn).name, choices.pick(groups)];
    return {
      outside: `somebody rolls ${nodegroupName} of ${called} in the console`,
      change: (world) => operation(world, arn, 'UpdateNodegroupVersion', { clusterName, nodegroupName }),
    };
  }),
  onCluster(({ called, arn }, choices) => {
    const [clusterName, addonName] = [placeOf(arn).name, choices.pick(['coredns', 'kube-proxy', 'vpc-cni'])];
    const verb = choices.pick(['UpdateAddon', 'DeleteAddon', 'CreateAddon']);
    return {
      outside: `somebody asks for ${verb} of ${addonName} in ${called}`,
      change: (world) => {
        const { addonVersions, clusters } = world.eks.state;
        const addonVersion = defaultVersion(addonVersions, addonName, clusters[arn]?.version ?? '');
        const more = verb === 'DeleteAddon' || addonVersion === undefined ? {} : { addonVersion };
        operation(world, arn, verb, { clusterName, addonName, ...more });
      },
    };
  }),
  onOlder(({ called, arn }) => ({
    outside: `AWS moves ${called} by force`,
    change: (world) => actor(world, arn, { do: 'auto-upgrade' }),
  })),
  onCluster(({ called, arn }) => ({
    outside: `a team of ${called} deploys what crashes`,
    change: (world) => actor(world, arn, { do: 'deploy', ...SHOP, image: 'shop:2', crashes: true }),
  })),
  onCluster(({ called, arn }) => ({
    outside: `a team of ${called} deploys what runs`,
    change: (world) => actor(world, arn, { do: 'deploy', ...SHOP, image: 'shop:3', crashes: false }),
  })),
  onCluster(({ called, arn }) => ({
    outside: `the budget of ${called} is deleted`,
    change: (world) => actor(world, arn, { do: 'delete-pod-disruption-budget', ...BUDGET }),
  })),
  (_, choices) => {
    const minor = choices.pick(MINORS);
    return {
      outside: `AWS publishes a new image of ${minor}`,
      change: ({ eks: { state }, clock }) => {
        state.imageDays = { ...state.imageDays, [minor]: clock.now().toISOString().slice(0, 10) };
      },
    };
  },
  (_, choices) => {
    const [name, minor] = [choices.pick(['coredns', 'kube-proxy', 'vpc-cni']), choices.pick(MINORS)];
    return {
      outside: `a newer ${name} is the default of ${minor}`,
      change: ({ eks }) => release(eks.state, name, minor),
    };
  },
  (_, choices) => {
    const [account, hours] = [choices.pick(ACCOUNTS), choices.pick([1, 30, 100])];
    return {
      outside: `the account ${account} denies everything for ${hours} h`,
      change: ({ eks: { state }, clock }) => {
        state.deniedAccounts.push(account);
        clock.schedule(new Date(clock.now().getTime() + hours * 3_600_000), async () => {
          const index = state.deniedAccounts.indexOf(account);
          if (index >= 0) state.deniedAccounts.splice(index, 1);
        });
      },
    };
  },
  onCluster(({ called, arn }) => ({
    outside: `EKS finds a group of ${called} ill`,
    change: ({ eks: { state } }) => {
      const [group] = state.clusters[arn]?.nodegroups.filter(({ status }) => status === 'ACTIVE') ?? [];
      if (group !== undefined) degrade(group);
    },
  })),
  onCluster(({ called, arn }, choices) => {
    const minor = choices.pick(MINORS);
    return {
      outside: `the image of ${minor} for ${called} is built`,
      change: ({ eks: { state } }) => buildImage(state, placeOf(arn).account, placeOf(arn).region, minor),
    };
  }),
  (_, choices) => {
    const vcpus = choices.pick([5, 10_000]);
    return {
      outside: `the quota of vCPUs is ${vcpus}`,
      change: ({ eks: { state } }) => {
        state.vcpuQuotas = { 'L-1216C47A': vcpus };
      },
    };
  },
  onCluster(({ called, arn }, choices) => {
    const free = choices.pick([0, 200]);
    return {
      outside: `the subnets of ${called} have ${free} free addresses`,
      change: ({ eks: { state } }) => {
        const subnets = state.clusters[arn]?.nodegroups.flatMap(({ description }) => description.subnets ?? []) ?? [];
        state.freeAddresses = { ...state.freeAddresses, ...Object.fromEntries(subnets.map((one) => [one, free])) };
      },
    };
  }),
  (_, choices) => {
    const status = choices.pick(['green', 'red', 'unknown'] as const);
    return { outside: `the gate of a wave is ${status}`, change: ({ gates }) => void gates.set(GATE, status) };
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
  onCluster(({ called, arn, version }, choices) => {
    const machine = choices.pick(['upgrade-cluster', 'rollback-cluster'] as const);
    const id = choices.integer(0, 1e9);
    const targetVersion = `1.${Number(version.slice(2)) + (machine === 'upgrade-cluster' ? 1 : -1)}`;
    return {
      outside: `somebody starts ${machine} of ${called} to ${targetVersion} by hand`,
      change: ({ clock, runner }) =>
        clock.schedule(clock.now(), async () => {
          await runner.startExecution({
            machineArn: `${MACHINE_ARN_PREFIX}${machine}`,
            name: `by-hand-${id}`,
            input: JSON.stringify({ cluster: arn, targetVersion }),
          });
        }),
    };
  }),
  onCluster(({ called, arn, groups }) => ({
    outside: `the last of several groups of ${called} is deleted`,
    change: (world) => {
      const [, nodegroup] = groups.filter((name) => name !== LEGACY);
      if (nodegroup !== undefined) actor(world, arn, { do: 'delete-node-group', nodegroup, recreated: false });
    },
  })),
  onCluster(({ called, arn }, choices) => {
    const failure = choices.pick([
      { type: 'VersionUpdate' },
      { type: 'VersionUpdate', nodegroupName: 'a' },
      { type: 'AddonUpdate', addonName: choices.pick(['coredns', 'kube-proxy', 'vpc-cni']) },
    ] as const);
    const errorCode = choices.pick(['NodeCreationFailure', 'PodEvictionFailure', 'Unknown'] as const);
    return {
      outside: `the next ${Object.values(failure).join(' of ')} of ${called} will fail: ${errorCode}`,
      change: ({ eks }) =>
        void eks.state.plannedFailures.push({
          clusterName: placeOf(arn).name,
          ...failure,
          errorCode,
          errorMessage: 'by chance',
        }),
    };
  }),
];

/** A newer build of the version that a minor has by default takes its place. */
function release({ addonVersions }: World['eks']['state'], name: string, minor: string): void {
  const rows = addonVersions[name] ?? [];
  const before = rows.find(({ defaultFor }) => defaultFor.includes(minor));
  if (before === undefined) return;
  const version = before.version.replace(/\d+$/, (build) => `${Number(build) + 1}`);
  const others = rows
    .filter((row) => row.version !== version)
    .map((row) => ({ ...row, defaultFor: row.defaultFor.filter((one) => one !== minor) }));
  const newer = { ...before, version, defaultFor: [minor] };
  addonVersions[name] = others.flatMap((row) => (row.version === before.version ? [newer, row] : [row]));
}

/** The node group that EKS does not know, in clusters that have one. */
export const LEGACY = 'legacy';

/** A workload of every cluster, with a budget that may be in the way of drains. */
const SHOP = { namespace: 'shop', name: 'shop' };
const BUDGET = { namespace: 'shop', name: 'shop' };
export const SHOPS = {
  /** `crashesFromKubelet`: the first minor on whose nodes its pods crash. */
  workloads: (crashesFromKubelet?: string): WorkloadState[] => [
    {
      ...{ ...SHOP, kind: 'Deployment', replicas: 2, labels: { app: 'shop' }, image: 'shop:1' },
      ...(crashesFromKubelet === undefined ? {} : { crashesFromKubelet }),
    },
  ],
  budget: (maxUnavailable: number) => ({ ...BUDGET, matchLabels: { app: 'shop' }, maxUnavailable }),
};

const createGroup = (world: World, arn: string): void =>
  operation(world, arn, 'CreateNodegroup', {
    ...{ clusterName: placeOf(arn).name, nodegroupName: 'a', subnets: ['subnet-1', 'subnet-2'] },
    nodeRole: `arn:aws:iam::${placeOf(arn).account}:role/nodes`,
    scalingConfig: { minSize: 2, maxSize: 4, desiredSize: 2 },
  });

/** Where EKS offers no way to the minor of an add-on, as in clusters that went up by force, a person deletes it and creates it anew. */
function createAnew({ eks }: World, { version }: ClusterRecord, addon: AddonRecord): void {
  const rows = eks.state.addonVersions[addon.name] ?? [];
  if (rows.find((row) => row.version === addon.version)?.minors.includes(version) !== false) return;
  addon.version = defaultVersion(eks.state.addonVersions, addon.name, version) ?? addon.version;
}

/**
 * The causes of failures are gone: nothing is planned to fail or denied, broken add-ons and groups are whole, every cluster has nodes, all of them in groups
 * of EKS, no add-on is left far behind, and nobody holds one by a tag.
 */
export function mendEverything(world: World): void {
  const { eks, gates } = world;
  gates.clear();
  eks.state.plannedFailures = [];
  eks.state.deniedAccounts = [];
  mendOwnGroups(eks.state);
  for (const cluster of Object.values(eks.state.clusters)) {
    for (const key of Object.keys(cluster.tags)) if (key.startsWith('liftlock/')) delete cluster.tags[key];
    actor(world, cluster.arn, { do: 'delete-pod-disruption-budget', ...BUDGET });
    actor(world, cluster.arn, { do: 'deploy', ...SHOP, image: 'shop:3', crashes: false });
    if (cluster.nodegroups.length === 0) createGroup(world, cluster.arn);
    for (const { name, nodegroupName } of [...cluster.kubernetes.nodes])
      if (nodegroupName === undefined) terminateNode(cluster.kubernetes, name, world.clock.now().getTime());
    for (const addon of cluster.addons) {
      createAnew(world, cluster, addon);
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
