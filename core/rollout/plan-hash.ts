import type { UpgradePolicy } from '../config/types.ts';
import type { Member } from '../contracts/items/rollout.ts';
import { canonicalJson } from '../hash/canonical-json.ts';
import { sha256Hex } from '../hash/sha256.ts';

/** What an approval of a wave agrees to. */
interface PlannedWave {
  readonly name: string;
  readonly members: readonly Pick<Member, 'clusterKey' | 'from' | 'to' | 'releases' | 'addons'>[];
}

/**
 * sha256 over canonical JSON of the policy without caps, concurrency and estimates, the wave, and who goes from where to where, to which releases of images and versions of add-ons: another cap,
 * passing time and what scans find do not void an approval, another plan does, and a failure budget is part of it. A finding that no approval
 * has shown stops its cluster alone (core/policy/unapproved-findings.ts).
 */
export function wavePlanHash(policy: UpgradePolicy, wave: PlannedWave): string {
  const members = wave.members.map((member) => `${member.clusterKey} ${goal(member)}`).sort();
  // Findings were part of it once: the empty list keeps what was approved then of waves without any.
  const agreed = { spec: agreedPart(policy), wave: wave.name, members, findings: [] };
  return sha256Hex(canonicalJson(JSON.parse(JSON.stringify(agreed))));
}

/** From where to where, with the releases and versions of add-ons that are pinned, if any. */
const goal = ({ from, to, ...pins }: Pick<Member, 'from' | 'to' | 'releases' | 'addons'>): string =>
  [from, to, ...pinTexts(pins).sort()].join(' ');

/** Each of what is pinned, by a name of its own. */
export const pinTexts = ({ releases = {}, addons = {} }: Pick<Member, 'releases' | 'addons'>): string[] => [
  ...Object.entries(releases).map(([group, release]) => `${group}=${release}`),
  ...Object.entries(addons).map(([addon, version]) => `addon/${addon}=${version}`),
];

/** The hash of a whole plan: over the hashes of its waves, in their order. */
export const rolloutPlanHash = (hashes: readonly string[]): string => sha256Hex(canonicalJson([...hashes]));

function agreedPart({ spec: { caps: _, estimates: __, waves, ...spec } }: UpgradePolicy): object {
  return { ...spec, waves: waves.map(({ maxConcurrency: ___, ...rest }) => rest) };
}

/** Whether two revisions of a policy differ in nothing that an approval agrees to. */
export const agreesAlike = (a: UpgradePolicy, b: UpgradePolicy): boolean => agreedText(a) === agreedText(b);

const agreedText = (policy: UpgradePolicy): string => canonicalJson(JSON.parse(JSON.stringify(agreedPart(policy))));
