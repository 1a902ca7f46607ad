import { canonical } from '../canonical.ts';
import type { ResourceType } from '../resource-types.ts';
import { valueAtPath } from '../resources/scale-path.ts';
import { list, record, type StoredObject } from '../resources/stored-object.ts';
import { type FieldCause, invalid } from '../server/refusals.ts';

/** Immutable members, by kind. */
const immutable: Readonly<Record<string, readonly string[]>> = {
  DaemonSet: ['spec.selector'],
  Deployment: ['spec.selector'],
  Job: ['spec.selector', 'spec.template'],
  ReplicaSet: ['spec.selector'],
  RoleBinding: ['roleRef'],
  ClusterRoleBinding: ['roleRef'],
};

/** Only these members of a StatefulSet may change. */
const changeable = [
  'replicas',
  'ordinals',
  'template',
  'updateStrategy',
  'revisionHistoryLimit',
  'persistentVolumeClaimRetentionPolicy',
  'minReadySeconds',
];

/** Only these members of a node are stored. */
const ofNodes = ['unschedulable', 'taints'];

/** 422 for a change of an immutable member. */
export function requireUnchanged(type: ResourceType, before: StoredObject, after: StoredObject): void {
  const paths = (immutable[type.kind] ?? []).filter((path) => {
    const at = path.split('.');
    return differ(valueAtPath(before, at), valueAtPath(after, at));
  });
  const causes = paths.map((path) => cause(path, valueAtPath(after, path.split('.')), 'field is immutable'));
  if (type.kind === 'StatefulSet' && differ(without(before, changeable), without(after, changeable)))
    causes.push(
      forbidden('spec', `updates to statefulset spec for fields other than ${quoted(changeable)} are forbidden`),
    );
  if (type.kind === 'Node' && differ(without(before, ofNodes), without(after, ofNodes)))
    causes.push(forbidden('spec', `the local cloud keeps no changes of nodes but of ${quoted(ofNodes)}`));
  if (type.kind === 'Pod' && differ(podWithoutImages(before), podWithoutImages(after)))
    causes.push(
      forbidden(
        'spec',
        'pod updates may not change fields other than `spec.containers[*].image`,`spec.initContainers[*].image`,`spec.activeDeadlineSeconds`,`spec.tolerations` (only additions to existing tolerations),`spec.terminationGracePeriodSeconds`',
      ),
    );
  if (causes.length > 0) throw invalid(type, after.metadata.name, causes);
}

/** Whether an update may leave out the version that it is based on. */
export const mayBeUnconditional = ({ kind, custom }: ResourceType): boolean =>
  custom !== true && kind !== 'PodDisruptionBudget';

function podWithoutImages({ spec }: StoredObject): unknown {
  const { containers, initContainers, activeDeadlineSeconds, tolerations, terminationGracePeriodSeconds, ...rest } =
    record(spec);
  const withoutImage = (each: unknown) => ({ ...record(each), image: '' });
  return {
    ...rest,
    containers: list(containers).map(withoutImage),
    initContainers: list(initContainers).map(withoutImage),
  };
}

const without = ({ spec }: StoredObject, members: readonly string[]): object =>
  Object.fromEntries(Object.entries(record(spec)).filter(([member]) => !members.includes(member)));

const quoted = (members: readonly string[]): string => members.map((member) => `'${member}'`).join(', ');

const cause = (field: string, value: unknown, why: string): FieldCause => ({
  ...{ reason: 'FieldValueInvalid', field },
  message: `Invalid value: ${JSON.stringify(value)}: ${why}`,
});

const forbidden = (field: string, why: string): FieldCause => ({
  ...{ reason: 'FieldValueForbidden', field },
  message: `Forbidden: ${why}`,
});

const differ = (left: unknown, right: unknown): boolean => canonical(left) !== canonical(right);
