import type { ErrorCode } from '@aws-sdk/client-eks';
import { refreshInsights } from '../insights/refresh.ts';
import { draw, type World } from '../operation-context.ts';
import type { ClusterRecord, UpdateRecord } from '../state/fake-eks-state.ts';
import { latestPlatformVersion } from '../support-calendar.ts';
import { acceptUpdate, becomeVisibleSoon, endUpdate, later } from '../updates.ts';
import { driftAutoModeNodesSoon, hasAutoMode } from './auto-mode-nodes.ts';
import { scheduleAutoUpgrade } from './end-of-support.ts';

/** The error of an update by the health issue of its cluster (facts: eks.md §2.1, §2.2). */
const failureOfIssue: Readonly<Record<string, ErrorCode>> = {
  Ec2SubnetNotFound: 'SubnetNotFound',
  Ec2SecurityGroupNotFound: 'SecurityGroupNotFound',
  InsufficientFreeAddresses: 'IpNotAvailable',
  VpcNotFound: 'VpcIdNotFound',
  IamRoleNotFound: 'AccessDenied',
  AccessDenied: 'AccessDenied',
};

/** Accepts a VersionUpdate or VersionRollback; on Auto Mode a rollback replaces the nodes first (facts: eks.md §3.5). */
export function startControlPlaneUpdate(
  world: World,
  cluster: ClusterRecord,
  hop: {
    version: string;
    type: 'VersionUpdate' | 'VersionRollback';
    principal: string;
    request?: NonNullable<UpdateRecord['request']>;
    nodePhaseMinutes?: number;
  },
): UpdateRecord {
  const update = acceptUpdate(world, cluster, {
    type: hop.type,
    params: [
      { type: 'Version', value: hop.version },
      { type: 'PlatformVersion', value: latestPlatformVersion(world.state.supportCalendar, hop.version) },
    ],
    toVersion: hop.version,
    principal: hop.principal,
    ...(hop.request === undefined ? {} : { request: hop.request }),
  });
  const issue = cluster.healthIssues.find((each) => failureOfIssue[each.code ?? ''] !== undefined);
  const errorCode = failureOfIssue[issue?.code ?? ''];
  if (errorCode !== undefined) update.plannedFailure ??= { errorCode, errorMessage: issue?.message ?? errorCode };
  if (hop.nodePhaseMinutes !== undefined && hasAutoMode(cluster)) {
    update.phase = 'nodes';
    update.nodePhaseEndsAt = world.now + hop.nodePhaseMinutes * 60_000;
    later(world, cluster, draw(world.random, world.timing.nodeJoin), 'auto-mode-nodes', update.id);
  } else beginControlPlanePhase(world, cluster, update);
  return update;
}

/** From here on the cluster's status is UPDATING, and nothing can be cancelled. */
export function beginControlPlanePhase(world: World, cluster: ClusterRecord, update: UpdateRecord): void {
  update.phase = 'control-plane';
  becomeVisibleSoon(world, cluster, update);
  later(world, cluster, draw(world.random, world.timing.controlPlane), 'control-plane-ends', update.id);
}

/** The new version serves, or still the old one: EKS reverts a failed update (facts: eks.md §2.3). */
export function endControlPlaneUpdate(world: World, cluster: ClusterRecord, update: UpdateRecord): void {
  cluster.status = 'ACTIVE';
  const failure = update.plannedFailure;
  if (failure !== undefined) {
    update.errors.push({ ...failure, resourceIds: [cluster.name] });
    endUpdate(world, update, 'Failed');
    return;
  }
  const version = update.toVersion ?? cluster.version;
  endUpdate(world, update, 'Successful');
  cluster.version = version;
  cluster.platformVersion = latestPlatformVersion(world.state.supportCalendar, version);
  cluster.versions.push({ version, since: world.now, how: howItCame(update), updateId: update.id });
  if (cluster.insights.refresh?.status === 'IN_PROGRESS') refreshInsights(world.state, cluster, world.now);
  scheduleAutoUpgrade(world, cluster);
  if (hasAutoMode(cluster) && update.type === 'VersionUpdate') driftAutoModeNodesSoon(world, cluster);
}

function howItCame(update: UpdateRecord): ClusterRecord['versions'][number]['how'] {
  if (update.type === 'VersionRollback') return 'rollback';
  if (update.principal === awsAtEndOfExtended) return 'auto-upgrade-extended';
  return update.principal === awsAtEndOfStandard ? 'auto-upgrade-standard' : 'upgrade';
}

/** Principals of AWS's own actions; the session contains the reason. */
export const awsAtEndOfStandard = 'eks.amazonaws.com/end-of-standard-support';
export const awsAtEndOfExtended = 'eks.amazonaws.com/end-of-extended-support';
