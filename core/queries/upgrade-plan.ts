import type { ClusterRecord } from '../contracts/items/cluster.ts';
import type { Upgrade } from '../contracts/items/protocol.ts';
import { type Reason, reason } from '../contracts/step-result.ts';
import { shortId } from '../model/cluster-key.ts';
import { hopRefusals, isRollback } from '../model/hop.ts';
import { unfinished } from '../model/lag.ts';
import { fillCluster } from '../model/placeholders.ts';
import { counted } from '../model/words.ts';
import { budgetsText } from '../policy/forced-after.ts';
import type { Ports } from '../ports/ports.ts';
import { hopsBefore, isWatched, sameUnderWay } from '../protocol/hop-before.ts';
import { findHopInHand, isOnlyReleased, wayOutOfHold } from '../protocol/left-half-done.ts';
import { mayExtendSupport, reversalOf } from '../protocol/rollback-view.ts';
import { undoEntriesOf } from '../protocol/undo.ts';
import { refusalsAt } from '../protocol/vetoes.ts';
import { keptFromFinish } from '../rollout/candidates.ts';
import { memberRules, rulesByHand } from '../rollout/member-rules.ts';
import { readinessTo } from '../rollout/readiness.ts';
import { asUpgraded, type FleetSnapshot, nodesIn } from '../rollout/snapshot.ts';
import { latestScansOf } from '../scan/fleet/report-store.ts';
import { KubeVersion } from '../version/kube-version.ts';
import { regionOffer } from '../version/region-calendar.ts';
import { COVERED, isCovered } from '../version/support-calendar.ts';
import { isTargetMinor } from '../version/target.ts';
import type { AskedHop } from './asked-plan.ts';
import { type ClusterPolicy, clusterPolicy } from './cluster-policy.ts';
import { undoWarnings } from './cluster-warnings.ts';
import { loadClusterNow } from './load-cluster-now.ts';
import { findRolloutsGoingOn } from './place-of.ts';
import { invalidInput } from './refusal.ts';
import { refusalsOfRollback } from './rollback-plan.ts';

/** What an upgrade of one cluster by hand would do, or what of it has begun. */
export interface UpgradePlan extends AskedHop {
  /** The version of the control plane now; it is past `from` where an upgrade was left half done. */
  readonly version: string;
  /** The hops, one upgrade each. Only the first is started; a person asks for the others one by one. */
  readonly hops: readonly string[];
  /** Until when EKS would take the first hop back, or why not, and what EKS asks for that; empty for an upgrade that was begun before. */
  readonly reversal: readonly Reason[];
}

/** Plans an upgrade. Fails with `InvalidInput` when `to` is not a minor, and with `ClusterGone`; everything else that is in the way is a refusal. */
export async function planUpgrade(
  ports: Pick<Ports, 'table' | 'clock'>,
  record: ClusterRecord,
  to: string,
): Promise<UpgradePlan> {
  if (!isTargetMinor(to))
    throw invalidInput(`"${to.slice(0, 40)}" is not a Kubernetes minor. Write it as text, such as "1.36".`);
  const { snapshot, cluster: recorded } = await loadClusterNow(ports, record);
  const cluster = asUpgraded(snapshot, recorded);
  const now = ports.clock.now();
  const aim = clusterPolicy(snapshot, cluster, now);
  const current = KubeVersion.parse(cluster.version);
  const target = KubeVersion.parse(to);
  const toCome = current.hopsTo(target);
  const [next = target] = toCome;
  const { left, underWay } = await findHopInHand(ports.table, cluster.clusterKey, next, current.equals(target));
  const hops = left === undefined ? toCome : [target];
  const refusals = [
    ...(underWay === undefined ? [] : [sameUnderWay(underWay, cluster.name)]),
    ...((left ?? underWay) === undefined
      ? [...hopRefusals(cluster, next), ...isBehind(snapshot, cluster, next, aim.policy)]
      : []),
    ...(hops.length === 0
      ? []
      : [
          ...(left === undefined ? notOffered(snapshot, cluster, target, now) : []),
          ...refusalsByHand(snapshot, cluster, next, now),
        ]),
  ];
  return {
    cluster: shortId(cluster),
    clusterKey: cluster.clusterKey,
    from: left?.from ?? current.toString(),
    version: current.toString(),
    to: target.toString(),
    status: refusals.length > 0 ? 'Blocked' : 'NotApproved',
    hops: hops.map(String),
    checks:
      hops.length === 0 ? [] : checksOf(cluster, aim, current.equals(target), left !== undefined && isWatched(left)),
    refusals,
    reversal:
      left === undefined
        ? reversalOf(cluster, hops, snapshot.regions.get(cluster.region), {
            now,
            mayExtend: mayExtendSupport(aim.policy?.spec),
          })
        : [],
    notes: [
      // The upgrade would begin beside what another one has left: a waiting undo does not stop it.
      ...undoWarnings(await undoEntriesOf(ports.table, cluster.clusterKey), ofCluster(snapshot, cluster)),
      ...notesOf(aim, hops, await findRolloutsGoingOn(ports.table, snapshot, cluster.clusterKey)),
      ...(left === undefined && hops.length > 0 ? await lastFound(ports, snapshot, cluster, next) : []),
    ],
    execution: null,
  };
}

