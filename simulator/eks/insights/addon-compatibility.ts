import type { Category } from '@aws-sdk/client-eks';
import type { KubeVersion } from '../../../core/version/kube-version.ts';
import { compatibleVersions, isCompatible } from '../addon-catalog.ts';
import type { Finding, Subject } from './check.ts';

/** Compares installed add-ons with the catalog of that minor, which is all that EKS does (facts: eks.md §4.3). */
export function addonFinding({ state, cluster }: Subject, target: KubeVersion, category: Category): Finding {
  const minor = target.toString();
  const bad = cluster.addons.filter((addon) => !isCompatible(state.addonVersions, addon.name, addon.version, minor));
  const rollback = category === 'ROLLBACK_READINESS';
  const words = rollback ? 'the previous version of Kubernetes' : 'the next version of Kubernetes';
  return {
    name: rollback ? 'EKS add-on version rollback compatibility' : 'EKS add-on version compatibility',
    category,
    kubernetesVersion: minor,
    description: `Checks version of installed EKS add-ons to ensure they are compatible with ${words}.`,
    status: bad.length === 0 ? 'PASSING' : 'ERROR',
    reason:
      bad.length === 0
        ? `All installed EKS add-on versions are compatible with ${words}.`
        : `Installed EKS add-on versions are not compatible with ${words}: ${bad.map((addon) => `${addon.name} ${addon.version}`).join(', ')}.`,
    recommendation: `Update the add-ons to a version that is compatible with ${words}.`,
    resources: bad.map((addon) => ({ insightStatus: { status: 'ERROR' }, arn: addon.arn })),
    addonCompatibilityDetails: rollback
      ? []
      : bad.map((addon) => ({
          name: addon.name,
          compatibleVersions: compatibleVersions(state.addonVersions, addon.name, minor),
        })),
  };
}
