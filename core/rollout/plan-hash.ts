import type { UpgradePolicy } from '../config/types.ts';
import type { Member } from '../contracts/items/rollout.ts';
import { canonicalJson, sha256Hex } from '../hash/canonical-json.ts';

/** What an approval of a wave agrees to. */
interface PlannedWave {
  readonly name: string;
  readonly members: readonly Pick<Member, 'clusterKey' | 'from' | 'to' | 'releases' | 'addons'>[];
}

/**
 * sha256 over canonical JSON of the policy without caps, concurrency and estimates, the wave, and every member with its versions, releases of images
 * and versions of add-ons. Another cap, passing time and findings of scans do not void an approval; another plan does, and so does another failure
 * budget. A finding that no approval has shown stops its cluster alone (core/policy/unapproved-findings.ts).
 */
export function wavePlanHash(policy: UpgradePolicy, wave: PlannedWave): string {
  const members = wave.members.map((member) => `${member.clusterKey} ${goal(member)}`).sort();
  // Findings used to be part of the hash: the empty list keeps the approvals valid that waves without findings had then.
  const agreed = { spec: agreedPart(policy), wave: wave.name, members, findings: [] };
  return sha256Hex(canonicalJson(JSON.parse(JSON.stringify(agreed))));
}

/** The versions that a member goes from and to, with the releases and versions of add-ons that are pinned, if any. */
const goal = ({ from, to, ...pins }: Pick<Member, 'from' | 'to' | 'releases' | 'addons'>): string =>
  [from, to, ...pinTexts(pins).sort()].join(' ');

/** Each pinned release and version under a name of its own. */
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