const ofCluster = ({ upgrades }: FleetSnapshot, { clusterKey }: ClusterRecord): Upgrade[] =>
  upgrades.filter((one) => one.clusterKey === clusterKey);

/** What the last look found in the way of the first hop. It is told but refuses nothing, since the upgrade looks itself before it changes anything. */
async function lastFound(
  { table, clock }: Pick<Ports, 'table' | 'clock'>,
  snapshot: FleetSnapshot,
  cluster: ClusterRecord,
  next: KubeVersion,
): Promise<Reason[]> {
  const scans = (await latestScansOf(table, [cluster.clusterKey])).get(cluster.clusterKey);
  const known = { scans, now: clock.now(), nodes: nodesIn(snapshot, cluster) };
  const { verdict, scannedAt, reasons } = readinessTo(cluster, next, known);
  const seen = scannedAt === null ? 'By the inventory' : `By the look of ${scannedAt}`;
  return verdict === 'blocked' ? reasons.map((one) => ({ ...one, message: `${seen}: ${one.message}` })) : [];
}

/** No hop leads to the version that the control plane has: this says what brings up the parts that are behind there. */
function isBehind(
  snapshot: FleetSnapshot,
  cluster: ClusterRecord,
  next: KubeVersion,
  policy: ClusterPolicy['policy'],
): Reason[] {
  const isThere = next.equals(KubeVersion.parse(cluster.version));
  return isThere ? [unfinished(cluster, policy, keptFromFinish(snapshot, cluster)) ?? []].flat() : [];
}

function notOffered(snapshot: FleetSnapshot, cluster: ClusterRecord, target: KubeVersion, now: Date): Reason[] {
  const region = snapshot.regions.get(cluster.region);
  if (region === undefined)
    return [
      reason('NotOffered', `The versions that EKS offers in ${cluster.region} are not known yet; look again later.`),
    ];
  const offered = regionOffer(region).offered(now);
  if (offered.some((version) => version.equals(target))) return [];
  return [reason('NotOffered', `EKS does not offer ${target} in ${cluster.region} (it offers ${offered.join(', ')}).`)];
}

/** Why an upgrade that a person starts would get no grant now. */
export function refusalsByHand(
  snapshot: FleetSnapshot,
  cluster: ClusterRecord,
  next: KubeVersion,
  now: Date,
): Reason[] {
  const { epoch, fleet, control, controls, ledger, grants } = snapshot;
  const { clusterKey } = cluster;
  const before = hopsBefore({ machine: 'upgrade-cluster', from: String(next.previous()), to: String(next) });
  return refusalsAt('grant', {
    target: next,
    epoch,
    fleet,
    control,
    cluster,
    clusterControl: controls.get(clusterKey),
    grant: grants.find((grant) => grant.clusterKey === clusterKey),
    ledger,
    upgrade: undefined,
    before: snapshot.upgrades.filter((one) => one.clusterKey === clusterKey && before.includes(one.id)),
    ...rulesByHand(snapshot, cluster, memberRules(snapshot, now)),
    now,
  });
}

/**
 * What would refuse, besides a hold, the upgrade that a person starts to finish what another one has left. Where the control plane is past its
 * target, no hop finishes it.
 */
export function finishing(snapshot: FleetSnapshot, cluster: ClusterRecord, left: Upgrade | undefined, now: Date) {
  const version = KubeVersion.parse(cluster.version);
  const to = left === undefined ? version : KubeVersion.parse(left.to);
  if (isRollback(left)) {
    const { refusals } = refusalsOfRollback(snapshot, cluster, to, to.equals(version), now);
    return { refusals, somebody: somebodyOnce(isOnlyReleased(left) ? [] : refusals) };
  }
  const isBehind = to.isOlderThan(version);
  const refusals = refusalsByHand(snapshot, cluster, isBehind ? version : to, now).filter(
    ({ code }) => code !== 'Held' && !(isBehind && code === 'UpgradeUnderWay'),
  );
  return { refusals, somebody: somebodyOnce(refusals) };
}

