import type { UpgradePolicy } from '../config/types.ts';
import type { ClusterRecord } from '../contracts/items/cluster.ts';
import { type Reason, reason } from '../contracts/step-result.ts';
import { ambiguousPolicy, policyOf } from '../policy/policy-of.ts';
import { waveIndexOf } from '../policy/wave-of.ts';
import { targetOf } from '../rollout/cluster-target.ts';
import type { FleetSnapshot } from '../rollout/snapshot.ts';
import { matchSelector } from '../selector/match.ts';
import { KubeVersion } from '../version/kube-version.ts';

/** What the applied policies mean for one cluster. */
export interface ClusterPolicy {
  readonly policy: UpgradePolicy | undefined;
  /** The first wave that takes it; undefined when none does. */
  readonly wave: { readonly index: number; readonly name: string } | undefined;
  readonly target: KubeVersion | undefined;
  readonly needsWork: boolean;
  /** Why there is no policy, no target, or a lower target than the policy's. */
  readonly reasons: readonly Reason[];
}

const NOTHING = { policy: undefined, wave: undefined, target: undefined, needsWork: false };

export function clusterPolicy(snapshot: FleetSnapshot, cluster: ClusterRecord, now: Date): ClusterPolicy {
  const policies = [...snapshot.policies.values()].map((applied) => applied.policy);
  const match = policyOf(cluster, policies);
  if (match.type === 'none') return { ...NOTHING, reasons: [noPolicy(cluster, policies)] };
  if (match.type === 'ambiguous') return { ...NOTHING, reasons: [ambiguousPolicy(match.names)] };
  const { policy } = match;
  const index = waveIndexOf(policy, cluster);
  const wave = policy.spec.waves[index];
  const region = snapshot.regions.get(cluster.region);
  const resolved = targetOf(cluster, policy.spec, region, snapshot.fleet?.tagPrefix ?? '', now);
  const target = 'target' in resolved ? resolved.target : undefined;
  const why = 'target' in resolved ? resolved.capped : resolved.reason;
  return {
    policy,
    wave: wave === undefined ? undefined : { index, name: wave.name },
    target,
    needsWork: target !== undefined && KubeVersion.parse(cluster.version).isOlderThan(target),
    reasons: why === undefined ? [] : [why],
  };
}

/** Says of each policy what is missing, so that a person sees which label to set. */
function noPolicy(cluster: ClusterRecord, policies: readonly UpgradePolicy[]): Reason {
  if (policies.length === 0)
    return reason('NoPolicy', 'No UpgradePolicy is applied. Run: liftlock apply -f policies.yaml');
  const misses = policies.map((policy) => {
    const { reasons } = matchSelector(policy.spec.selector, cluster.labels);
    return `${policy.metadata.name} ${reasons.join(' and ')}`;
  });
  return reason('NoPolicy', `No policy selects it: ${misses.join('; ')}.`);
}
