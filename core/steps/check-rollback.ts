import { errorMessage, errorName, isDenied, LOOK_AT_ACCESS, tellsDenial, unlessGone } from '../contracts/errors.ts';
import type { ClusterRecord } from '../contracts/items/cluster.ts';
import { LIVE_SOURCES } from '../contracts/scan-words.ts';
import { blocked, done, parked, type Reason, reason, type StepResult, wait } from '../contracts/step-result.ts';
import { observeCluster } from '../inventory/observe-cluster.ts';
import { shortId } from '../model/cluster-key.ts';
import { given } from '../model/given.ts';
import { rollbackRefusals } from '../model/hop.ts';
import { groupOfOne, keptGroups } from '../model/seen-nodes.ts';
import { counted, sentence } from '../model/words.ts';
import { managedGroups } from '../nodes/managed-groups/managed-group.ts';
import { refusedWaiver } from '../policy/allowed-waivers.ts';
import { loadFleetInForce, scanWaivers } from '../policy/applied.ts';
import { loadForcedAfter } from '../policy/forced-after.ts';
import type { Ports } from '../ports/ports.ts';
import { groupsGoingBack, mayExtendSupport, rollbackView } from '../protocol/rollback-view.ts';
import { stuckDrains } from '../scan/drain/observe-drains.ts';
import { goOn } from '../scan/fleet/go-on.ts';
import { judgeAll } from '../scan/judge/judge.ts';
import { applyWaivers, type ReportParts } from '../scan/report/build-report.ts';
import { mergeFindings } from '../scan/report/merge-findings.ts';
import { Regions, upgradesOf } from '../store/entities.ts';
import { load } from '../store/entity.ts';
import { KubeVersion } from '../version/kube-version.ts';
import { accessReason, findApiServer, isAccessError, mayPass } from './api-server.ts';
import { waitForFault } from './compare-with-before.ts';
import { deniedReason, deniedRetryAt, type StepContext, type StepPorts } from './context.ts';
import { decideAddon } from './decide-addon.ts';
import { ASKED_AT_MOST, GO_ON_SECONDS } from './foreign-updates.ts';
import { UNHEARD_SECONDS } from './read-probes.ts';
import { waitForInsights } from './refresh-insights.ts';
import { insightReason, isOfKubelets, isRepaired, rollbackInsights } from './rollback-insights.ts';
import type { StepOutcome } from './run-step.ts';

type CheckPorts = StepPorts & Pick<Ports, 'account' | 'clusters' | 'ec2' | 'readers'>;

/**
 * Checks everything that could stop a rollback half-way, before its first change: EKS's own readiness, the way back by the cluster's record after a
 * new look, each node group and each add-on. It changes nothing on the cluster.
 */
export async function checkRollback(ports: CheckPorts, context: StepContext): Promise<StepOutcome> {
  const { cluster, name, target } = context;
  if (KubeVersion.parse(cluster.version).equals(target))
    return done(reason('AtTarget', `The control plane of ${name} is at ${target} already.`));
  const wrong = rollbackRefusals(cluster.version, target);
  if (wrong.length > 0) return blocked(...wrong);
  const notes: Reason[] = [];
  const unfresh = await waitForInsights(ports, context, false, notes);
  if (unfresh !== undefined) return unfresh;
  const { spec, unknown } = await context.policy();
  if (unknown.length > 0) return parked(undefined, ...unknown);
  const asksServer = spec?.verification !== 'eks-api';
  const { record, unread: seen, passing } = await observeAnew(ports, context, asksServer);
  const waits = passing ? waitForFault(ports, context, 'scan-cluster', UNHEARD_SECONDS, ...seen) : undefined;
  if (waits !== undefined) return waits;
  const upgrades = await upgradesOf(ports.table, context.clusterKey);
  const region = (await load(ports.table, Regions, context.scope.region))?.data;
  const now = ports.clock.now();
  const known = { upgrades, region, nodes: spec?.nodes, mayExtend: mayExtendSupport(spec), now };
  const told = rollbackView(record, known);
  const reversibleFrom = told.status === 'Unknown' ? await begunAt(ports, context) : undefined;
  if (typeof reversibleFrom === 'object') return reversibleFrom;
  const asked = upgrades.map((one) =>
    one.id === context.upgrade?.id ? { ...one, ...given({ reversibleFrom }) } : one,
  );
  const view = reversibleFrom === undefined ? told : rollbackView(record, { ...known, upgrades: asked });
  // Only this step asks EKS when the way back ends; later steps read it in the upgrade.
  const found = given({ reversibleFrom, reversibleUntil: view.until ?? undefined });
  if (view.status === 'Unknown') {
    const said = `Liftlock saw no upgrade of ${name} to ${cluster.version} end, and EKS has none on file either: nobody knows until when it takes the control plane back to ${target}.`;
    return { ...blocked(reason('NotObserved', said), ...view.blockers), found };
  }
  if (view.status !== 'Reversible') return { ...blocked(...view.reasons), found };
  const unread = [...seen];
  const insights = await unlessDenied(rollbackInsights(ports, context), unread);
  const goBack = groupsGoingBack(record, KubeVersion.parse(cluster.version), target, known);
  // Where nobody reads nodes, what EKS says of kubelets may be about nodes that no group of the rollback takes back.
  const isGroupsAlone = goBack.length > 0 && record.fargateProfiles.length === 0;
  const isHalfWay = context.upgrade?.mutated === true;
  const followOthers = !isHalfWay && !asksServer && !record.autoMode && !isGroupsAlone;
  const foundNow = [
    ...insights
      .filter((one) => !isRepaired(one) || (followOthers && isOfKubelets(one)))
      .map((one) => insightReason(one, target)),
    ...(await unlessDenied(addonsInTheWay(ports, context), unread)),
  ];
  const byRecord = [
    ...view.blockers,
    ...(await groupsInTheWay(ports, context, record, { nodes: spec?.nodes, asksServer })),
  ];
  // A denial fails no rollback that is half-way back; what was found does. What is not read now is known from an earlier look, and may be over.
  if (unread.length > 0 && foundNow.length === 0 && isHalfWay)
    return { ...parked(deniedRetryAt(ports), ...unread, ...byRecord), found };
  const blockers = [...foundNow, ...byRecord, ...unread];
  // One that is half-way back goes on as far as EKS takes it.
  const asksDrains = blockers.length === 0 && asksServer && !isHalfWay;
  const drains = asksDrains ? await drainsInTheWay(ports, context, goBack) : [];
  if ('status' in drains) return { ...drains, found };
  blockers.push(...drains);
  if (blockers.length > 0) return { ...blocked(...blockers, ...notes), found };
  const looked = `EKS takes ${name} back to ${target} until ${view.until}; ${counted(record.nodegroups.length, 'node group')} and ${counted(record.addons.length, 'add-on')} can go there.`;
  return { ...done(reason('Looked', looked), ...view.reasons, ...notes), found };
}

