import type { UpgradePolicy, Wave as WaveSpec } from '../config/types.ts';
import type { Member, Rollout, Wave } from '../contracts/items/rollout.ts';
import type { Reason } from '../contracts/step-result.ts';
import { canonicalJson, sha256Hex } from '../hash/canonical-json.ts';
import { blockingFindings } from '../model/blocking-findings.ts';
import { given } from '../model/given.ts';
import { countSettled } from '../protocol/settle-decision.ts';
import { KubeVersion } from '../version/kube-version.ts';
import { type Asked, type Candidate, candidatesOf } from './candidates.ts';
import type { RolloutPlan } from './decisions.ts';
import { carriedInto } from './earlier-rollouts.ts';
import { wavePlanHash } from './plan-hash.ts';
import type { FleetSnapshot } from './snapshot.ts';
import { staysWithinMinor } from './tried.ts';
import { limitsOf } from './wave-limits.ts';

/** Plans a rollout of a policy over the inventory. Undefined when no cluster needs work. Pure. */
export function planRollout(
  snapshot: FleetSnapshot,
  name: string,
  details: {
    readonly now: Date;
    readonly createdBy: string;
    readonly salt?: string;
  } & Asked,
): RolloutPlan | undefined {
  const applied = snapshot.policies.get(name);
  if (applied === undefined || snapshot.fleet === undefined) return undefined;
  const { policy } = applied;
  const { byWave, leftOut } = candidatesOf(snapshot, name, details.now, details);
  const candidates = [...byWave.values()].flat();
  const eligible = candidates.filter((candidate) => candidate.refusals.length === 0);
  const target = newest(eligible.map((candidate) => candidate.target));
  if (target === undefined) return undefined;

  const inOrder = [...byWave].sort(([a], [b]) => a - b);
  const nameless = inOrder.flatMap(([index, inWave]) =>
    inWave.map((candidate, position) => plannedMember('', index, position, candidate)),
  );
  const shape = policy.spec.waves.map((spec, index) =>
    plannedWave(
      snapshot,
      policy,
      { rolloutId: '', index },
      spec,
      nameless.filter((one) => one.waveIndex === index),
    ),
  );
  const id = rolloutId(name, target, [applied.revision, nameless, shape, details.salt ?? '']);
  const members = nameless.map((member) => ({ ...member, rolloutId: id }));
  const waves = shape.map((wave) => ({ ...wave, rolloutId: id }));
  const carried = carriedInto(snapshot.history?.earlier, name, members);
  const rollout: Rollout = {
    id,
    policy: name,
    policyRevision: applied.revision,
    target: target.toString(),
    status: 'Running',
    createdBy: details.createdBy,
    createdAt: details.now.toISOString(),
    waves: policy.spec.waves.map((spec) => spec.name),
    ...(details.finish === true ? { finish: true } : {}),
    ...given({ carried, withinMinor: staysWithinMinor(members) }),
    reasons: [],
  };
  return { rollout, waves, members, leftOut };
}

/** A wave that has not begun, counted from the members that it would have. */
export function plannedWave(
  snapshot: FleetSnapshot,
  policy: UpgradePolicy,
  at: Pick<Wave, 'rolloutId' | 'index'>,
  spec: WaveSpec,
  members: readonly Member[],
): Wave {
  const counts = countSettled(members);
  const needWork = members.length - counts.excluded - counts.quarantined;
  // A cluster that a person took out of the last wave, or that is held, is not owed there: no later wave rests on what the last one would have proved,
  // and the rollouts after it would each wait for a person's word about the same cluster.
  const isOwed = ({ code }: Reason): boolean =>
    OWED.includes(code) && ((code !== 'Skipped' && code !== 'Held') || spec !== policy.spec.waves.at(-1));
  const owed = members.filter(({ status, reasons }) => status === 'Excluded' && reasons.some(isOwed)).length;
  const strays = members.filter(({ status, isStray }) => status === 'Failed' && isStray === true).length;
  const { epoch, scans } = snapshot;
  const going = members.filter(goes);
  const scansOf = (key: string) => scans?.get(key) ?? { clusterKey: key, scans: [] };
  const findings = going.flatMap(({ clusterKey, from, to }) => blockingFindings(scansOf(clusterKey), from, to));
  // A part that could not be read never counts as fine, and what a scan before a restore has found may be lost. Hops after the first are scanned when
  // they come.
  const isKnown = going.every(({ clusterKey, from, to }) =>
    hopsBetween(from, to).every((hop, index) => {
      const scan = scansOf(clusterKey).scans.find(({ target }) => target === hop);
      if (scan === undefined) return index > 0 && epoch?.restoredAt === undefined;
      return (scan.gaps ?? 0) === 0 && scan.scannedAt >= (epoch?.restoredAt ?? '');
    }),
  );
  return {
    ...at,
    name: spec.name,
    status: 'Pending',
    members: members.length,
    needWork,
    ...limitsOf(spec, needWork),
    inFlight: members.filter(({ inFlight }) => inFlight).length,
    ...counts,
    ...(owed === 0 ? {} : { owed }),
    ...(strays === 0 ? {} : { strays }),
    planHash: wavePlanHash(policy, { name: spec.name, members: going }),
    ...(isKnown ? { blockingFindings: findings.length } : {}),
    reasons: [],
  };
}

const hopsBetween = (from: string, to: string): string[] =>
  KubeVersion.parse(from)
    .hopsTo(KubeVersion.parse(to))
    .map((hop) => hop.toString());

/** What keeps a cluster out that still needs the work. */
export const OWED: readonly string[] = ['Held', 'Unreachable', 'Skipped', 'AmbiguousPolicy', 'PolicyError'];
const goes = (member: Member): boolean => member.status !== 'Excluded';

export function plannedMember(
  rolloutId: string,
  waveIndex: number,
  position: number,
  { cluster, target, refusals, pins }: Candidate,
): Member {
  return {
    rolloutId,
    waveIndex,
    clusterKey: cluster.clusterKey,
    name: cluster.name,
    from: cluster.version,
    to: target.toString(),
    ...pins,
    status: refusals.length > 0 ? 'Excluded' : 'Pending',
    inFlight: false,
    reasons: [...refusals],
    position: position + 1,
  };
}

/**
 * The same plan gives the same id, so two reconcilers that plan at the same time write one rollout. Another plan gives another id, so members that an
 * attempt left behind when it died before it wrote its rollout are not taken for a part of this one.
 */
function rolloutId(policy: string, target: KubeVersion, plan: readonly unknown[]): string {
  const hash = sha256Hex(canonicalJson(JSON.parse(JSON.stringify(plan))));
  return `${policy}-${target.major}-${target.minor}-${hash.slice(0, 8)}`;
}

export function newest(versions: readonly KubeVersion[]): KubeVersion | undefined {
  return versions.reduce<KubeVersion | undefined>(
    (best, version) => (best === undefined || best.isOlderThan(version) ? version : best),
    undefined,
  );
}
