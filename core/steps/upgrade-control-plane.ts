import { durationMilliseconds } from '../config/schema/quantities.ts';
import type { StepInput } from '../contracts/step-input.ts';
import { blocked, done, parked, type Reason, reason, type StepResult, wait } from '../contracts/step-result.ts';
import { given } from '../model/given.ts';
import { hopRefusals, isFinish, isRollback, rollbackRefusals } from '../model/hop.ts';
import { lostCluster } from '../model/passing-status.ts';
import { pollSeconds } from '../model/poll-seconds.ts';
import { extendsSupport, wayBack } from '../model/way-back.ts';
import type { Cluster } from '../ports/eks.ts';
import type { Mutation } from '../protocol/mutate.ts';
import { mayExtendSupport } from '../protocol/rollback-view.ts';
import { healthIssues, REPAIR } from '../scan/preflight/cluster-checks.ts';
import { Regions } from '../store/entities.ts';
import { load } from '../store/entity.ts';
import { KubeVersion } from '../version/kube-version.ts';
import { regionCalendar } from '../version/region-calendar.ts';
import { type ActPorts, act, actUnasked } from './act.ts';
import { afterHooks } from './ask-hooks.ts';
import { deniedRetryAt, type StepContext } from './context.ts';
import { notActive, readControlPlane } from './read-control-plane.ts';
import { waitForInsights } from './refresh-insights.ts';
import { insightReason, isRepaired, rollbackInsights } from './rollback-insights.ts';
import { runStep } from './run-step.ts';
import { silenceOf, withSilenceLifted } from './silence-alarms.ts';

const STEP = 'upgrade-control-plane' as const;
const MOMENT = { step: STEP, part: 'cluster' } as const;
/** A cluster that stays busy is asked less and less often, since a day of looks must fit into the history of one execution. */
const SETTLING = { least: 30, most: 900 };
/** EKS takes several minutes for every control plane (facts: eks.md §2.3), so earlier looks would be useless. */
const BOUNDS = { least: 60, most: 120, first: 420 };

/** Moves the control plane one minor up, or finds it there; it goes down only in a rollback. */
export function upgradeControlPlane(ports: ActPorts, stepInput: StepInput): Promise<StepResult> {
  return runStep(
    ports,
    stepInput,
    'grant',
    ({ upgrade }) => (isRollback(upgrade) ? BACK : STEP),
    async (context) => {
      if (isRollback(context.upgrade)) return rollBack(ports, context);
      const mutation = { step: STEP, subject: 'cluster', prepare: () => prepare(ports, context) };
      const what = `Upgrade of ${context.name} to ${context.target}`;
      const result = await act(ports, context, what, mutation, BOUNDS, () => arrived(ports, context));
      return afterHooks(ports, context, { step: STEP }, await withSilenceLifted(ports, context, MOMENT, result));
    },
    silenceOf(MOMENT),
  );
}

/** Reads the cluster again right before the call, and checks everything that makes "version = target" an upgrade of exactly one minor. */
async function prepare(ports: ActPorts, context: StepContext): ReturnType<Mutation['prepare']> {
  const { name, target } = context;
  const read = await readControlPlane(ports, context);
  if ('stop' in read) return read;
  const { cluster, updateIds } = read;
  if (KubeVersion.parse(cluster.version).equals(target)) return { stop: atTarget(ports, context, cluster) };
  const refusals =
    context.upgrade !== undefined && isFinish(context.upgrade)
      ? [elsewhere(name, cluster, target)]
      : hopRefusals(cluster, target);
  if (refusals.length > 0) return { stop: blocked(...refusals) };
  if (cluster.status !== 'ACTIVE') return { stop: notActive(ports, context, cluster) };
  const unhealthy = healthIssues(cluster).map((issue) => reason('ClusterHealth', `${issue} ${REPAIR}`));
  if (unhealthy.length > 0) return { stop: blocked(...unhealthy) };
  return {
    call: (clientRequestToken) => ({
      name: 'UpdateClusterVersion',
      input: { name, version: target.toString(), clientRequestToken },
    }),
    knownUpdateIds: updateIds,
  };
}

const BACK = 'rollback-control-plane' as const;
const isAutoMode = ({ computeConfig }: Cluster): boolean => computeConfig?.enabled === true;

/** The last change of a rollback. By then nodes and add-ons are at the minor before, and EKS may find nothing against it. */
async function rollBack(ports: ActPorts, context: StepContext): Promise<StepResult> {
  const extended = await extendSupport(ports, context);
  if (extended !== undefined) return extended;
  const mutation = { step: BACK, subject: 'cluster', prepare: () => prepareBack(ports, context) };
  const what = `Rollback of ${context.name} to ${context.target}`;
  return actUnasked(ports, context, what, mutation, BOUNDS, () => arrived(ports, context));
}

