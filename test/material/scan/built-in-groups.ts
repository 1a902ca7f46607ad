/**
 * The API groups that are Kubernetes' own: those its API server serves, did serve, or puts in webhook payloads. A name that only looks
 * like one (`gateway.networking.k8s.io`, `snapshot.storage.k8s.io`, `metrics.k8s.io`) belongs to a CRD or an aggregated API and is none.
 * From the registered types of k8s.io/api 1.8 to 1.37, apiextensions-apiserver and kube-aggregator.
 */
export const builtInGroups: ReadonlySet<string> = new Set([
  '',
  'admission.k8s.io',
  'admissionregistration.k8s.io',
  'apidiscovery.k8s.io',
  'apiextensions.k8s.io',
  'apiregistration.k8s.io',
  'apps',
  'auditregistration.k8s.io',
  'authentication.k8s.io',
  'authorization.k8s.io',
  'autoscaling',
  'batch',
  'certificates.k8s.io',
  'coordination.k8s.io',
  'discovery.k8s.io',
  'events.k8s.io',
  'extensions',
  'flowcontrol.apiserver.k8s.io',
  'imagepolicy.k8s.io',
  'internal.apiserver.k8s.io',
  'lifecycle.k8s.io',
  'networking.k8s.io',
  'node.k8s.io',
  'policy',
  'rbac.authorization.k8s.io',
  'resource.k8s.io',
  'scheduling.k8s.io',
  'settings.k8s.io',
  'storage.k8s.io',
  'storagemigration.k8s.io',
]);
