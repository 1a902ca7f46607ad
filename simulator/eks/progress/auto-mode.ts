import { KubeVersion } from '../../../core/version/kube-version.ts';
import { cordon, drainPass, terminateNode } from '../../kubernetes/drain.ts';
import { launchNode } from '../../kubernetes/launch-node.ts';
import { isNodeReady } from '../../kubernetes/pod-status.ts';
import { draw, type World } from '../operation-context.ts';
import type { ClusterRecord, UpdateRecord } from '../state/fake-eks-state.ts';
import { reportedVersion } from '../support-calendar.ts';
import { endUpdate, later } from '../updates.ts';
import { autoModeLabels, driftAutoModeNodesSoon, isAutoModeNode } from './auto-mode-nodes.ts';
import { beginControlPlanePhase } from './control-plane.ts';

/** One step of the drift to the control plane's version, until all nodes have it. */
export function driftAutoModeNodes(world: World, cluster: ClusterRecord): void {
  // A rollback that began meanwhile moves them back. Whatever its result, they have the control plane's version afterwards.
  const isGoingBack = cluster.updates.some(({ type, status }) => type === 'VersionRollback' && status === 'InProgress');
  if (isGoingBack || replaceOneNode(world, cluster, cluster.version) !== 'none left')
    driftAutoModeNodesSoon(world, cluster);
}

/**
 * One step of the node phase of a rollback: the cluster stays ACTIVE, disruption controls apply, and after the timeout the nodes drift forward again
 * (facts: eks.md §3.4, §3.5).
 */
export function rollBackAutoModeNodes(world: World, cluster: ClusterRecord, update: UpdateRecord): void {
  if (update.status !== 'InProgress') {
    driftAutoModeNodesSoon(world, cluster);
    return;
  }
  const step = replaceOneNode(world, cluster, update.toVersion ?? cluster.version);
  if (step === 'none left') {
    beginControlPlanePhase(world, cluster, update);
    return;
  }
  if (step === 'blocked' && world.now >= (update.nodePhaseEndsAt ?? 0)) {
    update.errors.push({
      errorCode: 'PodEvictionFailure',
      errorMessage: 'Auto Mode nodes could not be replaced before the rollback timed out',
      resourceIds: [],
    });
    endUpdate(world, update, 'Failed');
    driftAutoModeNodesSoon(world, cluster);
    return;
  }
  later(world, cluster, draw(world.random, world.timing.nodeJoin), 'auto-mode-nodes', update.id);
}

function replaceOneNode(world: World, cluster: ClusterRecord, version: string): 'none left' | 'moved' | 'blocked' {
  const { kubernetes } = cluster;
  const target = KubeVersion.parse(version);
  const old = kubernetes.nodes.filter(
    (node) => isAutoModeNode(node) && !KubeVersion.parse(node.kubeletVersion).equals(target),
  );
  const node = old.find((each) => each.doNotDisrupt !== true);
  if (node === undefined) {
    if (old.length > 0) return 'blocked';
    // Of a drift that was given up some are cordoned that need not go any more.
    for (const each of kubernetes.nodes) if (isAutoModeNode(each)) each.unschedulable = false;
    return 'none left';
  }
  const replacement = kubernetes.nodes.some(
    (each) => isAutoModeNode(each) && !old.includes(each) && !each.unschedulable && !isNodeReady(each, world.now),
  );
  if (replacement) return 'moved';
  if (!node.unschedulable) {
    cordon(kubernetes, node.name);
    launchNode(kubernetes, {
      kubeletVersion: reportedVersion(world.state.supportCalendar, version),
      readyAt: world.now + draw(world.random, world.timing.nodeJoin) / 2,
      region: cluster.region,
      zones: cluster.description.resourcesVpcConfig?.subnetIds?.length ?? 2,
      labels: { ...autoModeLabels },
    });
    return 'moved';
  }
  if (drainPass(cluster, node.name, world.now).length > 0) return 'blocked';
  terminateNode(kubernetes, node.name, world.now);
  return 'moved';
}
