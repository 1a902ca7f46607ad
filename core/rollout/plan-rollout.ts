import type { UpgradePolicy, Wave as WaveSpec } from '../config/types.ts';
import { concurrencyLimit, failureLimit } from '../config/wave-limits.ts';
import type { ClusterRecord } from '../contracts/items/cluster.ts';
import type { Member, Rollout, Wave } from '../contracts/items/rollout.ts';
import { type Reason, reason } from '../contracts/step-result.ts';
import { canonicalJson } from '../hash/canonical-json.ts';
import { sha256Hex } from '../hash/sha256.ts';
import { clusterRefusals } from '../policy/cluster-tags.ts';
import { ambiguousPolicy, policyOf } from '../policy/policy-of.ts';
import { noWave, waveIndexOf } from '../policy/wave-of.ts';
import { holdRefusals } from '../protocol/standing-refusals.ts';
import { KubeVersion } from '../version/kube-version.ts';
import { targetOf } from './cluster-target.ts';
import type { FleetSnapshot } from './snapshot.ts';

/** A rollout as it would be created. Every cluster that its policy selects is in exactly one wave, or in `leftOut` with the reason. */
export interface RolloutPlan {
  readonly rollout: Rollout;
  readonly waves: readonly Wave[];
  readonly members: readonly Member[];
  readonly leftOut: readonly { readonly clusterKey: string; readonly name: string; readonly reason: Reason }[];
}

interface Candidate {
  readonly cluster: ClusterRecord;
  readonly target: KubeVersion;
  /** Why it will not be touched; such members are listed as Excluded. */
  readonly refusals: readonly Reason[];
}

/** Plans a rollout of a policy over the inventory. Undefined when no cluster needs work. Pure. */
export function planRollout(
  snapshot: FleetSnapshot,
  name: string,
  details: {
    readonly now: Date;
    readonly createdBy: string;
    readonly salt?: string;
    readonly skip?: (cluster: ClusterRecord, target: KubeVersion) => boolean;
  },
): RolloutPlan | undefined {
  const applied = snapshot.policies.get(name);
  if (applied === undefined || snapshot.fleet === undefined) return undefined;
  const { policy } = applied;
  const everyPolicy = [...snapshot.policies.values()].map((entry) => entry.policy);
  const leftOut: RolloutPlan['leftOut'][number][] = [];
  const candidates: Candidate[] = [];
  const clusters = [...snapshot.clusters.values()].filter((cluster) => cluster.deletedAt === undefined).sort(byName);
  for (const cluster of clusters) {
    const match = policyOf(cluster, everyPolicy);
    const mine =
      match.type === 'one'
        ? match.policy.metadata.name === name
        : match.type === 'ambiguous' && match.names.includes(name);
    if (!mine) continue;
    const candidate = consider(snapshot, policy, cluster, details.now, match.type === 'ambiguous' ? match.names : []);
    if ('reason' in candidate)
      leftOut.push({ clusterKey: cluster.clusterKey, name: cluster.name, reason: candidate.reason });
    else if (details.skip?.(cluster, candidate.target) !== true) candidates.push(candidate);
  }
  const eligible = candidates.filter((candidate) => candidate.refusals.length === 0);
  const target = newest(eligible.map((candidate) => candidate.target));
  if (target === undefined) return undefined;

  const id = rolloutId(name, target, candidates, details.salt);
  const placed = place(policy, candidates, leftOut);
  const waves = policy.spec.waves.map((spec, index) => wave(id, spec, index, placed.get(index) ?? []));
  const members = [...placed.entries()].flatMap(([index, inWave]) =>
    inWave.map((candidate, position) => member(id, index, position, candidate)),
  );
  const rollout: Rollout = {
    id,
    policy: name,
    policyRevision: applied.revision,
    target: target.toString(),
    status: 'Running',
    createdBy: details.createdBy,
    createdAt: details.now.toISOString(),
    waves: policy.spec.waves.map((spec) => spec.name),
    reasons: [],
  };
  return { rollout, waves, members, leftOut };
}

function consider(
  snapshot: FleetSnapshot,
  policy: UpgradePolicy,
  cluster: ClusterRecord,
  now: Date,
  ambiguous: readonly string[],
): Candidate | { reason: Reason } {
  const prefix = snapshot.fleet?.tagPrefix ?? '';
  const resolved = targetOf(cluster, policy.spec, snapshot.regions.get(cluster.region), prefix, now);
  if ('reason' in resolved) return resolved;
  const current = KubeVersion.parse(cluster.version);
  if (!current.isOlderThan(resolved.target)) {
    return {
      reason:
        resolved.capped ?? reason('AtTarget', `${cluster.name} is at ${current}; the target is ${resolved.target}.`),
    };
  }
  const refusals = clusterRefusals(cluster, resolved.target, prefix);
  if (ambiguous.length > 0) refusals.push(ambiguousPolicy(ambiguous));
  refusals.push(...holdRefusals(snapshot.controls.get(cluster.clusterKey)));
  return { cluster, target: resolved.target, refusals };
}

function place(
  policy: UpgradePolicy,
  candidates: readonly Candidate[],
  leftOut: RolloutPlan['leftOut'][number][],
): Map<number, Candidate[]> {
  const placed = new Map<number, Candidate[]>();
  for (const candidate of candidates) {
    const { cluster } = candidate;
    const index = waveIndexOf(policy, cluster);
    if (index < 0) {
      leftOut.push({
        clusterKey: cluster.clusterKey,
        name: cluster.name,
        reason: noWave(policy),
      });
      continue;
    }
    placed.set(index, [...(placed.get(index) ?? []), candidate]);
  }
  return placed;
}

function wave(rolloutId: string, spec: WaveSpec, index: number, candidates: readonly Candidate[]): Wave {
  const excluded = candidates.filter((candidate) => candidate.refusals.length > 0).length;
  const needWork = candidates.length - excluded;
  return {
    rolloutId,
    index,
    name: spec.name,
    status: 'Pending',
    members: candidates.length,
    needWork,
    maxConcurrency: concurrencyLimit(spec, needWork),
    maxFailures: failureLimit(spec, needWork),
    inFlight: 0,
    succeeded: 0,
    failed: 0,
    blocked: 0,
    excluded,
    quarantined: 0,
    reasons: [],
  };
}

function member(
  rolloutId: string,
  waveIndex: number,
  position: number,
  { cluster, target, refusals }: Candidate,
): Member {
  return {
    rolloutId,
    waveIndex,
    clusterKey: cluster.clusterKey,
    name: cluster.name,
    from: cluster.version,
    to: target.toString(),
    status: refusals.length > 0 ? 'Excluded' : 'Pending',
    inFlight: false,
    reasons: [...refusals],
    position: position + 1,
  };
}

/** The same clusters give the same id, so two reconcilers that plan at once write one rollout. `salt` makes another one on purpose. */
function rolloutId(policy: string, target: KubeVersion, candidates: readonly Candidate[], salt = ''): string {
  const members = candidates.map((candidate) => `${candidate.cluster.clusterKey}>${candidate.target}`).sort();
  return `${policy}-${target.major}-${target.minor}-${sha256Hex(canonicalJson({ members, salt })).slice(0, 8)}`;
}

const byName = (a: ClusterRecord, b: ClusterRecord): number =>
  a.name === b.name ? (a.clusterKey < b.clusterKey ? -1 : 1) : a.name < b.name ? -1 : 1;

function newest(versions: readonly KubeVersion[]): KubeVersion | undefined {
  return versions.reduce<KubeVersion | undefined>(
    (best, version) => (best === undefined || best.isOlderThan(version) ? version : best),
    undefined,
  );
}
