import type { UpgradePolicySpec } from '../config/types.ts';
import type { ClusterRecord, RegionVersions } from '../contracts/items/cluster.ts';
import type { Upgrade } from '../contracts/items/protocol.ts';
import type { AnyCode, ReasonCode } from '../contracts/reasons.ts';
import { type Reason, reason } from '../contracts/step-result.ts';
import { given } from '../model/given.ts';
import { hopId, isRollback, rollbackId } from '../model/hop.ts';
import { imageRuleOf, isRolled, type NodesSpec } from '../model/image-rule.ts';
import { nodesText, OTHER_OWNERS } from '../model/node-owner.ts';
import { foreseeWayBack, SEVEN_DAYS, wayBack } from '../model/way-back.ts';
import { noNamedImage, tableImage } from '../nodes/managed-groups/custom-image.ts';
import { managedGroups } from '../nodes/managed-groups/managed-group.ts';
import { Upgrades } from '../store/entities.ts';
import { KubeVersion } from '../version/kube-version.ts';
import { regionCalendar } from '../version/region-calendar.ts';
import type { SupportCalendar } from '../version/support-calendar.ts';
import { hasGoneBack } from './left-half-done.ts';

/** Whether EKS may still take the control plane one minor back (facts: eks.md §3), told by our own record of when the upgrade ended. */
export interface RollbackView {
  readonly status: 'Reversible' | 'NotReversible' | 'Unknown';
  /** The minor that the control plane would go back to. */
  readonly to: string | null;
  readonly until: string | null;
  /** Why the control plane does not go back, or what goes back with it and what has to be done before. */
  readonly reasons: readonly Reason[];
  /** The reasons that a person has to remove before, since Liftlock does not. */
  readonly blockers: readonly Reason[];
}

/** Until when EKS takes a control plane back that reached its version at the given instant. */
export const rollbackEnd = (completedAt: string): Date => new Date(Date.parse(completedAt) + SEVEN_DAYS);

/** From when EKS counts the seven days of an upgrade, as far as Liftlock has seen that; for a rollback: of the upgrade that it takes back. */
export const wayBackFrom = ({ reversibleFrom, controlPlaneCompletedAt }: Upgrade): string | undefined =>
  reversibleFrom ?? controlPlaneCompletedAt;

/** What is known of a cluster whose way back is asked for. */
interface KnownOfRollback {
  readonly upgrades: readonly Upgrade[];
  readonly region: RegionVersions | undefined;
  /** The rules of the policy for the images of node groups. */
  readonly nodes?: NodesSpec;
  /** Whether the policy lets the support type be set to EXTENDED, or a person who asks now. */
  readonly mayExtend?: boolean | undefined;
  /** The hop that has told EKS to leave this minor, where the caller has asked for it (`findHopUp`): its step says so only afterwards. */
  readonly leaving?: Upgrade | undefined;
  readonly now: Date;
}

