import type { UpgradePolicy } from '../config/types.ts';
import { canonicalJson } from '../hash/canonical-json.ts';
import { sha256Hex } from '../hash/sha256.ts';

/** What an approval of a wave agrees to. */
interface PlannedWave {
  readonly name: string;
  readonly members: readonly { readonly clusterKey: string; readonly from: string; readonly to: string }[];
  /** Ids of findings that block clusters of the wave. */
  readonly findings: readonly string[];
}

/**
 * sha256 over canonical JSON of the policy without caps, concurrency and estimates, the wave, who goes from where to where, and what is
 * known to block (semantics.md, Approval): another cap, passing time and fresh insights do not void an approval, another plan does, and a
 * failure budget is part of it.
 */
export function wavePlanHash(policy: UpgradePolicy, wave: PlannedWave): string {
  const members = wave.members.map(({ clusterKey, from, to }) => `${clusterKey} ${from} ${to}`).sort();
  const findings = [...wave.findings].sort();
  return sha256Hex(
    canonicalJson(JSON.parse(JSON.stringify({ spec: agreedPart(policy), wave: wave.name, members, findings }))),
  );
}

/** The hash of a whole plan: over the hashes of its waves, in their order. */
export const rolloutPlanHash = (hashes: readonly string[]): string => sha256Hex(canonicalJson([...hashes]));

function agreedPart({ spec: { caps: _, estimates: __, waves, ...spec } }: UpgradePolicy): object {
  return { ...spec, waves: waves.map(({ maxConcurrency: ___, ...rest }) => rest) };
}

/** Whether two revisions of a policy differ in nothing that an approval agrees to. */
export const agreesAlike = (a: UpgradePolicy, b: UpgradePolicy): boolean => agreedText(a) === agreedText(b);

const agreedText = (policy: UpgradePolicy): string => canonicalJson(JSON.parse(JSON.stringify(agreedPart(policy))));
