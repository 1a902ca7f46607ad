import { KubeVersion } from './kube-version.ts';

/** `latest`, `latest-N`, `oldest-in-standard-support`, or a minor such as `1.36`: the target of a policy or a channel. */
type TargetText = string;

/** `UpgradePolicy.spec.target` for people. */
export const targetWords = (target: TargetText | { readonly channel: string }): string =>
  typeof target === 'string' ? target : `channel ${target.channel}`;

type TargetResolution =
  | { readonly status: 'resolved'; readonly version: KubeVersion; readonly newer?: NewerOffer }
  | { readonly status: 'unresolved'; readonly reason: UnresolvedTarget; readonly message: string };

/** The newest version that EKS offers, which Liftlock's data do not cover, and the target if they did. */
interface NewerOffer {
  readonly newest: KubeVersion;
  readonly target: KubeVersion;
}

/** `NotOffered`: EKS does not offer it in that Region. `NotCovered`: Liftlock's data cannot judge it. `InvalidTarget`: it is no target. */
type UnresolvedTarget = 'InvalidTarget' | 'NotOffered' | 'NotCovered';

interface TargetContext {
  /** The versions that EKS offers in that cluster's Region, from `SupportCalendar.offered`; offline by release date ≤ now. */
  readonly offered: readonly KubeVersion[];
  /** The newest minor whose removed APIs and other breaking changes are in Liftlock's data. Absent: no limit. */
  readonly coveredUpTo?: KubeVersion;
  /** Those in standard support; only `oldest-in-standard-support` needs them. */
  readonly inStandardSupport?: readonly KubeVersion[];
}

/**
 * The minor of a policy's target for one cluster. `latest` is the newest that EKS offers there and that Liftlock's data cover. `latest-1` is one
 * minor below it and must be offered as well. A target that cannot be resolved is never guessed, and has a reason.
 */
export function resolveTarget(
  target: TargetText,
  { offered, coveredUpTo, inStandardSupport = [] }: TargetContext,
): TargetResolution {
  const covered = (version: KubeVersion) => coveredUpTo === undefined || version.compare(coveredUpTo) <= 0;
  const isOffered = (version: KubeVersion) => offered.some((candidate) => candidate.equals(version));

  const behind = /^latest(?:-([1-9]))?$/.exec(target);
  if (behind !== null) {
    const newestFirst = [...offered].sort((a, b) => b.compare(a));
    const [newest] = newestFirst;
    if (newest === undefined) return unresolved('NotOffered', `EKS offers no version here${list(offered)}`);
    const latest = newestFirst.find(covered);
    if (latest === undefined) {
      const said = `EKS offers no version here that Liftlock's data cover${list(offered)}: they end at ${coveredUpTo}; update Liftlock`;
      return unresolved('NotCovered', said);
    }
    const minors = Number(behind[1] ?? 0);
    const minorsBefore = (of: KubeVersion) =>
      offered.find((version) => version.major === of.major && version.minor === of.minor - minors);
    const [before, target] = [minorsBefore(latest), minorsBefore(newest)];
    const said = minors === 1 ? 'one minor' : `${minors} minors`;
    if (before === undefined) {
      return unresolved('NotOffered', `EKS does not offer the minor ${said} before ${latest} here${list(offered)}`);
    }
    return { ...resolved(before), ...(newest !== latest && target !== undefined && { newer: { newest, target } }) };
  }
  if (target === 'oldest-in-standard-support') {
    const [oldest] = inStandardSupport.filter(isOffered).sort((a, b) => a.compare(b));
    if (oldest === undefined)
      return unresolved('NotOffered', 'No version offered here is known to be in standard support');
    return covered(oldest) ? resolved(oldest) : notCovered(oldest, coveredUpTo);
  }

  const version = isTargetMinor(target) ? KubeVersion.parse(target) : undefined;
  if (version === undefined) {
    return unresolved('InvalidTarget', `"${target}" is not a target. Use latest, latest-1 or a minor such as "1.36"`);
  }
  if (!isOffered(version)) return unresolved('NotOffered', `EKS does not offer ${version} here${list(offered)}`);
  return covered(version) ? resolved(version) : notCovered(version, coveredUpTo);
}

/** Whether a text is a minor in the form of a target: no `v`, no patch, no leading zeros. */
export function isTargetMinor(text: string): boolean {
  return /^[1-9]\d{0,2}\.(0|[1-9]\d{0,3})$/.test(text);
}

const resolved = (version: KubeVersion): TargetResolution => ({ status: 'resolved', version });

const notCovered = (version: KubeVersion, coveredUpTo: KubeVersion | undefined): TargetResolution =>
  unresolved('NotCovered', `Liftlock's data end at ${coveredUpTo}; update Liftlock before going to ${version}`);

function unresolved(reason: UnresolvedTarget, text: string): TargetResolution {
  return { status: 'unresolved', reason, message: `${text}.` };
}

function list(offered: readonly KubeVersion[]): string {
  const sorted = [...offered].sort((a, b) => a.compare(b));
  return sorted.length === 0 ? ' (it offers none)' : ` (it offers ${sorted.join(', ')})`;
}