export function somebodyOnce(refusals: readonly Reason[]): string {
  const codes = refusals.map(({ code }) => code).join(', ');
  return codes === '' ? 'Somebody' : `Once nothing refuses it any more (now ${codes}), somebody`;
}

/** For a held cluster that no rollout would try again: who takes the hold off and finishes what was left, once what would refuse that is gone. */
export function outOfHold(
  snapshot: FleetSnapshot,
  cluster: ClusterRecord,
  left: Upgrade | undefined,
  now: Date,
  byRollout = false,
) {
  const { refusals, somebody } = finishing(snapshot, cluster, left, now);
  // Where somebody else had made the hop, only the hold has its id.
  const hop = snapshot.controls.get(cluster.clusterKey)?.held?.upgradeId?.split('-').at(-1) ?? '';
  const known = (clusterPolicy(snapshot, cluster, now).target ?? KubeVersion.tryParse(hop))?.toString();
  return { refusals, condition: `${somebody} ${wayOutOfHold(cluster, left, { byRollout, known })}` };
}

function checksOf(cluster: ClusterRecord, { policy }: ClusterPolicy, isThere: boolean, isMoved: boolean): string[] {
  const apiOnly = policy?.spec.verification === 'eks-api';
  const { deployments = [], urls = [] } = policy?.spec.smoke ?? {};
  const most = policy?.spec.disruption?.maxUnavailable;
  const down = most === undefined ? '' : `, with ${most} of the cluster's nodes down at most`;
  const own =
    deployments.length + urls.length === 0
      ? ''
      : `, ${[...deployments, ...urls.map((url) => fillCluster(url, cluster.name))].join(', ')}`;
  const grant = 'request-grant: one upgrade per cluster, every cap, mode, stop, hold and tags, once more.';
  const smoke = `smoke-check: ${apiOnly ? 'through the EKS API only' : 'readyz, nodes, kube-system, pods no worse than before'}${own}.`;
  if (isMoved) {
    const rest = `all of it is at ${cluster.version} already; only what has fallen behind since is moved.`;
    const watched = 'Before its watch is over it is watched on until then, and looked at once more.';
    return [grant, `upgrade-control-plane, roll-node-group, update-addons: ${rest}`, `${smoke} ${watched}`];
  }
  return [
    grant,
    `scan-cluster: upgrade insights of EKS, kubelet and kube-proxy skew, AMI types${apiOnly ? '; the API server is not looked at (verification: eks-api)' : ', the API server answers'}.`,
    `update-addons: ${counted(cluster.addons.length, 'add-on')} to versions that are valid before and after.`,
    isThere
      ? `upgrade-control-plane: nothing, it is at ${cluster.version} already.`
      : 'upgrade-control-plane: one minor, judged by the update itself.',
    `roll-node-group: ${counted(cluster.nodegroups.length, 'node group')}${down}, ${budgetsText(policy?.spec, cluster)}.`,
    'update-addons: the remaining ones, kube-proxy among them.',
    smoke,
  ];
}

function notesOf(
  { policy, target }: ClusterPolicy,
  hops: readonly KubeVersion[],
  places: Awaited<ReturnType<typeof findRolloutsGoingOn>>,
): Reason[] {
  const notes: Reason[] = [];
  const [first, ...later] = hops;
  if (later.length > 0) {
    notes.push(
      reason(
        'OneHopAtATime',
        `An upgrade moves one minor: approving starts ${first}. Ask again for ${later.join(', then ')} when it has ended.`,
      ),
    );
  }
  const last = hops.at(-1);
  if (policy !== undefined && target !== undefined && last !== undefined && target.isOlderThan(last))
    notes.push(reason('BeyondPolicy', `The policy ${policy.metadata.name} asks for ${target} only.`));
  if (last !== undefined && !isCovered(last))
    notes.push(
      reason(
        'NotCovered',
        `Liftlock's data end at ${COVERED}, so its scan cannot tell what ${last} removes and stops there: update Liftlock before.`,
      ),
    );
  for (const place of places)
    notes.push(
      reason(
        'InRollout',
        `It is a member of the rollout ${place.rollout.id} (${place.rollout.status}), of which it is ${place.member.status}; started by hand it waits neither for its wave's turn nor for approvals and soaks.`,
      ),
    );
  return notes;
}
