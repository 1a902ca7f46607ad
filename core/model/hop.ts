import type { KubeVersion } from '../version/kube-version.ts';

/** The id of the upgrade of a cluster from one minor to the next: there is one for each hop, however often it is tried. */
export const hopId = (from: KubeVersion | string, to: KubeVersion | string): string => `${from}-${to}`;

/** The id of the upgrade that ends at a minor. */
export const hopTo = (target: KubeVersion): string => hopId(`${target.major}.${target.minor - 1}`, target);
