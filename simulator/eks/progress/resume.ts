import { nodeImage } from '../node-image.ts';
import type { World } from '../operation-context.ts';
import type { ClusterRecord } from '../state/cluster-record.ts';
import { reportedVersion } from '../support-calendar.ts';
import { draw } from '../timing.ts';
import { later } from '../updates.ts';
import { parallelNodes } from './start-roll.ts';

/** Continues updates that a dump shows as in progress, because the state has no event for them yet. */
export function resumeUpdates(world: World, cluster: ClusterRecord): void {
  if (cluster.status === 'CREATING') {
    later(world, cluster, draw(world.random, world.timing.creation), 'cluster-created');
  }
  if (!cluster.updates.some((update) => update.status === 'InProgress')) return;
  const scheduled = new Set(
    world.state.timers.flatMap(({ event }) => (event.kind !== 'actor' && event.updateId ? [event.updateId] : [])),
  );
  for (const update of cluster.updates) {
    if (update.status !== 'InProgress' || scheduled.has(update.id)) continue;
    const nodegroup = cluster.nodegroups.find((each) => each.name === update.nodegroupName);
    if (nodegroup !== undefined && update.type === 'VersionUpdate') {
      const version = update.toVersion ?? nodegroup.version;
      const nodes = cluster.kubernetes.nodes.filter((node) => node.nodegroupName === nodegroup.name);
      const release = update.params.find((parameter) => parameter.type === 'ReleaseVersion')?.value;
      nodegroup.roll = {
        updateId: update.id,
        version,
        releaseVersion: release ?? nodegroup.releaseVersion,
        kubeletVersion: reportedVersion(world.state.supportCalendar, version),
        image: nodeImage(release ?? nodegroup.releaseVersion, nodegroup.launchTemplate),
        force: false,
        phase: 'setup',
        parallel: parallelNodes(nodegroup, nodes.length),
        remaining: nodes.map((node) => node.name),
        draining: [],
      };
      later(world, cluster, draw(world.random, world.timing.setup), 'roll', update.id);
    } else if (update.addonName !== undefined) {
      later(world, cluster, draw(world.random, world.timing.addon), 'addon-ends', update.id);
    } else if (update.type === 'VersionUpdate' || update.type === 'VersionRollback') {
      later(world, cluster, draw(world.random, world.timing.controlPlane), 'control-plane-ends', update.id);
    } else later(world, cluster, draw(world.random, world.timing.config), 'config-ends', update.id);
  }
}