/**
 * Reads the cluster as it is now, without recording it. Unreadable parts are reported, since they may have to go back first. `passing`: another look
 * may read them.
 */
async function observeAnew(
  ports: CheckPorts,
  context: StepContext,
  asksServer: boolean,
): Promise<{ readonly record: ClusterRecord; readonly unread: readonly Reason[]; readonly passing?: boolean }> {
  const { scope, cluster } = context;
  const known = await context.record();
  const details = { depth: 'deep', fleet: await loadFleetInForce(ports.table), now: ports.clock.now() } as const;
  const record = await observeCluster(ports.eks, scope, cluster, known, details);
  const unread = record.unreadable.map(({ code, message, error = '' }) =>
    reason('ScanIncomplete', `${code}: ${sentence(message)}${tellsDenial(error) ? ` ${LOOK_AT_ACCESS}` : ''}`),
  );
  if (!asksServer) return { record, unread };
  const server = findApiServer(context);
  if (server === undefined)
    return { record, unread: [...unread, reason('NoEndpoint', `EKS gives no endpoint for ${context.name}.`)] };
  try {
    const nodes = await ports.clusters.listNodes(server);
    const otherNodes = {
      seenAt: details.now.toISOString(),
      groups: keptGroups(nodes.map(groupOfOne), record.nodegroups),
    };
    return { record: { ...record, otherNodes }, unread };
  } catch (error) {
    if (!isAccessError(error)) throw error;
    return { record, unread: [...unread, accessReason(error, context)], passing: mayPass(error) };
  }
}

/** What was found; nothing where it may not be read, which joins what is unread already. The look at the cluster may have been denied the same. */
async function unlessDenied<One>(read: Promise<One[]>, unread: Reason[]): Promise<One[]> {
  return read.catch((error) => {
    if (!isDenied(error)) throw error;
    const said = `${errorName(error)}: ${errorMessage(error)}`;
    if (!unread.some(({ message }) => message.includes(said)))
      unread.push(reason('ScanIncomplete', deniedReason(error).message));
    return [];
  });
}

/** Updates that an earlier look has read, and when the newest of those that brought the minor began. */
interface ReadUpdates {
  readonly updatesRead?: readonly string[];
  readonly begunAt?: string | undefined;
}

/**
 * EKS tells when an upgrade began that somebody else has made. It lists updates in no order, and one to the same minor may have been taken back since,
 * so all are read: of many only some at each look.
 */