/** Whether the cluster may go back, until when, what goes back with it, and what a person has to do before. */
export function rollbackView(seen: ClusterRecord, asked: KnownOfRollback): RollbackView {
  const { upgrades, region, now } = asked;
  const current = versionNow(seen, upgrades);
  // Whoever asked for the rollback that goes on may have let the support type be set.
  const isLet = (one: Upgrade): boolean =>
    one.extendSupport === true && one.id === rollbackId(current, current.previous()) && Upgrades.active(one);
  const known = { ...asked, mayExtend: asked.mayExtend === true || upgrades.some(isLet) };
  const cluster = withRolls(seen, upgrades, current);
  const reached = ({ controlPlaneCompletedAt, reachedBefore }: Upgrade) => controlPlaneCompletedAt ?? reachedBefore;
  const wasAt = upgrades.find((one) => reached(one) && current.isOlderThan(KubeVersion.parse(one.to)));
  if (wasAt !== undefined) {
    const text = `The control plane reached ${wasAt.to} at ${reached(wasAt)} and was taken back to ${current}; EKS does that once, and only to the minor before an upgrade.`;
    return nowhere('TakenBackOnce', text);
  }
  // Where somebody else had made the upgrade, only its rollback is on record.
  const back = upgrades.find((one) => isRollback(one) && one.status === 'Succeeded' && one.to === current.toString());
  if (back !== undefined) {
    const text = `The control plane was taken back from ${back.from} to ${back.to} at ${back.endedAt}; EKS takes it back once.`;
    return nowhere('TakenBackOnce', text);
  }
  const to = current.previous();
  const [leaving] =
    known.leaving === undefined
      ? underWay(upgrades, current, current, cluster.name)
      : [onItsWay(known.leaving, cluster.name, true)];
  if (leaving !== undefined) return { ...NOWHERE, reasons: [leaving] };
  // A hop that was taken back does not count: if the cluster is at that version again, somebody else has moved it there since.
  const there = upgrades.filter(
    (one) => one.to === current.toString() && one.status !== 'RolledBack' && !isRollback(one),
  );
  const tried = rollbacksFrom(cluster, current, upgrades);
  const completedAt = [...there, ...tried]
    .flatMap((one) => wayBackFrom(one) ?? [])
    .sort()
    .at(-1);
  const [arriving] = completedAt === undefined ? underWay(upgrades, to, current, cluster.name) : [];
  if (arriving !== undefined) return { ...NOWHERE, reasons: [arriving] };
  const calendar = regionCalendar(region);
  if (completedAt === undefined) return notOurs(cluster, to, calendar, known);
  const { name, supportType } = cluster;
  const has = { name, region: cluster.region, now, calendar, supportType, mayExtend: known.mayExtend };
  const { until, reasons: demanded } = wayBack(to, { ...has, completedAt: new Date(completedAt) });
  if (until === undefined) {
    const [unsupported] = demanded;
    if (unsupported !== undefined) return { ...NOWHERE, reasons: [unsupported] };
    const isBegin = upgrades.some(({ reversibleFrom }) => reversibleFrom === completedAt);
    const since = isBegin ? 'EKS began the upgrade to' : 'The control plane reached';
    const text = `${since} ${current} at ${completedAt}; EKS rolls back within 7 days, until ${rollbackEnd(completedAt).toISOString()}.`;
    return nowhere('TooLate', text);
  }
  const blockers = [...demanded.filter(isInTheWay), ...nodesFirst(cluster, current, to, known.nodes)];
  // Once a rollback has begun, its steps tell what has gone back: the inventory is older than they are.
  const isUnderWay = upgrades.some(
    ({ id, status, mutated }) => id === rollbackId(current, to) && status === 'Running' && mutated,
  );
  const isAddonsBack = ({ steps }: Upgrade): boolean =>
    steps['update-addons-back']?.status === 'done' && (steps['update-addons-back'].endedAt ?? '') > cluster.lastSeenAt;
  const goAlong = () => [
    ...goBackAlong(cluster, current, to, known),
    ...unreadRolls(cluster, upgrades, current),
    ...(tried.some(isAddonsBack) ? [] : addonsFirst(cluster, to)),
  ];
  const told = [...demanded.filter((one) => !isInTheWay(one)), ...(isUnderWay ? [] : goAlong())];
  return {
    status: 'Reversible',
    to: to.toString(),
    until: until.toISOString(),
    reasons: [...blockers, ...told, ...tried.flatMap(lastBlock)],
    blockers,
  };
}

/** Reasons for which a step waits before it sends anything. */
const BEFORE_ITS_CALL: readonly string[] = ['HookWaits', 'Silencing'];

/**
 * While a control plane is on its way up there is no way back from the minor that it leaves. A look at the cluster may find it arrived before its
 * step does, which records when that was.
 */
function underWay(upgrades: readonly Upgrade[], from: KubeVersion, current: KubeVersion, name: string): Reason[] {
  return upgrades.flatMap(({ id, status, steps, to }): Reason[] => {
    if (status !== 'Running' || id !== hopId(from, from.next())) return [];
    const step = steps['upgrade-control-plane'];
    const isSent = step?.status === 'running' && !step.reasons.some(({ code }) => BEFORE_ITS_CALL.includes(code));
    if (!isSent) return [];
    return [onItsWay({ from: `${from}`, to }, name, from.equals(current))];
  });
}

/** Why a cluster does not go back while its hop moves the control plane. */
export function onItsWay({ from, to }: Pick<Upgrade, 'from' | 'to'>, name: string, isLeaving: boolean): Reason {
  const comes = isLeaving
    ? `is on its way from ${from} to ${to}; once it has arrived`
    : `has just come to ${to}; once its upgrade has seen that`;
  const said = `The control plane ${comes}, liftlock rollback cluster ${name} takes it back to ${from}.`;
  return reason('UpgradeUnderWay', said);
}

