import type { UpgradePolicy } from '../config/types.ts';
import type { ClusterRecord } from '../contracts/items/cluster.ts';
import { type Reason, reason } from '../contracts/step-result.ts';
import { clusterRefusals } from '../policy/cluster-tags.ts';
import { ambiguousPolicy } from '../policy/policy-of.ts';
import { noWave, waveOf } from '../policy/wave-of.ts';
import { holdRefusals } from '../protocol/standing-refusals.ts';
import { KubeVersion } from '../version/kube-version.ts';
import { inOrder } from './cluster-order.ts';
import { targetOf } from './cluster-target.ts';
import { policyMatch } from './policy-matches.ts';
import type { FleetSnapshot } from './snapshot.ts';

/** A cluster that a policy would upgrade, and where it belongs. */
export interface Candidate {
  readonly cluster: ClusterRecord;
  readonly target: KubeVersion;
  /** Of the policy's waves. */
  readonly waveIndex: number;
  /** Why it will not be touched; such members are listed as Excluded. */
  readonly refusals: readonly Reason[];
}

/** Every cluster that a policy selects is either a candidate or left out with the reason. */
export interface Candidates {
  /** By wave, in the order in which they go. */
  readonly byWave: ReadonlyMap<number, readonly Candidate[]>;
  readonly leftOut: readonly { readonly clusterKey: string; readonly name: string; readonly reason: Reason }[];
}

export function candidatesOf(
  snapshot: FleetSnapshot,
  name: string,
  now: Date,
  skip: (cluster: ClusterRecord, target: KubeVersion) => boolean = () => false,
): Candidates {
  const policy = snapshot.policies.get(name)?.policy;
  const leftOut: Candidates['leftOut'][number][] = [];
  const byWave = new Map<number, Candidate[]>();
  if (policy === undefined) return { byWave, leftOut };
  for (const cluster of snapshot.clusters.values()) {
    if (cluster.deletedAt !== undefined) continue;
    const match = policyMatch(snapshot, cluster);
    const mine =
      match.type === 'one' ? match.policy === policy : match.type === 'ambiguous' && match.names.includes(name);
    const undecided = match.errors.find((error) => error.policy === name);
    if (undecided !== undefined)
      leftOut.push({ clusterKey: cluster.clusterKey, name: cluster.name, reason: undecided.reason });
    if (!mine) continue;
    const found = consider(snapshot, policy, cluster, now, match.type === 'ambiguous' ? match.names : []);
    if ('reason' in found) leftOut.push({ clusterKey: cluster.clusterKey, name: cluster.name, reason: found.reason });
    else if (!skip(cluster, found.target)) add(byWave, found);
  }
  for (const [index, inWave] of byWave) byWave.set(index, inOrder(inWave, policy.spec.order, snapshot.regions, now));
  return { byWave, leftOut: leftOut.sort((a, b) => (a.name < b.name ? -1 : 1)) };
}

function add(byWave: Map<number, Candidate[]>, candidate: Candidate): void {
  const inWave = byWave.get(candidate.waveIndex);
  if (inWave === undefined) byWave.set(candidate.waveIndex, [candidate]);
  else inWave.push(candidate);
}

function consider(
  snapshot: FleetSnapshot,
  policy: UpgradePolicy,
  cluster: ClusterRecord,
  now: Date,
  ambiguous: readonly string[],
): Candidate | { reason: Reason } {
  const prefix = snapshot.fleet?.tagPrefix ?? '';
  const resolved = targetOf(cluster, policy.spec, snapshot.regions.get(cluster.region), prefix, now, snapshot.channels);
  if ('reason' in resolved) return resolved;
  const current = KubeVersion.parse(cluster.version);
  if (!current.isOlderThan(resolved.target)) {
    const said = `${cluster.name} is at ${current}; the target is ${resolved.target}.`;
    const code = resolved.target.isOlderThan(current) ? 'BeyondTarget' : 'AtTarget';
    return { reason: resolved.capped ?? reason(code, said) };
  }
  const wave = waveOf(policy, cluster, prefix);
  if (wave.index < 0) return { reason: wave.reasons[0] ?? noWave(policy) };
  const refusals = clusterRefusals(cluster, resolved.target, prefix, snapshot.calendars);
  if (ambiguous.length > 0) refusals.push(ambiguousPolicy(ambiguous));
  refusals.push(...holdRefusals(snapshot.controls.get(cluster.clusterKey)));
  return { cluster, target: resolved.target, waveIndex: wave.index, refusals };
}