async function prepareBack(ports: ActPorts, context: StepContext): ReturnType<Mutation['prepare']> {
  const { name, target } = context;
  const read = await readControlPlane(ports, context);
  if ('stop' in read) return read;
  const { cluster, updateIds } = read;
  if (KubeVersion.parse(cluster.version).equals(target)) return { stop: atTarget(ports, context, cluster) };
  const refusals = rollbackRefusals(cluster.version, target);
  if (refusals.length > 0) return { stop: blocked(...refusals) };
  if (cluster.status !== 'ACTIVE') return { stop: notActive(ports, context, cluster) };
  const notes: Reason[] = [];
  const unfresh = await waitForInsights(ports, context, false, notes);
  if (unfresh !== undefined) return { stop: unfresh };
  const insights = await rollbackInsights(ports, context);
  const found = insights.map((one) => insightReason(one, target));
  // What EKS said of nodes and add-ons before they went back is old, and must not end a rollback that is half-way.
  const isOld = notes.length > 0 && insights.every(isRepaired) && context.upgrade?.mutated === true;
  if (isOld && found.length > 0) return { stop: parked(deniedRetryAt(ports), ...notes, ...found) };
  if (found.length > 0) return { stop: blocked(...found, ...notes) };
  const { autoModeTimeout } = (await context.policy()).spec?.rollback ?? {};
  const timeoutMinutes =
    autoModeTimeout === undefined || !isAutoMode(cluster) ? undefined : durationMilliseconds(autoModeTimeout) / 60_000;
  return {
    call: (clientRequestToken) => ({
      name: 'RollbackClusterVersion',
      input: { name, version: target.toString(), clientRequestToken, ...given({ timeoutMinutes }) },
    }),
    knownUpdateIds: updateIds,
  };
}

const EXTEND = 'extend-support' as const;
/** EKS changes the settings of a cluster within a few minutes. */
const EXTENSION = { least: 30, most: 120 };

/**
 * Sets the support type that EKS demands before it takes a control plane back into extended support (facts: eks.md §3.2), where the policy or a
 * person allows it. There is no undo. Undefined: the control plane may go back.
 */
async function extendSupport(ports: ActPorts, context: StepContext): Promise<StepResult | undefined> {
  const { cluster, name, target, upgrade } = context;
  // A cluster that is back already needs nothing, and nobody changes a support type other than STANDARD.
  const isStandard = cluster.upgradePolicy?.supportType === 'STANDARD';
  if (!isStandard || KubeVersion.parse(cluster.version).equals(target)) return undefined;
  const region = (await load(ports.table, Regions, context.scope.region))?.data;
  const [now, calendar] = [ports.clock.now(), regionCalendar(region)];
  const place = { name, region: context.scope.region };
  const asked = wayBack(target, { ...place, completedAt: now, now, calendar, supportType: 'STANDARD' }).reasons;
  const needed = asked.find(({ code }) => code === 'NeedsExtendedSupport');
  if (needed === undefined) return undefined;
  const { spec, unknown } = await context.policy();
  if (unknown.length > 0) return parked(undefined, ...unknown);
  const prepare = async (): ReturnType<Mutation['prepare']> => {
    const read = await readControlPlane(ports, context);
    if ('stop' in read) return read;
    if (read.cluster.upgradePolicy?.supportType !== 'STANDARD') return { stop: done() };
    if (read.cluster.status !== 'ACTIVE') return { stop: notActive(ports, context, read.cluster) };
    if (!mayExtendSupport(spec, upgrade)) return { stop: blocked(needed) };
    return {
      call: (clientRequestToken) => ({ name: 'ExtendSupport', input: { name, clientRequestToken } }),
      knownUpdateIds: read.updateIds,
    };
  };
  const mutation = { step: EXTEND, subject: 'cluster', prepare };
  const what = `Extended support of ${name}`;
  const result = await actUnasked(ports, context, what, mutation, EXTENSION, async () => done());
  // EKS may show the old value for a moment, so the next look finds that it is done.
  return result.status === 'done' ? wait(EXTENSION.least, extendsSupport(place, target)) : result;
}

/** An upgrade that finishes a version has nothing to do at another one. */
const elsewhere = (name: string, { version }: Cluster, target: KubeVersion) =>
  reason(
    'NotTheControlPlanesVersion',
    `${name} is at ${version} by now; its nodes and add-ons were to go to ${target}.`,
  );

/** Somebody, or an earlier attempt, has asked for the version already, so it only has to settle. */
function atTarget(ports: ActPorts, context: StepContext, cluster: Cluster): StepResult {
  const { name, target } = context;
  if (cluster.status === 'ACTIVE') return done(reason('AtTarget', `The control plane of ${name} is at ${target}.`));
  const lost = lostCluster(cluster);
  if (lost !== undefined) return blocked(lost);
  return wait(
    pollSeconds(context.startedAt, ports.clock.now(), SETTLING),
    reason('NotActive', `${name} is at ${target} and ${cluster.status}.`),
  );
}

async function arrived(ports: ActPorts, context: StepContext): Promise<StepResult> {
  const { scope, name, target } = context;
  const cluster = await ports.eks.describeCluster(scope, { name });
  if (cluster.status === 'ACTIVE' && KubeVersion.parse(cluster.version).equals(target)) {
    return done(reason('Upgraded', `The control plane of ${name} is at ${target}.`));
  }
  const said = `The update of ${name} succeeded; DescribeCluster still says ${cluster.version} and ${cluster.status}.`;
  return wait(pollSeconds(context.startedAt, ports.clock.now(), SETTLING), reason('NotVisibleYet', said));
}
