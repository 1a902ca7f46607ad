interface Parts {
  readonly stage: number;
  readonly major: number;
  readonly minor: number;
}

/**
 * Orders versions as API servers prefer them, the best first: `v2`, `v1`, `v1beta2`, `v1beta1`, `v1alpha1`, then other forms by name
 * (CompareKubeAwareVersionStrings of k8s.io/apimachinery).
 */
export function byPriority(left: string, right: string): number {
  const [one, other] = [partsOf(left), partsOf(right)];
  if (one === undefined && other === undefined) return left < right ? -1 : Number(left > right);
  if (one === undefined || other === undefined) return one === undefined ? 1 : -1;
  return other.stage - one.stage || other.major - one.major || other.minor - one.minor;
}

function partsOf(version: string): Parts | undefined {
  const [, major, stage, minor] = /^v(\d+)(?:(alpha|beta)(\d+))?$/.exec(version) ?? [];
  if (major === undefined) return undefined;
  const stages = { alpha: 0, beta: 1 };
  return { major: Number(major), stage: stage === undefined ? 2 : stages[stage as 'alpha'], minor: Number(minor ?? 0) };
}
