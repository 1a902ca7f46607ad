import type { ClusterRecord } from '../../eks/state/fake-eks-state.ts';
import type { WorkloadState } from '../kubernetes-state.ts';
import { record, type StoredObject } from '../resources/stored-object.ts';
import { containersOf } from './containers.ts';
import { type KubernetesObject, timestamp, uidOf, withoutZeros } from './object-metadata.ts';
import { workloadCounts } from './workload-counts.ts';

export type DeploymentObject = ReturnType<typeof deploymentObject>;
export type DaemonSetObject = ReturnType<typeof daemonSetObject>;
export type StatefulSetObject = ReturnType<typeof statefulSetObject>;

export function deploymentObject(cluster: ClusterRecord, workload: WorkloadState, now: number) {
  const { desired, current, ready } = workloadCounts(cluster.kubernetes, workload, now);
  const condition = (type: string, held: boolean, reason: string, message: string) => {
    const since = timestamp(cluster.createdAt);
    const status = held ? 'True' : 'False';
    return { type, status, reason, message, lastTransitionTime: since, lastUpdateTime: since };
  };
  // The default of maxUnavailable is 25%, rounded down.
  const enough = ready >= desired - Math.floor(desired / 4);
  return {
    metadata: workloadMetadata(cluster, workload, { 'deployment.kubernetes.io/revision': '1' }),
    spec: {
      progressDeadlineSeconds: 600,
      replicas: desired,
      revisionHistoryLimit: 10,
      selector: { matchLabels: workload.labels },
      strategy: { type: 'RollingUpdate', rollingUpdate: { maxSurge: '25%', maxUnavailable: '25%' } },
      template: podTemplate(workload),
    },
    status: {
      observedGeneration: 1,
      ...withoutZeros({
        replicas: current,
        updatedReplicas: current,
        readyReplicas: ready,
        availableReplicas: ready,
        unavailableReplicas: Math.max(0, desired - ready),
      }),
      conditions: [
        enough
          ? condition('Available', true, 'MinimumReplicasAvailable', 'Deployment has minimum availability.')
          : condition(
              'Available',
              false,
              'MinimumReplicasUnavailable',
              'Deployment does not have minimum availability.',
            ),
        condition('Progressing', true, 'NewReplicaSetAvailable', 'ReplicaSet has successfully progressed.'),
      ],
    },
  };
}

export function daemonSetObject(cluster: ClusterRecord, workload: WorkloadState, now: number) {
  const { desired, current, ready } = workloadCounts(cluster.kubernetes, workload, now);
  return {
    metadata: workloadMetadata(cluster, workload, { 'deprecated.daemonset.template.generation': '1' }),
    spec: {
      revisionHistoryLimit: 10,
      selector: { matchLabels: workload.labels },
      template: podTemplate(workload),
      updateStrategy: { type: 'RollingUpdate', rollingUpdate: { maxSurge: 0, maxUnavailable: '10%' } },
    },
    status: {
      currentNumberScheduled: current,
      desiredNumberScheduled: desired,
      numberMisscheduled: 0,
      numberReady: ready,
      observedGeneration: 1,
      ...withoutZeros({ numberAvailable: ready, numberUnavailable: desired - ready, updatedNumberScheduled: current }),
    },
  };
}

export function statefulSetObject(cluster: ClusterRecord, workload: WorkloadState, now: number) {
  const { desired, current, ready } = workloadCounts(cluster.kubernetes, workload, now);
  const revision = `${workload.name}-6c8d9f7b54`;
  return {
    metadata: workloadMetadata(cluster, workload),
    spec: {
      persistentVolumeClaimRetentionPolicy: { whenDeleted: 'Retain', whenScaled: 'Retain' },
      podManagementPolicy: 'OrderedReady',
      replicas: desired,
      revisionHistoryLimit: 10,
      selector: { matchLabels: workload.labels },
      serviceName: workload.name,
      template: podTemplate(workload),
      updateStrategy: { type: 'RollingUpdate', rollingUpdate: { partition: 0 } },
    },
    status: {
      availableReplicas: ready,
      collisionCount: 0,
      currentRevision: revision,
      observedGeneration: 1,
      replicas: current,
      updateRevision: revision,
      ...withoutZeros({ currentReplicas: current, readyReplicas: ready, updatedReplicas: current }),
    },
  };
}

export function podTemplate({ labels, image, name }: WorkloadState) {
  return {
    metadata: { labels },
    spec: {
      containers: containersOf([image], name),
      dnsPolicy: 'ClusterFirst',
      restartPolicy: 'Always',
      schedulerName: 'default-scheduler',
      securityContext: {},
      terminationGracePeriodSeconds: 30,
    },
  };
}

/** A workload as it was written, with its present state in the model. */
export function asWritten(object: KubernetesObject, { written }: WorkloadState): KubernetesObject {
  if (written === undefined) return object;
  const { apiVersion: _version, kind: _kind, metadata, spec, ...rest } = written as StoredObject;
  return {
    ...rest,
    metadata: metadata as unknown as KubernetesObject['metadata'],
    spec: { ...object.spec, ...record(spec) },
    status: { ...object.status, observedGeneration: metadata.generation ?? 1 },
  };
}

/** The model has labels of pods only; the workload has the same ones. */
function workloadMetadata(
  cluster: ClusterRecord,
  { kind, namespace, name, labels, deployedAt }: WorkloadState,
  annotations: Readonly<Record<string, string>> = {},
) {
  const uid = uidOf(cluster, { kind, namespace, name });
  const creationTimestamp = timestamp(cluster.createdAt);
  const deployed = deployedAt === undefined ? {} : { managedFields: [writtenTemplate(deployedAt)] };
  return { namespace, name, uid, generation: 1, creationTimestamp, labels, annotations, ...deployed };
}

const writtenTemplate = (at: number) => ({
  ...{ manager: 'kubectl-set', operation: 'Update', apiVersion: 'apps/v1', time: timestamp(at) },
  ...{ fieldsType: 'FieldsV1', fieldsV1: { 'f:spec': { 'f:template': {} } } },
});
