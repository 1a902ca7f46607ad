import type { PodDisruptionBudgetObject } from '../../objects/budget-object.ts';
import type { NamespaceObject } from '../../objects/namespace-object.ts';
import type { NodeObject } from '../../objects/node-object.ts';
import type { KubernetesObject } from '../../objects/object-metadata.ts';
import type { PodObject } from '../../objects/pod-object.ts';
import type { ResourceType } from '../../resource-types.ts';
import { type ListMeta, partial, withKind } from '../object-forms.ts';
import { ageOf } from './age.ts';
import { ageColumn, type Cell, type Column, column, integer, nameColumn, wide } from './column.ts';
import { daemonSetColumns, deploymentColumns, replicaSetColumns, statefulSetColumns } from './workload-columns.ts';

const podColumns: readonly Column<PodObject>[] = [
  nameColumn,
  column('Ready', 'Containers that are ready, of all.', ({ spec, status }) => {
    const ready = status.containerStatuses?.filter((each) => each.ready).length ?? 0;
    return `${ready}/${spec.containers.length}`;
  }),
  column('Status', 'Its phase, or why it is not well.', ({ status }) => reasonOf(status)),
  column('Restarts', 'How often its containers were started again, and when last.', restarts),
  ageColumn,
  column('IP', 'Its address.', ({ status }) => status.podIP ?? '<none>', wide),
  column('Node', 'Where it runs.', ({ spec }) => spec.nodeName ?? '<none>', wide),
  column('Nominated Node', 'Where room is being made for it.', () => '<none>', wide),
  column('Readiness Gates', 'What else its readiness waits for.', () => '<none>', wide),
];

function reasonOf({ phase, containerStatuses = [] }: PodObject['status']): string {
  const waiting = containerStatuses.flatMap(({ state }) => ('waiting' in state ? [state.waiting.reason] : []));
  return waiting.at(-1) ?? phase;
}

function restarts({ status: { containerStatuses = [] } }: PodObject, now: number): string {
  const count = containerStatuses.reduce((sum, { restartCount }) => sum + restartCount, 0);
  const ends = containerStatuses.flatMap(({ lastState: { terminated } }) => terminated?.finishedAt ?? []).sort();
  const last = ends.at(-1);
  return last === undefined || count === 0 ? String(count) : `${count} (${ageOf(last, now)} ago)`;
}

const namespaceColumns: readonly Column<NamespaceObject>[] = [
  nameColumn,
  column('Status', 'Active, or being deleted.', ({ status }) => status.phase),
  ageColumn,
];

const podDisruptionBudgetColumns: readonly Column<PodDisruptionBudgetObject>[] = [
  nameColumn,
  column('Min Available', 'Pods that must stay available.', ({ spec }) => String(spec.minAvailable ?? 'N/A')),
  column('Max Unavailable', 'Pods that may be unavailable.', ({ spec }) => String(spec.maxUnavailable ?? 'N/A')),
  column('Allowed Disruptions', 'Pods that may go now.', ({ status }) => status.disruptionsAllowed, integer),
  ageColumn,
];

const nodeColumns: readonly Column<NodeObject>[] = [
  nameColumn,
  column('Status', 'Whether it is ready, and takes new pods.', status),
  column('Roles', 'From its labels node-role.kubernetes.io/….', roles),
  ageColumn,
  column('Version', 'Kubelet version it reports.', ({ status: { nodeInfo } }) => nodeInfo.kubeletVersion),
  column('Internal-IP', 'Its address within the network.', (node) => address(node, 'InternalIP'), wide),
  column('External-IP', 'Its address in public.', (node) => address(node, 'ExternalIP'), wide),
  column('OS-Image', 'Operating system it reports.', ({ status: { nodeInfo } }) => nodeInfo.osImage, wide),
  column('Kernel-Version', 'Kernel it reports.', ({ status: { nodeInfo } }) => nodeInfo.kernelVersion, wide),
  column(
    'Container-Runtime',
    'Container runtime it reports.',
    ({ status: { nodeInfo } }) => nodeInfo.containerRuntimeVersion,
    wide,
  ),
];

function status({ spec, status: { conditions } }: NodeObject): string {
  const ready = conditions.find(({ type }) => type === 'Ready')?.status === 'True';
  const scheduling = spec.unschedulable === true ? ',SchedulingDisabled' : '';
  return `${ready ? 'Ready' : 'NotReady'}${scheduling}`;
}

function roles({ metadata: { labels } }: NodeObject): string {
  const prefix = 'node-role.kubernetes.io/';
  const found = Object.keys(labels).flatMap((label) => (label.startsWith(prefix) ? [label.slice(prefix.length)] : []));
  return found.sort().join(',') || '<none>';
}

function address({ status: { addresses } }: NodeObject, wanted: string): string {
  return addresses.find(({ type }) => type === wanted)?.address ?? '<none>';
}

/** The part of an object in its row. */
export type IncludeObject = 'None' | 'Metadata' | 'Object';

// The columns of a resource get only objects of that resource, which the compiler cannot know.
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

/** For kinds without columns of their own here. */
const anyColumns = [nameColumn, ageColumn];

export interface TableOptions {
  /** `meta.k8s.io/v1` */
  readonly apiVersion: string;
  readonly metadata: ListMeta;
  readonly includeObject: IncludeObject;
  /** Whether it has its columns; in a watch only the first event does. */
  readonly header: boolean;
  readonly now: number;
}

/** A `Table`, which kubectl prints for people. */
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

/** Raw objects may lack members that the columns of their kind show. */
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
