import type { KubernetesState, WorkloadState } from './kubernetes-state.ts';

const registry = '602401143452.dkr.ecr.us-west-2.amazonaws.com/eks';

/** The workload of kube-system that each EKS add-on manages. */
const workloadsOfAddons: Readonly<Record<string, Omit<WorkloadState, 'image'> & { repository: string }>> = {
  coredns: {
    kind: 'Deployment',
    namespace: 'kube-system',
    name: 'coredns',
    replicas: 2,
    labels: { 'k8s-app': 'kube-dns', 'eks.amazonaws.com/component': 'coredns' },
    repository: 'coredns',
  },
  'kube-proxy': daemonSet('kube-proxy', { 'k8s-app': 'kube-proxy' }, 'kube-proxy'),
  'vpc-cni': daemonSet('aws-node', { 'k8s-app': 'aws-node' }, 'amazon-k8s-cni'),
  'aws-ebs-csi-driver': daemonSet('ebs-csi-node', { app: 'ebs-csi-node' }, 'aws-ebs-csi-driver'),
  'eks-pod-identity-agent': daemonSet(
    'eks-pod-identity-agent',
    { 'app.kubernetes.io/name': 'eks-pod-identity-agent' },
    'eks-pod-identity-agent',
  ),
};

/**
 * Puts the add-on's workload of that version into kube-system, replacing an older one. Running pods take the new image at once, because EKS ends an
 * add-on update only when its rollout is complete. Add-ons without a known workload change nothing.
 */
export function installSystemWorkload(kubernetes: KubernetesState, addonName: string, version: string): void {
  const template = workloadsOfAddons[addonName];
  if (template === undefined) return;
  const { repository, ...workload } = template;
  const image = `${registry}/${repository}:${version}`;
  const existing = kubernetes.workloads.find(
    (each) => each.namespace === workload.namespace && each.name === workload.name && each.kind === workload.kind,
  );
  // An update of the add-on overwrites what users wrote into it.
  if (existing !== undefined) {
    existing.image = image;
    delete existing.written;
  } else kubernetes.workloads.push({ ...workload, image });
  for (const pod of kubernetes.pods) {
    if (pod.owner === `${workload.kind}/${workload.namespace}/${workload.name}`) {
      pod.images = [image];
      delete pod.written;
    }
  }
  if (addonName === 'coredns' && !kubernetes.podDisruptionBudgets.some((budget) => budget.name === 'coredns')) {
    kubernetes.podDisruptionBudgets.push({
      namespace: 'kube-system',
      name: 'coredns',
      matchLabels: { 'eks.amazonaws.com/component': 'coredns' },
      maxUnavailable: 1,
    });
  }
}

/** The running kube-proxy's version in its image's tag (`v1.34.0-eksbuild.2`); undefined where none runs. */
export function kubeProxyVersion(kubernetes: KubernetesState): string | undefined {
  const image = kubernetes.workloads.find((each) => each.kind === 'DaemonSet' && each.name === 'kube-proxy')?.image;
  return image?.split(':').at(-1);
}

function daemonSet(
  name: string,
  labels: Record<string, string>,
  repository: string,
): Omit<WorkloadState, 'image'> & { repository: string } {
  return { kind: 'DaemonSet', namespace: 'kube-system', name, replicas: 0, labels, repository };
}
