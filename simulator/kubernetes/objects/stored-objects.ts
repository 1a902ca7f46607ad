import type { ClusterRecord } from '../../eks/state/cluster-record.ts';
import { isBudget } from '../disruption/budget.ts';
import type { ResourceType } from '../resource-types.ts';
import { storageGroup } from '../resources/storage-group.ts';
import { groupOf, type StoredObject } from '../resources/stored-object.ts';
import { withBudgetStatus } from './budget-object.ts';
import { withJobStatus } from './job-object.ts';
import { type KubernetesObject, type ObjectMeta, timestamp, uidOf } from './object-metadata.ts';

/**
 * The raw objects of a resource as in a list, whatever version they were written at: reading converts only `apiVersion`, which lists and answers add.
 */
export function storedObjects(cluster: ClusterRecord, type: ResourceType, now: number): KubernetesObject[] {
  const wanted = storageGroup(type.group, type.kind);
  return (cluster.kubernetes.objects ?? [])
    .filter((object) => object.kind === type.kind && storageGroup(groupOf(object), object.kind) === wanted)
    .map((object) =>
      readable(
        cluster,
        isBudget(object) ? withBudgetStatus(cluster, object, now) : withJobStatus(cluster, object, now),
      ),
    );
}

function readable(cluster: ClusterRecord, object: StoredObject): KubernetesObject {
  const { apiVersion: _written, kind, metadata, ...body } = object;
  const { name, namespace, uid, creationTimestamp, ...rest } = metadata;
  const identity = { kind, name, ...(namespace === undefined ? {} : { namespace }) };
  const complete: ObjectMeta = {
    ...rest,
    name,
    ...(namespace === undefined ? {} : { namespace }),
    uid: typeof uid === 'string' ? uid : uidOf(cluster, identity),
    creationTimestamp: typeof creationTimestamp === 'string' ? creationTimestamp : timestamp(cluster.createdAt),
  };
  return { metadata: complete, ...body };
}