/** Whether a reason of `wayBack`, which tells what EKS asks of the minor before, keeps the cluster from going back. */
const isInTheWay = ({ code }: Reason): boolean => code === 'NeedsExtendedSupport';

/** The policy allows it for every rollback of its clusters; a person who asks for a rollback allows it for that one alone. */
export const mayExtendSupport = (
  policy: Pick<UpgradePolicySpec, 'rollback'> | undefined,
  rollback?: Pick<Upgrade, 'extendSupport'>,
): boolean => policy?.rollback.extendSupport === true || rollback?.extendSupport === true;

/**
 * The version of the control plane now. The inventory may be older than the end of an update that Liftlock itself has seen since, for instance while
 * a hook is asked after the hop, or while the smoke check of a rollback waits.
 */
export function versionNow({ version, lastSeenAt }: ClusterRecord, upgrades: readonly Upgrade[]): KubeVersion {
  const [last] = upgrades
    .map(arrival)
    .filter(({ at = '' }) => at > lastSeenAt)
    .toSorted((a, b) => ((a.at ?? '') < (b.at ?? '') ? 1 : -1));
  return KubeVersion.parse(last?.there ?? version);
}

/** The cluster with its node groups as they are now: what was read of one may be older than the end of its roll, for instance while a smoke check looks on. */
function withRolls(cluster: ClusterRecord, upgrades: readonly Upgrade[], current: KubeVersion): ClusterRecord {
  const { otherNodes, lastSeenAt } = cluster;
  const isOwn = (
    { name }: { readonly name: string },
    { kind, name: of }: { readonly kind: string; readonly name?: string | undefined },
  ) => kind === 'managed' && of === name;
  const rolled = new Map(
    cluster.nodegroups.flatMap((group) => {
      const last = lastRoll(group, upgrades, current);
      const readAt = otherNodes?.groups.some((one) => isOwn(group, one)) === true ? otherNodes.seenAt : lastSeenAt;
      const isNewer = last?.reasons.some(({ code }) => code === 'Rolled') === true && (last.endedAt ?? '') > readAt;
      return isNewer ? [[group, last.to] as const] : [];
    }),
  );
  if (rolled.size === 0) return cluster;
  const groups = otherNodes?.groups.filter((one) => ![...rolled.keys()].some((group) => isOwn(group, one)));
  return {
    ...cluster,
    nodegroups: cluster.nodegroups.map((one) => ({ ...one, version: rolled.get(one) ?? one.version })),
    ...given({ otherNodes: otherNodes && groups && { ...otherNodes, groups } }),
  };
}

/** The step that brought a node group to the version, or took it back from there, or tried to, if one did. */
function lastRoll({ name }: { readonly name: string }, upgrades: readonly Upgrade[], current: KubeVersion) {
  const isOf = (one: Upgrade): boolean => one.to === `${current}` || (isRollback(one) && one.from === `${current}`);
  const rolls = upgrades.filter(isOf).flatMap(({ to, steps }) => {
    const step = steps[`roll-node-group/${name}`];
    return step === undefined ? [] : [{ ...step, to }];
  });
  return rolls.toSorted((a, b) => (a.startedAt < b.startedAt ? 1 : -1))[0];
}

/** Where an upgrade has left the control plane, and since when. That it was taken back may be known by its hop alone: its rollback was stopped. */
function arrival(upgrade: Upgrade): { readonly there: string; readonly at: string | undefined } {
  const { from, to, status, steps, endedAt, controlPlaneCompletedAt } = upgrade;
  if (isRollback(upgrade))
    return { there: to, at: hasGoneBack(upgrade) ? steps['rollback-control-plane']?.endedAt : undefined };
  if (status !== 'RolledBack') return { there: to, at: controlPlaneCompletedAt };
  return { there: from, at: from === to ? undefined : endedAt };
}

/**
 * Rollbacks from the version that the cluster is at: they have asked EKS when an upgrade by somebody else began. One that ended before the cluster
 * was seen there belongs to an earlier stay.
 */
const rollbacksFrom = (cluster: ClusterRecord, current: KubeVersion, upgrades: readonly Upgrade[]): Upgrade[] =>
  upgrades.filter(
    ({ id, endedAt }) =>
      id === rollbackId(current, current.previous()) &&
      (endedAt ?? cluster.versionObservedAt) >= cluster.versionObservedAt,
  );

