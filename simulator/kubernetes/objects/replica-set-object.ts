import type { ClusterRecord } from '../../eks/state/fake-eks-state.ts';
import type { WorkloadState } from '../kubernetes-state.ts';
import { podTemplateHash } from '../pod-names.ts';
import { record } from '../resources/stored-object.ts';
import { controllerReference, timestamp, uidOf, withoutZeros } from './object-metadata.ts';
import { workloadCounts } from './workload-counts.ts';
import { podTemplate } from './workload-object.ts';

export type ReplicaSetObject = ReturnType<typeof replicaSetObject>;

/** The one ReplicaSet of a Deployment; the model has none, but pods name it as their owner. */
export function replicaSetObject(cluster: ClusterRecord, deployment: WorkloadState, now: number) {
  const { namespace } = deployment;
  const { desired, current, ready } = workloadCounts(cluster.kubernetes, deployment, now);
  const hash = podTemplateHash(deployment);
  const name = `${deployment.name}-${hash}`;
  const labels = { ...deployment.labels, 'pod-template-hash': hash };
  return {
    metadata: {
      namespace,
      name,
      uid: uidOf(cluster, { kind: 'ReplicaSet', namespace, name }),
      generation: 1,
      creationTimestamp: timestamp(cluster.createdAt),
      labels,
      annotations: {
        'deployment.kubernetes.io/desired-replicas': String(desired),
        'deployment.kubernetes.io/revision': '1',
      },
      ownerReferences: controllerReference(cluster, deployment),
    },
    spec: {
      replicas: desired,
      selector: { matchLabels: labels },
      template: { ...podTemplate(deployment), ...writtenTemplate(deployment), metadata: { labels } },
    },
    status: {
      replicas: current,
      observedGeneration: 1,
      ...withoutZeros({ fullyLabeledReplicas: current, readyReplicas: ready, availableReplicas: ready }),
    },
  };
}

function writtenTemplate({ written }: WorkloadState): object {
  return written === undefined ? {} : { spec: record(record(written.spec).template).spec };
}
