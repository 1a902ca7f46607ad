import { REASONS } from '../../contracts/scan-words.ts';
import { matchesGlob } from '../../selector/glob.ts';
import { didYouMean } from '../did-you-mean.ts';

/** Why the name of a check in a waiver is wrong; undefined where there is such a check, or where the schema reports it. `*` stands for any text. */
export function noCheck(name: unknown): string | undefined {
  if (typeof name !== 'string' || /^(names:.|list:.|.{301}|$)/s.test(name)) return undefined;
  if (CHECK_NAMES.some((known) => matchesGlob(name, known))) return undefined;
  const meant = didYouMean(name, CHECK_NAMES);
  const hint = meant ? `Did you mean ${meant}?` : 'Write the rule or the reason of a finding, as reports show it.';
  return `"${name}" is the name of no check, so that no waiver would hold by it. ${hint}`;
}

/** Why the reason of a waiver is wrong that is the name of a rule, as reports show it; undefined where it is no rule, or a reason too. */
export function ruleAsReason(reason: unknown): string | undefined {
  if (typeof reason !== 'string' || Object.hasOwn(REASONS, reason)) return undefined;
  const rule = CHECK_NAMES.find((name) => name.toLowerCase() === reason.toLowerCase());
  return rule && `"${reason}" is the name of a rule, and no reason. Write rule: ${rule}`;
}

/**
 * The names that findings have as `rule`, and the reasons of findings without one. `names:…` and `list:…` are names too, with what they name. They
 * are listed here, because configuration is checked by them and cannot import the scan; a test keeps both equal.
 */
export const CHECK_NAMES: readonly string[] = [
  ...Object.keys(REASONS),
  ...`
    ClusterStatus ClusterHealth NotOneHop NotOffered NodegroupStatus VersionSkew AddonIncompatible AddonStatus ComponentVersion WillBeReverted AlarmNotOk UrlNotReady
    BackupTooOld HopNotReversible NetworkGone LaunchTemplateGone ImageGone CustomImage RoleGone RoleUntrusted KeyUnusable ControlPlaneAddresses SurgeAddresses
    VcpuQuota ApiServerNotReady WorkloadUnavailable DrainStuck DrainUncertain DrainLosesPods NodeNotReady NodeCordoned NodePressure
    WorkloadMissing WorkloadPaused InsightError InsightWarning InsightUnknown InsightStale InsightOutdated AddonInsight
    kube-scheduler-config-v1alpha1 kube-scheduler-config-v1alpha2 kube-scheduler-config-v1beta1 kube-scheduler-config-v1beta2
    kube-scheduler-config-v1beta3 exec-credential-v1alpha1 feature-gates-gone-1-31 feature-gates-gone-1-32 feature-gates-gone-1-33
    feature-gates-gone-1-34 feature-gates-gone-1-35 feature-gates-gone-1-36 feature-gates-gone-1-37 feature-gates-locked-1-31
    feature-gates-locked-1-32 feature-gates-locked-1-33 feature-gates-locked-1-34 feature-gates-locked-1-35 feature-gates-locked-1-36
    feature-gates-locked-1-37 al2-ami vpc-cni-before-1-12 aws-load-balancer-controller-before-2-4-7 ingress-nginx-retired
    registry-k8s-gcr-io registry-bitnami registry-kubebuilder kubelet-dockershim-flags kubelet-container-runtime-flag
    kubelet-keep-terminated-pod-volumes-flag kubelet-iptables-bit-flags kubelet-cloud-config-flags kubelet-cgroup-driver-flag
    kubelet-pod-infra-container-image-flag kubelet-cadvisor-flags al2-node-class al2-eksctl cgroup-v1-amazon-linux-2 cgroup-v1-ubuntu-20-04
    docker-runtime containerd-before-1-6 containerd-1x kube-proxy-ipvs anonymous-binding enforce-mountable-secrets-annotation
    legacy-service-account-token service-topology-keys service-external-ips service-load-balancer-ip topology-aware-hints-annotation
    ingress-class-annotation ip-address-format in-tree-volume-photonpersistentdisk in-tree-persistent-volume-photonpersistentdisk
    in-tree-volume-scaleio in-tree-persistent-volume-scaleio in-tree-volume-flocker in-tree-persistent-volume-flocker
    in-tree-volume-storageos in-tree-persistent-volume-storageos in-tree-volume-quobyte in-tree-persistent-volume-quobyte
    in-tree-volume-glusterfs in-tree-persistent-volume-glusterfs in-tree-volume-cephfs in-tree-persistent-volume-cephfs in-tree-volume-rbd
    in-tree-persistent-volume-rbd in-tree-volume-awselasticblockstore in-tree-persistent-volume-awselasticblockstore
    in-tree-volume-gcepersistentdisk in-tree-persistent-volume-gcepersistentdisk in-tree-volume-azuredisk
    in-tree-persistent-volume-azuredisk in-tree-volume-azurefile in-tree-persistent-volume-azurefile in-tree-volume-cinder
    in-tree-persistent-volume-cinder in-tree-volume-vspherevolume in-tree-persistent-volume-vspherevolume in-tree-volume-portworxvolume
    in-tree-persistent-volume-portworxvolume gitrepo-volume flex-volume no-default-storage-class selinux-mount container-runtime-socket
    seccomp-pod-annotation seccomp-container-annotation apparmor-annotation critical-pod-annotation sysctl-annotations lifecycle-tcp-socket
    beta-node-labels
  `
    .trim()
    .split(/\s+/),
];