/** What this view judges itself, by what is known now. */
const JUDGED: readonly AnyCode[] = ['NodesFirst', 'NodesGoBack', 'NeedsExtendedSupport', 'ExtendsSupport', 'TooLate'];

/** Only a check reads what the cluster itself and EKS have against a rollback, such as an add-on that does not fit, and a person may have mended that since. */
const lastBlock = ({ status, endedAt, reasons }: Upgrade): Reason[] =>
  (status === 'Blocked' ? reasons : [])
    .filter(({ code }) => !JUDGED.includes(code))
    .map(({ code, message }) => ({
      code,
      message: `A rollback that was asked for was blocked at ${endedAt}: ${message}`,
    }));

/** At most this many groups are named, since a long reason is cut. */
const MOST_NAMED = 6;
const named = (all: readonly string[]): string =>
  `${all.slice(0, MOST_NAMED).join('; ')}${all.length > MOST_NAMED ? `; and ${all.length - MOST_NAMED} more` : ''}`;

const hasFollowed = (current: KubeVersion, version = '') => KubeVersion.tryParse(version)?.equals(current) === true;

/** Managed groups whose nodes have followed the control plane, each with why Liftlock cannot take it back, if so. */
function followers(
  { name: clusterName, ...cluster }: ClusterRecord,
  current: KubeVersion,
  to: KubeVersion,
  nodes: NodesSpec,
) {
  const seen = cluster.otherNodes?.groups ?? [];
  return cluster.nodegroups.flatMap((group) => {
    const { name, version, amiType, status } = group;
    const own = seen.filter((one) => one.kind === 'managed' && one.name === name);
    const isAhead =
      own.length > 0 ? own.some((one) => hasFollowed(current, one.version)) : hasFollowed(current, version);
    if (!isAhead) return [];
    const nodegroup = { clusterName, nodegroupName: name, status, ...given({ version, amiType }) };
    const image = imageOfWayBack(cluster, group, to, nodes);
    const move = managedGroups.takeBack({ nodegroup, image }, to);
    return [{ name, stuck: move.type === 'blocked' ? move.reason : undefined }];
  });
}

/** A gap in the policy's table is known now; images that tags or parameters name for the minor before are looked up right before they are used. */
function imageOfWayBack(
  { region }: Pick<ClusterRecord, 'region'>,
  group: ClusterRecord['nodegroups'][number],
  to: KubeVersion,
  nodes: NodesSpec,
): 'eks' | 'nobody' | Reason {
  const rule = imageRuleOf(nodes, group);
  if (rule?.table === undefined) return isRolled(nodes, group) ? 'eks' : 'nobody';
  return tableImage(rule, to, region) === undefined ? noNamedImage(rule, to, region, group.name) : 'eks';
}

/** Nodes that Liftlock does not take back, each with who or what does. */
function nodesFirst(cluster: ClusterRecord, current: KubeVersion, to: KubeVersion, nodes: NodesSpec): Reason[] {
  const groups = followers(cluster, current, to, nodes).flatMap(({ name, stuck }) =>
    stuck === undefined ? [] : [`${name} (${stuck.message.replace(/\.$/, '')})`],
  );
  const others = (cluster.otherNodes?.groups ?? []).flatMap(({ kind, name, version, count }) =>
    kind === 'managed' || kind === 'autoMode' || !hasFollowed(current, version)
      ? []
      : [`${nodesText(kind, count, name)} (${OTHER_OWNERS[kind].takenBackBy})`],
  );
  const all = [...groups, ...others];
  if (all.length === 0) return [];
  const said = `Nodes run ${current} and have to go back to ${to} first, which Liftlock does not do: ${named(all)}.`;
  return [reason('NodesFirst', said)];
}

/** Names of the node groups that a rollback takes back before the control plane. */
export const groupsGoingBack = (
  cluster: ClusterRecord,
  current: KubeVersion,
  to: KubeVersion,
  { nodes }: Pick<KnownOfRollback, 'nodes'>,
): string[] => followers(cluster, current, to, nodes).flatMap(({ name, stuck }) => (stuck === undefined ? [name] : []));