async function begunAt(ports: CheckPorts, context: StepContext): Promise<string | StepOutcome | undefined> {
  const { scope, name, cluster, asked } = context;
  const detail: ReadUpdates = context.upgrade?.steps['scan-cluster']?.detail ?? {};
  const updatesRead = new Set(detail.updatesRead);
  let last = detail.begunAt;
  const left = (await ports.eks.listUpdates(scope, { name })).filter((id) => !updatesRead.has(id));
  const now = left.slice(0, Math.max(0, ASKED_AT_MOST - asked.updates));
  for (const updateId of now) {
    asked.updates += 1;
    const update = await unlessGone(() => ports.eks.describeUpdate(scope, { name, updateId }));
    updatesRead.add(updateId);
    const version = update?.params.find(({ type }) => type === 'Version')?.value;
    const brought = update?.type === 'VersionUpdate' && update.status === 'Successful' && version === cluster.version;
    const at = update?.createdAt.toISOString() ?? '';
    if (brought && at > (last ?? '')) last = at;
  }
  if (left.length === now.length) return last;
  const said = `EKS lists many updates of ${name}, and tells of each by itself what it has brought: ${ASKED_AT_MOST} are asked about at each look.`;
  const kept: ReadUpdates = { ...detail, updatesRead: [...updatesRead], begunAt: last };
  return { ...wait(GO_ON_SECONDS, reason('ReadingUpdates', said)), detail: { ...kept } };
}

async function groupsInTheWay(
  ports: CheckPorts,
  context: StepContext,
  { nodegroups, otherNodes }: ClusterRecord,
  { nodes, asksServer }: Parameters<typeof managedGroups.observe>[3] & { readonly asksServer: boolean },
): Promise<Reason[]> {
  const found = await Promise.all(
    nodegroups.map(async ({ name, amiType }) => {
      // A group without a chosen image is reported with the nodes that run it, if somebody has read them.
      if (amiType !== 'CUSTOM') return [];
      const own = otherNodes?.groups.filter((one) => one.kind === 'managed' && one.name === name) ?? [];
      // A group that has not followed the hop has nothing to go back from, whatever its image is.
      if (asksServer && !own.some((one) => mayBeNewer(one.version, context.target))) return [];
      const unit = await managedGroups.observe(ports, context, name, { nodes });
      const isRead = unit.image === 'nobody' && asksServer;
      const move = isRead ? undefined : managedGroups.takeBack(unit, context.target);
      return move?.type === 'blocked' ? [move.reason] : [];
    }),
  );
  return found.flat();
}

const mayBeNewer = (version: string, target: KubeVersion): boolean =>
  KubeVersion.tryParse(version)?.isOlderThan(target.next()) !== true;

const ALL_BUT_DRAINS = LIVE_SOURCES.filter((source) => source !== 'drain');

/**
 * Nodes that go back are drained as in a hop, and pods that the newer minor has made ill may be what their budgets hold. Nothing is found where the
 * policy lets a roll be forced in the end or the drains be skipped, or where lists cannot be read; a result waits for the rest of the lists.
 */
async function drainsInTheWay(
  ports: CheckPorts,
  context: StepContext,
  groups: readonly string[],
): Promise<Reason[] | StepResult> {
  const server = findApiServer(context);
  const { spec } = await context.policy();
  const forcedAfter = await loadForcedAfter(ports, context.record, spec);
  const isSkipped = spec?.scan.skip.includes('drain') === true;
  if (groups.length === 0 || server === undefined || forcedAfter !== undefined || isSkipped) return [];
  const { clusterKey, asker, target } = context;
  const order = { clusterKey, execution: asker.arn, target: target.toString(), server, skip: ALL_BUT_DRAINS };
  const read = await goOn(ports, order);
  if (!read.ended) return wait(read.pauseSeconds, reason('Scanning', read.said));
  const now = ports.clock.now();
  const stuck = stuckDrains(read.state.facts.drain, { rolls: (group) => groups.includes(group), now });
  const hop = { target, from: KubeVersion.parse(context.cluster.version), insightsRead: false, isUpgrade: true };
  const found = mergeFindings(judgeAll(stuck, { ...hop, brings: () => false }));
  const record = await context.record();
  const clusters = [record.name, shortId(record), record.arn];
  const waivers = await scanWaivers(ports.table);
  const refuses: ReportParts['refuses'] = (waiver, finding) => refusedWaiver(spec?.scan, waiver, finding);
  // Whoever waives the drain for a hop waives it for the way back.
  const { findings } = applyWaivers(found, { waivers, clusters, refuses }, now);
  return findings.flatMap(({ waived, owner, cause, message, fix }) =>
    waived ? [] : reason('DrainStuck', `${owner ?? cause}: ${message} ${fix}`),
  );
}

async function addonsInTheWay(ports: CheckPorts, context: StepContext): Promise<Reason[]> {
  const { scope, name } = context;
  const stuck: Reason[] = [];
  for (const addonName of await ports.eks.listAddons(scope, { clusterName: name })) {
    const addon = await unlessGone(() => ports.eks.describeAddon(scope, { clusterName: name, addonName }));
    const decision = addon === undefined ? undefined : await decideAddon(ports, context, addon, 'back');
    if (decision?.type === 'stuck') stuck.push(decision.reason);
  }
  return stuck;
}
