import type { Writing } from './planted.ts';

export interface ManagedFieldsEntry {
  readonly manager: string;
  readonly operation: 'Apply' | 'Update';
  readonly apiVersion: string;
  readonly time: string;
  readonly fieldsType: 'FieldsV1';
  readonly fieldsV1: object;
  readonly subresource?: string;
}

export interface Versions {
  readonly present: string;
  /** Absent where no object was written at another one. */
  readonly old: string | undefined;
}

/** Who wrote an object, as `metadata.managedFields` tells: one to three writers and the controller of its status; 1.5 to 3 kB. */
export function managedFields(variant: number, writing: Writing, versions: Versions): ManagedFieldsEntry[] {
  const { present, old = present } = versions;
  const applies = variant % 2 === 0;
  const first = writing === 'present' ? present : old;
  const writer: ManagedFieldsEntry = applies
    ? entry('helm', 'Apply', first, '2026-03-01T08:00:00Z')
    : entry('kubectl-client-side-apply', 'Update', first, '2026-03-01T08:00:00Z');
  const controller = {
    ...entry('kube-controller-manager', 'Update', present, '2026-10-01T08:00:00Z'),
    subresource: 'status',
  };
  // Somebody wrote it anew since, so that what was written before counts no more.
  const rewriter: ManagedFieldsEntry[] =
    writing === 'stale' ? [entry('terraform', 'Apply', present, '2026-09-01T08:00:00Z')] : [];
  const others = variant >= 2 ? [entry('vpa-recommender', 'Update', present, '2026-01-02T08:00:00Z')] : [];
  return [writer, ...rewriter, ...others, controller];
}

function entry(
  manager: string,
  operation: ManagedFieldsEntry['operation'],
  apiVersion: string,
  time: string,
): ManagedFieldsEntry {
  return { manager, operation, apiVersion, time, fieldsType: 'FieldsV1', fieldsV1: fieldsOf(manager) };
}

/** About 650 characters, as for a workload of two containers. */
function fieldsOf(manager: string): object {
  const container = {
    ...{ '.': {}, 'f:image': {}, 'f:imagePullPolicy': {}, 'f:name': {}, 'f:terminationMessagePath': {} },
    'f:resources': { '.': {}, 'f:limits': { '.': {}, 'f:memory': {} }, 'f:requests': {} },
  };
  return {
    'f:metadata': {
      'f:annotations': { '.': {}, [`f:example.com/${manager}`]: {}, 'f:meta.helm.sh/release-name': {} },
      'f:labels': { '.': {}, 'f:app.kubernetes.io/name': {}, 'f:app.kubernetes.io/managed-by': {}, 'f:team': {} },
    },
    'f:spec': {
      'f:template': {
        'f:spec': { 'f:containers': { 'k:{"name":"main"}': container, 'k:{"name":"proxy"}': container } },
      },
    },
  };
}
