import type { KubeVersion } from '../../version/kube-version.ts';
import type { SkewObservation } from './observation.ts';

/** Where a cluster goes, one minor or several. */
export interface Hop {
  readonly target: KubeVersion;
  /** What it runs now; undefined for manifests, which run nowhere yet. */
  readonly from?: KubeVersion;
  /** Whether the hops bring it up to date by themselves; undefined where nobody has asked EKS what it manages. */
  readonly brings?: (component: SkewObservation) => boolean;
  /** Whether the upgrade insights of EKS were read. */
  readonly insightsRead?: boolean;
  /** Whether an upgrade goes by it: what an older minor removed is no break of its hop. A scan of a kubeconfig tells of all that is broken. */
  readonly isGate?: boolean;
}
