import { apiVersionOf, type ResourceType } from '../../simulator/kubernetes/resource-types.ts';
import { bodyOf } from './bodies.ts';
import type { HugeResource } from './huge-cluster.ts';
import { managedFields } from './managed-fields.ts';
import { type Writing, writingOf } from './planted.ts';
import { widgetDefinition } from './widget-definition.ts';

/** `object`: as in a list of its kind; `named`: on its own, with its kind; `metadata`: a PartialObjectMetadata. */
export type Form = 'object' | 'named' | 'metadata';

/** The JSON text of the object of that number. */
export type WriteObject = (index: number) => string;

export const namespaces = 50;
const variants = 4;
const [nameMark, namespaceMark, uidMark, versionMark] = ['@name@', '@namespace@', '@uid@', '@version@'];
const marks = /(@name@|@namespace@|@uid@|@version@)/;

/** `configmap-0000042` */
export const nameOf = (type: ResourceType, index: number): string =>
  `${type.singular}-${String(index).padStart(7, '0')}`;

/** Objects of number 7, 57, 107, … lie in `team-7`. */
export const namespaceOf = (index: number): string => `team-${index % namespaces}`;

/**
 * Writes objects of a resource read at `type`, in one form. All that does not depend on the number is serialised once: an object is a
 * few texts put together.
 */
export function objectWriter({ type: preferred, old }: HugeResource, type: ResourceType, form: Form): WriteObject {
  if (type.kind === 'CustomResourceDefinition') return definitionWriter(type, form);
  const versions = { present: apiVersionOf(preferred), old: old?.apiVersion };
  const pieces = new Map<string, readonly string[]>();
  for (const writing of ['present', 'planted', 'stale'] as const)
    for (let variant = 0; variant < variants; variant++) {
      const metadata = metadataOf(type, variant, writing, versions);
      pieces.set(
        `${writing}${variant}`,
        JSON.stringify(formed(type, form, { metadata, ...bodyOf(type.kind) })).split(marks),
      );
    }
  return (index) => {
    // Whether it was written at an old version goes by the number too: the variant must go by another divisor.
    const found = pieces.get(`${writingOf(index, old?.cycle)}${Math.floor(index / 20) % variants}`) ?? [];
    let text = '';
    for (const piece of found) text += markedValue(piece, type, index) ?? piece;
    return text;
  };
}

function markedValue(piece: string, type: ResourceType, index: number): string | undefined {
  if (piece === nameMark) return nameOf(type, index);
  if (piece === namespaceMark) return namespaceOf(index);
  if (piece === uidMark) return `${index.toString(16).padStart(8, '0')}-0000-4000-a000-000000000000`;
  return piece === versionMark ? String(1_000_000 + index) : undefined;
}

function metadataOf(
  type: ResourceType,
  variant: number,
  writing: Writing,
  versions: { present: string; old: string | undefined },
) {
  const applied = writing === 'present' ? versions.present : (versions.old ?? versions.present);
  const named = { name: nameMark, ...(type.namespaced ? { namespace: namespaceMark } : {}) };
  const labels = { 'app.kubernetes.io/name': 'app', 'app.kubernetes.io/managed-by': 'Helm', team: 'payments' };
  return {
    ...named,
    uid: uidMark,
    resourceVersion: versionMark,
    generation: 3,
    creationTimestamp: '2026-01-01T08:00:00Z',
    labels,
    annotations: {
      'meta.helm.sh/release-name': 'app',
      'kubectl.kubernetes.io/last-applied-configuration': lastApplied(type, applied, { ...named, labels }),
    },
    ...(type.kind === 'Pod' ? { ownerReferences: [owner] } : {}),
    managedFields: managedFields(variant, writing, versions),
  };
}

const owner = {
  ...{ apiVersion: 'apps/v1', kind: 'ReplicaSet', name: 'app-6c8d9f7b54', controller: true, blockOwnerDeletion: true },
  uid: '00000000-0000-4000-a000-000000000001',
};

/** About 1 kB, whatever the kind: what `kubectl apply` was given. */
function lastApplied({ kind }: ResourceType, apiVersion: string, metadata: object): string {
  const note = 'owned by the payments team, see the runbook before changing anything here. ';
  const annotations = { 'example.com/note': note.repeat(9) };
  return `${JSON.stringify({ apiVersion, kind, metadata: { ...metadata, annotations }, spec: { replicas: 2 } })}\n`;
}

function formed(type: ResourceType, form: Form, object: { readonly metadata: object }): object {
  if (form === 'metadata')
    return { kind: 'PartialObjectMetadata', apiVersion: 'meta.k8s.io/v1', metadata: object.metadata };
  const { kind } = type;
  return form === 'named' || type.custom === true ? { kind, apiVersion: apiVersionOf(type), ...object } : object;
}

function definitionWriter(type: ResourceType, form: Form): WriteObject {
  const { apiVersion: _, kind: __, metadata, ...body } = widgetDefinition;
  const text = JSON.stringify(
    formed(type, form, { metadata: { ...metadata, uid: 'widgets', resourceVersion: '1' }, ...body }),
  );
  return () => text;
}
