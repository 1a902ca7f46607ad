import type { ClusterRecord } from '../../eks/state/fake-eks-state.ts';
import type { KubernetesState } from '../kubernetes-state.ts';
import { removePod } from '../remove-pod.ts';
import type { ResourceType } from '../resource-types.ts';
import { list, record, type StoredObject } from '../resources/stored-object.ts';
import { ownerOf, schedulePods } from '../schedule-pods.ts';
import { isNamed, type ObjectName } from './put-object.ts';
import { retireClients } from './retire-clients.ts';

/** Removes an object at once, with its dependents unless `orphans` stay. */
export function takeAway(
  cluster: ClusterRecord,
  type: ResourceType,
  { namespace, name, uid }: ObjectName & { readonly uid: string },
  { orphans, now }: { readonly orphans: boolean; readonly now: number },
): void {
  const { kubernetes } = cluster;
  const isIt = (each: { namespace: string; name: string }) => each.namespace === namespace && each.name === name;
  if (type.storage === '/pods') removePod(kubernetes, { namespace: namespace ?? 'default', name }, now);
  if (type.storage === '/namespaces') emptyNamespace(kubernetes, name);
  if (type.storage === 'policy/poddisruptionbudgets')
    kubernetes.podDisruptionBudgets = kubernetes.podDisruptionBudgets.filter((budget) => !isIt(budget));
  const workload = kubernetes.workloads.find((each) => each.kind === type.kind && isIt(each));
  if (workload !== undefined) {
    kubernetes.workloads = kubernetes.workloads.filter((each) => each !== workload);
    retireClients(cluster, name, now);
    const owner = ownerOf(workload);
    if (orphans) for (const pod of kubernetes.pods) if (pod.owner === owner) delete pod.owner;
    kubernetes.pods = kubernetes.pods.filter((pod) => pod.owner !== owner);
  }
  kubernetes.objects = (kubernetes.objects ?? []).filter((object) => !isNamed(object, type, { namespace, name }));
  if (!orphans) collectGarbage(kubernetes, uid);
  schedulePods(kubernetes, now);
}

function emptyNamespace(kubernetes: KubernetesState, name: string): void {
  const stays = (each: { namespace: string }) => each.namespace !== name;
  kubernetes.workloads = kubernetes.workloads.filter(stays);
  kubernetes.pods = kubernetes.pods.filter(stays);
  kubernetes.podDisruptionBudgets = kubernetes.podDisruptionBudgets.filter(stays);
  kubernetes.objects = (kubernetes.objects ?? []).filter(({ metadata }) => metadata.namespace !== name);
}

/** Objects that name it as their owner are removed with it, and so are their dependents. */
function collectGarbage(kubernetes: KubernetesState, uid: string): void {
  const { objects = [] } = kubernetes;
  const orphaned = objects.filter((object) => isOwnedBy(object, uid));
  kubernetes.objects = objects.filter((object) => !orphaned.includes(object));
  for (const { metadata } of orphaned) if (typeof metadata.uid === 'string') collectGarbage(kubernetes, metadata.uid);
}

const isOwnedBy = ({ metadata }: StoredObject, uid: string): boolean =>
  list(metadata.ownerReferences).some((reference) => record(reference).uid === uid);
