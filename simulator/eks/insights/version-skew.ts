import type { Category, InsightStatusValue } from '@aws-sdk/client-eks';
import { KubeVersion } from '../../../core/version/kube-version.ts';
import { kubeProxyVersion } from '../../kubernetes/system-workloads.ts';
import { isAutoModeNode } from '../progress/auto-mode-nodes.ts';
import type { ClusterRecord } from '../state/fake-eks-state.ts';
import type { Finding, Subject } from './check.ts';

/**
 * Compares kubelets and kube-proxy with the target version of the control plane: never newer, at most three minors older (facts: eks.md §8). At
 * exactly three it passes with a warning, since the hop after that would break.
 */
export function skewFindings({ cluster }: Subject, target: KubeVersion, category: Category): Finding[] {
  const rollback = category === 'ROLLBACK_READINESS';
  const proxy = kubeProxyVersion(cluster.kubernetes);
  const proxyVersion = proxy === undefined ? undefined : KubeVersion.tryParse(minorOf(proxy));
  return [
    finding(
      'Kubelet version',
      kubelets(cluster, rollback),
      'At least one node kubelet version',
      'Node kubelet versions',
    ),
    finding(
      'kube-proxy version',
      proxyVersion === undefined ? [] : [{ name: 'kube-proxy', version: proxyVersion }],
      'At least one kube-proxy version',
      'kube-proxy versions',
    ),
  ];

  function finding(what: string, running: Running[], one: string, all: string): Finding {
    const newer = running.filter((each) => target.isOlderThan(each.version));
    const tooOld = running.filter((each) => each.version.minorsBehind(target) > 3);
    const limit = running.filter((each) => each.version.minorsBehind(target) === 3);
    const { status, reason } = verdict(newer, tooOld, limit);
    return {
      name: rollback ? `${what} rollback compatibility` : `${what} skew`,
      category,
      kubernetesVersion: target.toString(),
      description: `Checks ${all.toLowerCase()} to see if ${rollback ? 'a rollback' : 'an upgrade'} would cause noncompliance with the supported Kubernetes version skew policy.`,
      status,
      reason,
      recommendation: rollback
        ? 'Move them to the previous version before you roll the control plane back.'
        : 'Upgrade them to match the Kubernetes version of your cluster control plane.',
      resources: [...newer, ...tooOld].map((each) => ({
        insightStatus: { status: 'ERROR', reason },
        kubernetesResourceUri: each.name === 'kube-proxy' ? 'kube-system/kube-proxy' : `nodes/${each.name}`,
      })),
    };

    function verdict(
      ahead: Running[],
      behind: Running[],
      atLimit: Running[],
    ): { status: InsightStatusValue; reason: string } {
      if (ahead.length > 0) {
        return rollback
          ? { status: 'ERROR', reason: `${one} matches the cluster control plane version.` }
          : { status: 'ERROR', reason: `${one} is newer than ${target}.` };
      }
      if (behind.length > 0) return { status: 'ERROR', reason: `${one} would be more than 3 minors behind ${target}.` };
      if (atLimit.length > 0) return { status: 'WARNING', reason: `${one} would be 3 minors behind ${target}.` };
      return { status: 'PASSING', reason: `${all} are within the supported skew of ${target}.` };
    }
  }
}

interface Running {
  name: string;
  version: KubeVersion;
}

/** In a rollback EKS moves Auto Mode's nodes back itself, after it has read the insights once (rollback-automode, How Auto Mode rollback works). */
function kubelets({ kubernetes }: ClusterRecord, rollback: boolean): Running[] {
  const nodes = kubernetes.nodes.filter((node) => !rollback || !isAutoModeNode(node));
  return nodes.map((node) => ({ name: node.name, version: KubeVersion.parse(node.kubeletVersion) }));
}

/** `v1.34.5-eksbuild.8` and `v1.33.10-minimal-eksbuild.13` → `v1.34`, `v1.33`. */
function minorOf(tag: string): string {
  return /^v?\d+\.\d+/.exec(tag)?.[0] ?? tag;
}
