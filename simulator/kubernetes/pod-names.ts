import { stableUuid } from '../eks/identifiers.ts';
import type { KubernetesState, PodState, WorkloadState } from './kubernetes-state.ts';

/** The alphabet of Kubernetes' generated names has no vowels, so that no words result. */
const alphabet = 'bcdfghjklmnpqrstvwxz2456789';

/** `api-7c5ddbdf54-x8k2p` for a Deployment, `db-0` for a StatefulSet: the lowest ordinal that is free. */
export function newPodName(kubernetes: KubernetesState, workload: WorkloadState, owned: readonly PodState[]): string {
  if (workload.kind === 'StatefulSet') {
    const taken = new Set(owned.map((pod) => pod.name));
    let ordinal = 0;
    while (taken.has(`${workload.name}-${ordinal}`)) ordinal++;
    return `${workload.name}-${ordinal}`;
  }
  return `${workload.name}-${podTemplateHash(workload)}-${nameSuffix(kubernetes.sequence)}`;
}

/**
 * The hash of a Deployment's ReplicaSet. It does not depend on the image: the fake gives running pods their new image in place, so a Deployment
 * always keeps one ReplicaSet.
 */
export function podTemplateHash({ kind, namespace, name }: { kind: string; namespace: string; name: string }): string {
  const digits = stableUuid(`${kind}/${namespace}/${name}`).replaceAll('-', '');
  return letters(Number.parseInt(digits.slice(0, 12), 16), 9);
}

/** A different one for every number below 27⁵, in no visible order. */
export function nameSuffix(number: number): string {
  return letters((number * 8_191_021) % alphabet.length ** 5, 5);
}

function letters(number: number, length: number): string {
  let rest = number;
  return Array.from({ length }, () => {
    const letter = alphabet.charAt(rest % alphabet.length);
    rest = Math.floor(rest / alphabet.length);
    return letter;
  }).join('');
}
