import type { ClusterSpecification } from '../../simulator/eks/add-cluster.ts';
import type { StoredObject } from '../../simulator/kubernetes/resources/stored-object.ts';

/** A cluster in which nothing is wrong for the next minors. */
export const cleanCluster = (version: string): ClusterSpecification => ({
  name: 'shop',
  version,
  nodegroups: [{ name: 'workers', nodes: 2 }],
  workloads: [
    { kind: 'Deployment', namespace: 'shop', name: 'api', replicas: 2, labels: { app: 'api' }, image: 'team/api:1' },
  ],
});

export const cleanObjects: readonly StoredObject[] = [
  {
    apiVersion: 'storage.k8s.io/v1',
    kind: 'StorageClass',
    metadata: { name: 'gp3', annotations: { 'storageclass.kubernetes.io/is-default-class': 'true' } },
  },
];
