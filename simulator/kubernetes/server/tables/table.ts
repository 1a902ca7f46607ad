import type { KubernetesObject } from '../../objects/object-metadata.ts';
import type { ResourceType } from '../../resource-types.ts';
import { type ListMeta, partial, withKind } from '../object-forms.ts';
import { ageColumn, type Cell, type Column, nameColumn } from './column.ts';
import { nodeColumns } from './node-columns.ts';
import { namespaceColumns, podDisruptionBudgetColumns } from './other-columns.ts';
import { podColumns } from './pod-columns.ts';
import { daemonSetColumns, deploymentColumns, replicaSetColumns, statefulSetColumns } from './workload-columns.ts';

/** What of an object comes with its row. */
export type IncludeObject = 'None' | 'Metadata' | 'Object';

// The columns of a resource are only given the objects of that resource, which the compiler cannot know.
const columnsOf = {
  '/namespaces': namespaceColumns,
  '/nodes': nodeColumns,
  '/pods': podColumns,
  'apps/daemonsets': daemonSetColumns,
  'apps/deployments': deploymentColumns,
  'apps/replicasets': replicaSetColumns,
  'apps/statefulsets': statefulSetColumns,
  'policy/poddisruptionbudgets': podDisruptionBudgetColumns,
} as unknown as Readonly<Record<string, readonly Column<KubernetesObject>[]>>;

/** Of kinds without columns of their own here. */
const anyColumns = [nameColumn, ageColumn];

export interface TableOptions {
  /** `meta.k8s.io/v1` */
  readonly apiVersion: string;
  readonly metadata: ListMeta;
  readonly includeObject: IncludeObject;
  /** Whether it says its columns; of a watch only the first event does. */
  readonly header: boolean;
  readonly now: number;
}

/** A `Table`: what kubectl prints for people. */
export function table(type: ResourceType, objects: readonly KubernetesObject[], options: TableOptions): object {
  const { apiVersion, metadata, includeObject, header, now } = options;
  const columns = columnsOf[type.storage] ?? anyColumns;
  return {
    kind: 'Table',
    apiVersion,
    metadata,
    columnDefinitions: header ? columns.map(({ cell: _cell, ...definition }) => definition) : null,
    rows: objects.map((object) => ({
      cells: columns.map((each) => cellOf(each, object, now)),
      object: includedObject(type, object, includeObject, apiVersion),
    })),
  };
}

/** Raw objects need not have all that the columns of their kind show. */
function cellOf({ cell }: Column<KubernetesObject>, object: KubernetesObject, now: number): Cell {
  try {
    return cell(object, now);
  } catch {
    return '<unknown>';
  }
}

function includedObject(
  type: ResourceType,
  object: KubernetesObject,
  include: IncludeObject,
  apiVersion: string,
): object | null {
  if (include === 'None') return null;
  return include === 'Object' ? withKind(type, object) : partial(apiVersion, object);
}
