import type { GroupVersionKind } from '../../../core/scan/data/api-row.ts';
import type { KubernetesState } from '../kubernetes-state.ts';
import { groupOf, list, record } from './stored-object.ts';

/** Kinds of Kubernetes itself with that subresource. */
const builtIn: readonly string[] = [
  '/ReplicationController',
  'apps/Deployment',
  'apps/ReplicaSet',
  'apps/StatefulSet',
  'extensions/Deployment',
  'extensions/ReplicaSet',
];

/** The path of an object's replicas: `['spec', 'replicas']`; undefined for a kind without `scale`. */
export function scalePath({ objects = [] }: KubernetesState, type: GroupVersionKind): readonly string[] | undefined {
  if (builtIn.includes(`${type.group}/${type.kind}`)) return ['spec', 'replicas'];
  const definition = objects
    .filter((object) => object.kind === 'CustomResourceDefinition' && groupOf(object) === 'apiextensions.k8s.io')
    .map(({ spec }) => record(spec))
    .find(({ group, names }) => group === type.group && record(names).kind === type.kind);
  if (definition === undefined) return undefined;
  const version = list(definition.versions)
    .map(record)
    .find(({ name }) => name === type.version);
  const { specReplicasPath } = record(record(version?.subresources ?? definition.subresources).scale);
  return typeof specReplicasPath === 'string' ? specReplicasPath.split('.').filter((part) => part !== '') : undefined;
}

export function valueAtPath(object: unknown, path: readonly string[]): unknown {
  return path.reduce<unknown>((value, member) => record(value)[member], object);
}
