import { KubeVersion } from '../version/kube-version.ts';
import { checkHop, type SkewedComponent } from '../version/skew.ts';
import type { HopPolicy } from './hop-policy.ts';

/**
 * Whether the nodes may stay as they are at this hop: the policy says `rollNodes: whenSkewRequires`, another hop follows, and the oldest
 * kubelet still keeps the skew rule after that one (semantics.md, Multi-hop). What cannot be read is rolled.
 */
export function nodesMayWait(
  { wave, moreHops }: HopPolicy,
  target: KubeVersion,
  groups: readonly { readonly name: string; readonly version: string | undefined }[],
): boolean {
  if (wave?.rollNodes !== 'whenSkewRequires' || !moreHops) return false;
  if (groups.some(({ version }) => version === undefined || KubeVersion.tryParse(version) === undefined)) return false;
  const kubelets = groups.map(({ name, version = '' }): SkewedComponent => ({ kind: 'kubelet', name, version }));
  return checkHop(target, kubelets).ok;
}
