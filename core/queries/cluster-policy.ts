import type { UpgradePolicy, UpgradePolicySpec } from '../config/types.ts';
import type { ClusterRecord } from '../contracts/items/cluster.ts';
import type { Upgrade } from '../contracts/items/protocol.ts';
import { type Reason, reason } from '../contracts/step-result.ts';
import { isRollback } from '../model/hop.ts';
import { sentence } from '../model/words.ts';
import { deletedText, formerPolicies } from '../policy/deleted-configs.ts';
import { ambiguousPolicy, policyOf, selects } from '../policy/policy-of.ts';
import { findHopUp } from '../protocol/rollback.ts';
import { mayExtendSupport, type RollbackView, rollbackView, versionNow } from '../protocol/rollback-view.ts';
import { targetOf } from '../rollout/cluster-target.ts';
import type { FleetSnapshot } from '../rollout/snapshot.ts';
import { wavePlace } from '../rollout/wave-place.ts';
import { KubeVersion } from '../version/kube-version.ts';

/** What the applied policies mean for one cluster. */
export interface ClusterPolicy {
  readonly policy: UpgradePolicy | undefined;
  /** The policies that select the cluster where several do, so that none of them counts. */
  readonly ambiguous?: readonly string[];
  /** The first wave of the policy that takes the cluster; undefined when none does. */
  readonly wave: { readonly index: number; readonly name: string } | undefined;
  /** Why the cluster is in this policy and wave: labels, expressions and tags, in the order in which they decide. */
  readonly placement: readonly Reason[];
  readonly target: KubeVersion | undefined;
  readonly needsWork: boolean;
  /** Why the cluster has no policy, no target, or a lower target than the policy's. */
  readonly reasons: readonly Reason[];
}

const NOTHING = { policy: undefined, wave: undefined, placement: [], target: undefined, needsWork: false };

export function clusterPolicy(snapshot: FleetSnapshot, cluster: ClusterRecord, now: Date): ClusterPolicy {
  const policies = [...snapshot.policies.values()].map((applied) => applied.policy);
  const match = policyOf(cluster, policies, snapshot.unreadablePolicies);
  const errors = match.errors.map((error) => error.reason);
  if (match.type === 'none') return { ...NOTHING, reasons: [noPolicy(cluster, policies, snapshot), ...errors] };
  if (match.type === 'ambiguous') {
    const { names } = match;
    return { ...NOTHING, ambiguous: names, reasons: [ambiguousPolicy(names), ...errors] };
  }
  const { policy } = match;
  const prefix = snapshot.fleet?.tagPrefix ?? '';
  const place = wavePlace(snapshot, policy, cluster);
  const wave = policy.spec.waves[place.index];
  const region = snapshot.regions.get(cluster.region);
  const resolved = targetOf(cluster, policy.spec, region, prefix, now, snapshot.channels);
  const target = 'target' in resolved ? resolved.target : undefined;
  const why = 'target' in resolved ? (resolved.capped ?? resolved.newer) : resolved.reason;
  return {
    policy,
    wave: wave === undefined ? undefined : { index: place.index, name: wave.name },
    placement: [selectedBy(policy, cluster), ...place.reasons, ...errors],
    target,
    needsWork: target !== undefined && KubeVersion.parse(cluster.version).isOlderThan(target),
    reasons: why === undefined ? [] : [why],
  };
}

function selectedBy({ metadata, spec }: UpgradePolicy, cluster: ClusterRecord): Reason {
  const { reasons } = selects(spec.selector, cluster);
  return reason('Policy', `${metadata.name} is the only policy that selects it: ${reasons.join(' and ')}.`);
}

/** Says for each policy why it does not select the cluster, so that a person sees which label to set. */
function noPolicy(
  cluster: ClusterRecord,
  policies: readonly UpgradePolicy[],
  { unreadablePolicies, deletedPolicies = [] }: FleetSnapshot,
): Reason {
  const former = formerPolicies(cluster, deletedPolicies).map(
    (one) => ` The policy ${one.name}, which selected it, ${sentence(deletedText(one))}`,
  );
  const deleted = former.join('');
  if (policies.length + unreadablePolicies.length === 0)
    return reason('NoPolicy', `No UpgradePolicy is applied.${deleted} Run: liftlock apply -f policies.yaml`);
  const misses = policies.map((policy) => {
    const { reasons } = selects(policy.spec.selector, cluster);
    return `${policy.metadata.name} ${reasons.join(' and ')}`;
  });
  const unknown = unreadablePolicies.map(({ name }) => `${name} cannot be read by this version of Liftlock`);
  return reason('NoPolicy', `No policy selects it: ${[...misses, ...unknown].join('; ')}.${deleted}`);
}

interface Leaving {
  readonly cluster: ClusterRecord;
  readonly upgrades: readonly Upgrade[];
  readonly spec: UpgradePolicySpec | undefined;
}

/** Until when the cluster may go back, and what is in the way, as its policy has it. */
export function rollbackIn(
  { regions }: FleetSnapshot,
  { cluster, upgrades, spec }: Leaving,
  now: Date,
  leaving?: Upgrade,
): RollbackView {
  const region = regions.get(cluster.region);
  const mayExtend = mayExtendSupport(spec);
  return rollbackView(cluster, { upgrades, region, now, nodes: spec?.nodes, mayExtend, leaving });
}

/** The same of one cluster, whose last call may have told EKS already to take it on. */
export async function loadRollbackIn(
  table: Parameters<typeof findHopUp>[0],
  snapshot: FleetSnapshot,
  of: Leaving,
  now: Date,
): Promise<RollbackView> {
  return rollbackIn(snapshot, of, now, await findHopUp(table, of.cluster, versionNow(of.cluster, of.upgrades)));
}

/**
 * The upgrade that a cluster is held for. Of a rollback that has still to move it also why EKS does not take it back any more, whatever has ended that;
 * and where nobody lets the support type be set by now, that whoever goes on with it has to.
 */
export function withWayBack(
  left: Upgrade | undefined,
  { version }: Pick<ClusterRecord, 'version'>,
  { status, reasons, blockers }: RollbackView,
): Upgrade | undefined {
  if (left === undefined || !isRollback(left) || left.from !== version) return left;
  if (status === 'NotReversible') return { ...left, reasons: [...left.reasons, ...reasons] };
  return blockers.some(({ code }) => code === 'NeedsExtendedSupport') ? { ...left, extendSupport: true } : left;
}