function goBackAlong(...of: Parameters<typeof groupsGoingBack>): Reason[] {
  const [cluster, current, to] = of;
  const groups = groupsGoingBack(...of);
  if (groups.length === 0) return [];
  const said = `Nodes run ${current} and go back to ${to} first, as liftlock rollback cluster ${cluster.name} has it: ${named(groups)}.`;
  return [reason('NodesGoBack', said)];
}

/**
 * While a roll has begun and is not done, EKS tells the group's version from before, though nodes run both: only a look at the nodes after the roll
 * tells which.
 */
function unreadRolls({ nodegroups, otherNodes }: ClusterRecord, upgrades: readonly Upgrade[], current: KubeVersion) {
  return nodegroups.flatMap(({ name, version }): Reason[] => {
    const last = lastRoll({ name }, upgrades, current);
    const isRead = last?.endedAt != null && otherNodes !== undefined && otherNodes.seenAt >= last.endedAt;
    if (last === undefined || last.status === 'done' || isRead || version === `${current}`) return [];
    const said = `The roll of ${name} to ${last.to} is not through (${last.status}): what of its nodes runs ${current} goes back first.`;
    return [reason('NodesGoBack', said)];
  });
}

/** Each hop brings kube-proxy along, and kube-proxy may never be newer than its API server (Kubernetes' version skew policy). */
const addonsFirst = ({ addons }: ClusterRecord, to: KubeVersion): Reason[] =>
  addons.flatMap(({ name, version }) => {
    if (name !== 'kube-proxy' || KubeVersion.tryParse(version)?.minorsBehind(to) !== -1) return [];
    const said = `The add-on ${name} is at ${version}; it goes to a version for ${to} first, since it may not be newer than the control plane.`;
    return [reason('AddonsFirst', said)];
  });

/**
 * The way back of an upgrade that Liftlock has not seen end. EKS does not tell when an upgrade completed, so two things are known: since when we see
 * the version, and what an earlier rollback was told when it asked EKS when the upgrade began (`check-rollback.ts`); a later one is told the same
 * while the cluster stays at its version. What EKS asks of the minor before does not depend on the time: it is in the way, or costs what it costs,
 * whenever the upgrade has ended.
 */
function notOurs(
  cluster: ClusterRecord,
  to: KubeVersion,
  calendar: SupportCalendar,
  known: KnownOfRollback,
): RollbackView {
  const { name, version, createdAt, versionObservedAt: seen, supportType } = cluster;
  const { now, upgrades, mayExtend } = known;
  const asked = rollbacksFrom(cluster, KubeVersion.parse(version), upgrades).find(({ status }) => status === 'Blocked');
  const stays = asked?.reasons.find(({ code }) => code === 'TooLate' || code === 'NotObserved');
  if (stays !== undefined) return { ...NOWHERE, reasons: [stays] };
  if (now.getTime() - Date.parse(seen) >= SEVEN_DAYS) {
    const text = `It has been at ${version} since ${seen} or longer; EKS rolls back within 7 days.`;
    return nowhere('TooLate', text);
  }
  const { until, reasons } = wayBack(to, {
    name,
    region: cluster.region,
    completedAt: now,
    now,
    calendar,
    supportType,
    mayExtend,
  });
  if (until === undefined) return { ...NOWHERE, reasons };
  const blockers = reasons.filter(isInTheWay);
  const text = `Liftlock saw no upgrade to ${version} end, and the cluster, which was created at ${createdAt}, at ${version} first at ${seen}; EKS does not tell when an upgrade completed. A rollback goes by when EKS says that it began, and is blocked where that is too long ago, or nothing of it is on file.`;
  return { ...NOWHERE, status: 'Unknown', reasons: [...reasons, reason('NotObserved', text)], blockers };
}

const NOWHERE = { status: 'NotReversible', to: null, until: null, blockers: [] } as const;
const nowhere = (code: ReasonCode, text: string): RollbackView => ({ ...NOWHERE, reasons: [reason(code, text)] });

/** What the way back of the cluster's next hop will be like; empty where no hop is to come. */
export const reversalOf = (
  { name, region, version, supportType }: ClusterRecord,
  hops: readonly KubeVersion[],
  versions: RegionVersions | undefined,
  known: Pick<KnownOfRollback, 'now' | 'mayExtend'>,
): Reason[] =>
  hops.length === 0
    ? []
    : foreseeWayBack(KubeVersion.parse(version), {
        ...known,
        name,
        region,
        calendar: regionCalendar(versions),
        supportType,
      });
