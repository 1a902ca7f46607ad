import { isDeepStrictEqual } from 'node:util';
import type { ClusterRecord, NodegroupRecord } from '../../eks/state/fake-eks-state.ts';
import type { Violation } from '../../invariants/history.ts';
import type { NodeState } from '../../kubernetes/kubernetes-state.ts';
import type { World } from '../../process/world.ts';
import { TEST_JOBS } from '../fleet/synthetic-probes.ts';

/**
 * 22 `state`: at the end the whole state of the fake EKS and of its API servers is as it was, but for what upgrades are there to change and what the
 * world of a simulation changes itself. EKS has no log of earlier settings, so the state is noted now. Returns the check for the end of the run.
 */
export function watchState(world: World): () => Violation[] {
  const before = stateOf(world);
  return () =>
    [...stateOf(world)].flatMap(([unit, is]) => {
      const was = before.get(unit);
      return was === undefined ? [] : differences(unit, was, is);
    });
}

/** Clusters and node groups by name. In a simulation they come and go; what is created again with the same name is another one. */
function stateOf({ eks }: World): Map<string, Unit> {
  const units = new Map<string, Unit>();
  for (const cluster of Object.values(structuredClone(eks.state.clusters))) {
    const name = `${cluster.name}@${cluster.createdAt}`;
    units.set(name, keptOfCluster(cluster));
    for (const group of cluster.nodegroups)
      units.set(`${group.name}@${group.createdAt} of ${name}`, keptOfGroup(group));
  }
  return units;
}

type Unit = Readonly<Record<string, unknown>>;

function differences(unit: string, was: Unit, is: Unit): Violation[] {
  return [...new Set([...Object.keys(was), ...Object.keys(is)])].flatMap((part) => {
    if (isDeepStrictEqual(was[part], is[part])) return [];
    const message = `${unit} had the ${part} ${JSON.stringify(was[part])}, and is left with ${JSON.stringify(is[part])}`;
    return [{ invariant: 'state', message }];
  });
}

/** All of a cluster but what upgrades move (versions, images, nodes, pods, updates, health), the tags of people and the tests of teams. */
function keptOfCluster(cluster: ClusterRecord): Unit {
  const { version, platformVersion, status, updates, versions, insights, healthIssues, nodegroups, tags, ...own } =
    cluster;
  const { nodes, pods, sequence, workloads, objects = [], jobRuns, ...server } = cluster.kubernetes;
  return {
    ...own,
    addons: own.addons.map(({ version, status, modifiedAt, healthIssues, ...addon }) => addon),
    kubernetes: server,
    // Add-ons bring images for their workloads, and teams deploy others.
    workloads: workloads.map(({ image, deployedAt, ...workload }) => workload),
    objects: objects.filter(({ metadata }) => metadata.namespace !== TEST_JOBS.namespace),
    'nodes with marks': nodes.filter(isMarked).map(({ name }) => name),
  };
}

function keptOfGroup(group: NodegroupRecord): Unit {
  const { version, releaseVersion, status, modifiedAt, launches, roll, healthIssues, launchTemplate, ...own } = group;
  // A strategy that was never chosen is DEFAULT, which is put back.
  return { ...own, updateConfig: { updateStrategy: 'DEFAULT', ...group.updateConfig } };
}

const isMarked = ({ unschedulable, annotations, taints }: NodeState): boolean =>
  unschedulable || annotations !== undefined || taints !== undefined;
