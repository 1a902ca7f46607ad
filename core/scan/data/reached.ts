import { KubeVersion } from '../../version/kube-version.ts';

/** Whether `target` is at a minor of the tables or past it; a minor that is null never comes. */
export function isReached(minor: string | null, target: KubeVersion): boolean {
  return minor !== null && !target.isOlderThan(KubeVersion.parse(minor));
}
