import type { ResourceType } from '../resource-types.ts';

/** A resource of Kubernetes itself, without its versions. */
export type BuiltInResource = Pick<
  ResourceType,
  'group' | 'resource' | 'kind' | 'namespaced' | 'shortNames' | 'categories' | 'verbs'
>;

const reads = ['get', 'list', 'watch'];

/** Verbs of resources that users may change; whole collections cannot be deleted at once here. */
export const readsAndWrites = ['create', 'delete', 'get', 'list', 'patch', 'update', 'watch'];

/** `kubectl get all` */
const all = ['all'];
const clusterWide = { namespaced: false };

/** A namespaced resource that can be read and written; `rest` has the exceptions. */
const builtIn = (
  group: string,
  resource: string,
  kind: string,
  rest: Partial<BuiltInResource> = {},
): BuiltInResource => ({
  group,
  resource,
  kind,
  namespaced: true,
  shortNames: [],
  categories: [],
  verbs: readsAndWrites,
  ...rest,
});

/**
 * All stored resources of Kubernetes itself; reviews are not stored (server/reviews.ts). The scan's table of APIs knows the minors that serve each
 * version (`served-built-ins.ts`).
 */
export const builtInResources: readonly BuiltInResource[] = [
  // The core group.
  builtIn('', 'componentstatuses', 'ComponentStatus', { ...clusterWide, shortNames: ['cs'] }),
  builtIn('', 'configmaps', 'ConfigMap', { shortNames: ['cm'] }),
  builtIn('', 'endpoints', 'Endpoints', { shortNames: ['ep'] }),
  builtIn('', 'events', 'Event', { shortNames: ['ev'] }),
  builtIn('', 'limitranges', 'LimitRange', { shortNames: ['limits'] }),
  builtIn('', 'namespaces', 'Namespace', { ...clusterWide, shortNames: ['ns'] }),
  builtIn('', 'nodes', 'Node', { ...clusterWide, shortNames: ['no'], verbs: [...reads, 'patch', 'update'] }),
  builtIn('', 'persistentvolumeclaims', 'PersistentVolumeClaim', { shortNames: ['pvc'] }),
  builtIn('', 'persistentvolumes', 'PersistentVolume', { ...clusterWide, shortNames: ['pv'] }),
  builtIn('', 'pods', 'Pod', { shortNames: ['po'], categories: all }),
  builtIn('', 'podtemplates', 'PodTemplate'),
  builtIn('', 'replicationcontrollers', 'ReplicationController', { shortNames: ['rc'], categories: all }),
  builtIn('', 'resourcequotas', 'ResourceQuota', { shortNames: ['quota'] }),
  builtIn('', 'secrets', 'Secret'),
  builtIn('', 'serviceaccounts', 'ServiceAccount', { shortNames: ['sa'] }),
  builtIn('', 'services', 'Service', { shortNames: ['svc'], categories: all }),
  // What runs: workloads, what scales, schedules and protects them.
  builtIn('apps', 'controllerrevisions', 'ControllerRevision'),
  builtIn('apps', 'daemonsets', 'DaemonSet', { shortNames: ['ds'], categories: all }),
  builtIn('apps', 'deployments', 'Deployment', { shortNames: ['deploy'], categories: all }),
  builtIn('apps', 'replicasets', 'ReplicaSet', { shortNames: ['rs'], categories: all }),
  builtIn('apps', 'statefulsets', 'StatefulSet', { shortNames: ['sts'], categories: all }),
  builtIn('autoscaling', 'horizontalpodautoscalers', 'HorizontalPodAutoscaler', {
    shortNames: ['hpa'],
    categories: all,
  }),
  builtIn('batch', 'cronjobs', 'CronJob', { shortNames: ['cj'], categories: all }),
  builtIn('batch', 'jobs', 'Job', { categories: all }),
  builtIn('extensions', 'daemonsets', 'DaemonSet'),
  builtIn('extensions', 'deployments', 'Deployment'),
  builtIn('extensions', 'ingresses', 'Ingress', { shortNames: ['ing'] }),
  builtIn('extensions', 'networkpolicies', 'NetworkPolicy'),
  builtIn('extensions', 'podsecuritypolicies', 'PodSecurityPolicy', clusterWide),
  builtIn('extensions', 'replicasets', 'ReplicaSet'),
  builtIn('policy', 'poddisruptionbudgets', 'PodDisruptionBudget', { shortNames: ['pdb'] }),
  builtIn('policy', 'podsecuritypolicies', 'PodSecurityPolicy', { ...clusterWide, shortNames: ['psp'] }),
  builtIn('scheduling.k8s.io', 'podgroups', 'PodGroup'),
  builtIn('scheduling.k8s.io', 'priorityclasses', 'PriorityClass', { ...clusterWide, shortNames: ['pc'] }),
  builtIn('scheduling.k8s.io', 'workloads', 'Workload'),
  // Networks, endpoints, leases and events.
  builtIn('discovery.k8s.io', 'endpointslices', 'EndpointSlice'),
  builtIn('networking.k8s.io', 'clustercidrs', 'ClusterCIDR', clusterWide),
  builtIn('networking.k8s.io', 'ingressclasses', 'IngressClass', clusterWide),
  builtIn('networking.k8s.io', 'ingresses', 'Ingress', { shortNames: ['ing'] }),
  builtIn('networking.k8s.io', 'ipaddresses', 'IPAddress', { ...clusterWide, shortNames: ['ip'] }),
  builtIn('networking.k8s.io', 'networkpolicies', 'NetworkPolicy', { shortNames: ['netpol'] }),
  builtIn('networking.k8s.io', 'servicecidrs', 'ServiceCIDR', clusterWide),
  builtIn('events.k8s.io', 'events', 'Event', { shortNames: ['ev'] }),
  builtIn('coordination.k8s.io', 'leasecandidates', 'LeaseCandidate'),
  builtIn('coordination.k8s.io', 'leases', 'Lease'),
  // Storage, storage versions and runtimes.
  builtIn('storage.k8s.io', 'csidrivers', 'CSIDriver', clusterWide),
  builtIn('storage.k8s.io', 'csinodes', 'CSINode', clusterWide),
  builtIn('storage.k8s.io', 'csistoragecapacities', 'CSIStorageCapacity'),
  builtIn('storage.k8s.io', 'storageclasses', 'StorageClass', { ...clusterWide, shortNames: ['sc'] }),
  builtIn('storage.k8s.io', 'volumeattachments', 'VolumeAttachment', clusterWide),
  builtIn('storage.k8s.io', 'volumeattributesclasses', 'VolumeAttributesClass', {
    ...clusterWide,
    shortNames: ['vac'],
  }),
  builtIn('storagemigration.k8s.io', 'storageversionmigrations', 'StorageVersionMigration', clusterWide),
  builtIn('node.k8s.io', 'runtimeclasses', 'RuntimeClass', clusterWide),
  // Roles and certificates.
  builtIn('certificates.k8s.io', 'certificatesigningrequests', 'CertificateSigningRequest', {
    ...clusterWide,
    shortNames: ['csr'],
  }),
  builtIn('certificates.k8s.io', 'clustertrustbundles', 'ClusterTrustBundle', clusterWide),
  builtIn('certificates.k8s.io', 'podcertificaterequests', 'PodCertificateRequest'),
  builtIn('rbac.authorization.k8s.io', 'clusterrolebindings', 'ClusterRoleBinding', clusterWide),
  builtIn('rbac.authorization.k8s.io', 'clusterroles', 'ClusterRole', clusterWide),
  builtIn('rbac.authorization.k8s.io', 'rolebindings', 'RoleBinding'),
  builtIn('rbac.authorization.k8s.io', 'roles', 'Role'),
  // What extends the API server, and what it lets through.
  builtIn('admissionregistration.k8s.io', 'mutatingadmissionpolicies', 'MutatingAdmissionPolicy', clusterWide),
  builtIn(
    'admissionregistration.k8s.io',
    'mutatingadmissionpolicybindings',
    'MutatingAdmissionPolicyBinding',
    clusterWide,
  ),
  builtIn('admissionregistration.k8s.io', 'mutatingwebhookconfigurations', 'MutatingWebhookConfiguration', clusterWide),
  builtIn('admissionregistration.k8s.io', 'validatingadmissionpolicies', 'ValidatingAdmissionPolicy', clusterWide),
  builtIn(
    'admissionregistration.k8s.io',
    'validatingadmissionpolicybindings',
    'ValidatingAdmissionPolicyBinding',
    clusterWide,
  ),
  builtIn(
    'admissionregistration.k8s.io',
    'validatingwebhookconfigurations',
    'ValidatingWebhookConfiguration',
    clusterWide,
  ),
  builtIn('apiextensions.k8s.io', 'customresourcedefinitions', 'CustomResourceDefinition', {
    ...clusterWide,
    shortNames: ['crd', 'crds'],
  }),
  builtIn('apiregistration.k8s.io', 'apiservices', 'APIService', clusterWide),
  builtIn('flowcontrol.apiserver.k8s.io', 'flowschemas', 'FlowSchema', clusterWide),
  builtIn('flowcontrol.apiserver.k8s.io', 'prioritylevelconfigurations', 'PriorityLevelConfiguration', clusterWide),
  // Dynamic resource allocation. EKS turns its v1beta1 on from 1.33 (facts: deprecated-apis.md §0).
  builtIn('resource.k8s.io', 'deviceclasses', 'DeviceClass', clusterWide),
  builtIn('resource.k8s.io', 'devicetaintrules', 'DeviceTaintRule', clusterWide),
  builtIn('resource.k8s.io', 'podschedulingcontexts', 'PodSchedulingContext'),
  builtIn('resource.k8s.io', 'podschedulings', 'PodScheduling'),
  builtIn('resource.k8s.io', 'resourceclaimparameters', 'ResourceClaimParameters'),
  builtIn('resource.k8s.io', 'resourceclaims', 'ResourceClaim'),
  builtIn('resource.k8s.io', 'resourceclaimtemplates', 'ResourceClaimTemplate'),
  builtIn('resource.k8s.io', 'resourceclasses', 'ResourceClass', clusterWide),
  builtIn('resource.k8s.io', 'resourceclassparameters', 'ResourceClassParameters'),
  builtIn('resource.k8s.io', 'resourcepoolstatusrequests', 'ResourcePoolStatusRequest', clusterWide),
  builtIn('resource.k8s.io', 'resourceslices', 'ResourceSlice', clusterWide),
];
