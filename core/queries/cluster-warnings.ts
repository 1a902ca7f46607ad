import type { ClusterRecord } from '../contracts/items/cluster.ts';
import type { UndoEntry, Upgrade } from '../contracts/items/protocol.ts';
import { type Reason, reason } from '../contracts/step-result.ts';
import { undoId } from '../model/hop.ts';
import { kubeProxySkew } from '../model/lag.ts';
import { unreachable } from '../model/unreachable.ts';
import { ownedBy } from '../model/version-owners.ts';
import { sentence, some } from '../model/words.ts';
import { leftCordoned, wayToCancel } from '../nodes/left-cordoned.ts';
import { tagProblems } from '../policy/cluster-tags.ts';
import { isOpen, isUndo } from '../protocol/undo.ts';
import { skewOf } from '../scan/preflight/proved-blockers.ts';
import type { Read } from '../store/entity.ts';
import { KubeVersion } from '../version/kube-version.ts';

/**
 * What people should know of a cluster beside its upgrade: what Kubernetes does not support in its present state, who else moves it, what could not
 * be read of it, and what drains and other upgrades have left.
 */
export function clusterWarnings(
  cluster: ClusterRecord,
  journal: readonly Read<UndoEntry>[],
  upgrades: readonly Upgrade[],
): Reason[] {
  const managed =
    cluster.managedBy.length === 0
      ? []
      : [reason('ManagedElsewhere', `${ownedBy(cluster.managedBy)}. Raise the version there too.`)];
  const denied = unreachable(cluster);
  const nodegroups = cluster.nodegroups.flatMap(({ name, issues }) =>
    issues.map((issue) => reason('NodegroupIssue', `Node group ${name}: ${issue}`)),
  );
  // Such a skew arises when somebody takes the control plane back past Liftlock and leaves the nodes where they were.
  const names = cluster.nodegroups.map(({ name }) => name);
  const version = KubeVersion.parse(cluster.version);
  const ofGroups = skewOf(cluster, [version], names).map((one) => one.reason);
  const skewed = [...ofGroups, ...kubeProxySkew(cluster.addons, version).map((text) => reason('VersionSkew', text))];
  return [
    ...skewed,
    ...managed,
    ...(denied === undefined ? [] : [reason('Unreachable', denied.message)]),
    ...cluster.unreadable,
    ...nodegroups,
    ...drainedWarnings(cluster, journal, upgrades),
    ...undoWarnings(journal, upgrades),
  ];
}

/**
 * Nodes that waiting drains hold cordoned, and nodes that ended drains have left cordoned in groups that still exist, as long as the journal has
 * them. Nobody checks whether somebody has uncordoned them since.
 */
function drainedWarnings(
  { name: cluster, nodegroups, otherNodes }: ClusterRecord,
  journal: readonly Read<UndoEntry>[],
  upgrades: readonly Upgrade[],
): Reason[] {
  const cordons = journal.flatMap(({ data }) => (data.effect === 'cordon' ? data : []));
  const groups = [...nodegroups, ...(otherNodes?.groups ?? [])].flatMap(({ name }) => name ?? []);
  return upgrades.flatMap(({ id, machine, status, input, endedAt }) => {
    const own = cordons.filter(({ upgradeId }) => upgradeId === id);
    const group = String(input?.nodegroup);
    const held = own.flatMap(({ subject, closed }) => (closed === undefined ? subject : []));
    if (machine === 'drain-nodes' && status === 'Parked' && held.length > 0) {
      const said = `The drain of ${group} waits, and holds cordoned: ${some(held, 5)}. To end it and have them uncordoned: ${wayToCancel(group, cluster)}`;
      return reason('DrainParked', said);
    }
    const nodes = own.flatMap(({ subject, closed }) => (closed?.how === 'kept' ? subject : []));
    if (nodes.length === 0 || !groups.includes(group)) return [];
    const since = 'Liftlock does not look whether somebody has done so since.';
    return reason('Drained', `The drain of ${group} ended at ${endedAt}. ${leftCordoned(nodes)} ${since}`);
  });
}

const LEFT = { cordon: 'the cordon of', updateConfig: 'update settings of', job: 'the Job', silence: 'the mute rule' };

/** What upgrades have left and could not take back so far. Only this tells it, since those upgrades have ended. */
export function undoWarnings(journal: readonly Read<UndoEntry>[], upgrades: readonly Upgrade[]): Reason[] {
  return upgrades.flatMap((upgrade) => {
    const { id, status, reasons, resumeAt } = upgrade;
    if (!isUndo(upgrade) || status !== 'Parked') return [];
    const left = journal.filter((entry) => isOpen(entry) && undoId(entry.data.upgradeId) === id);
    const [first] = left;
    if (first === undefined) return [];
    const names = left.map(({ data: { effect, subject } }) => `${LEFT[effect]} ${subject}`).join(', ');
    const again = resumeAt === undefined ? '' : ` It is tried again at ${resumeAt}.`;
    const why = reasons.map(({ message }) => sentence(message)).join(' ');
    return reason(
      'NotTakenBack',
      `What ${first.data.upgradeId} has left is not taken back yet (${names}): ${why}${again}`,
    );
  });
}

/**
 * What each of the cluster's own Liftlock tags does; tags only make things safer.
 *
 * @param calendars the applied Calendars, by name
 * @param placement why the cluster is in its wave, or in none
 */
export function tagEffects(
  { tags }: Pick<ClusterRecord, 'tags'>,
  prefix: string,
  calendars: { has(name: string): boolean },
  placement: readonly Reason[],
): { tag: string; value: string; effect: string }[] {
  const outside = placement.filter(({ code }) => code === 'BadTag');
  const problems = [
    ...tagProblems(tags, prefix, calendars),
    ...outside.map((problem) => ({ tag: `${prefix}wave`, problem })),
  ];
  return Object.entries(tags).flatMap(([tag, value]) => {
    const said = problems.filter((one) => one.tag === tag).map(({ problem }) => problem.message);
    if (said.length > 0) return [{ tag, value, effect: said.join(' ') }];
    return prefix !== '' && tag.startsWith(prefix)
      ? [{ tag, value, effect: effectOf(tag.slice(prefix.length), value) }]
      : [];
  });
}

/** The effect of a tag that can be read. */
function effectOf(name: string, value: string): string {
  if (name === 'paused') return value === 'true' ? 'Liftlock keeps away from the cluster.' : 'None: it is not paused.';
  if (name === 'pin-version') return `Liftlock takes the cluster no further than ${value}.`;
  if (name === 'wave') return `It goes no sooner than the wave ${value}.`;
  return `Liftlock also waits for ${value
    .trim()
    .split(/[\s,]+/)
    .join(' and ')} to be open.`;
}
