import type { ReplicaSetObject } from '../../objects/replica-set-object.ts';
import type { DaemonSetObject, DeploymentObject, StatefulSetObject } from '../../objects/workload-object.ts';
import { ageColumn, type Column, column, integer, nameColumn, wide } from './column.ts';

interface Templated {
  readonly spec: {
    readonly selector: { readonly matchLabels: Readonly<Record<string, string>> };
    readonly template: { readonly spec: { readonly containers: readonly { name: string; image: string }[] } };
  };
}

const containers = column<Templated>('Containers', 'Names of its containers.', ({ spec }) => list(spec, 'name'), wide);
const images = column<Templated>('Images', 'Images of its containers.', ({ spec }) => list(spec, 'image'), wide);
const selector = column<Templated>(
  'Selector',
  'Labels of its pods.',
  ({ spec }) => formatLabels(spec.selector.matchLabels),
  wide,
);

export const deploymentColumns: readonly Column<DeploymentObject>[] = [
  nameColumn,
  column(
    'Ready',
    'Ready pods, of those wanted.',
    ({ spec, status }) => `${status.readyReplicas ?? 0}/${spec.replicas}`,
  ),
  column('Up-to-date', 'Pods of the present template.', ({ status }) => status.updatedReplicas ?? 0, integer),
  column(
    'Available',
    'Pods that have been ready for long enough.',
    ({ status }) => status.availableReplicas ?? 0,
    integer,
  ),
  ageColumn,
  containers,
  images,
  selector,
];

export const daemonSetColumns: readonly Column<DaemonSetObject>[] = [
  nameColumn,
  column('Desired', 'Nodes that should run it.', ({ status }) => status.desiredNumberScheduled, integer),
  column('Current', 'Nodes that run it and should.', ({ status }) => status.currentNumberScheduled, integer),
  column('Ready', 'Nodes on which it is ready.', ({ status }) => status.numberReady, integer),
  column('Up-to-date', 'Nodes with the present template.', ({ status }) => status.updatedNumberScheduled ?? 0, integer),
  column(
    'Available',
    'Nodes on which it has been ready for long enough.',
    ({ status }) => status.numberAvailable ?? 0,
    integer,
  ),
  column('Node Selector', 'Labels of the nodes that should run it.', () => '<none>'),
  ageColumn,
  containers,
  images,
  selector,
];

export const statefulSetColumns: readonly Column<StatefulSetObject>[] = [
  nameColumn,
  column(
    'Ready',
    'Ready pods, of those wanted.',
    ({ spec, status }) => `${status.readyReplicas ?? 0}/${spec.replicas}`,
  ),
  ageColumn,
  containers,
  images,
];

export const replicaSetColumns: readonly Column<ReplicaSetObject>[] = [
  nameColumn,
  column('Desired', 'Pods wanted.', ({ spec }) => spec.replicas, integer),
  column('Current', 'Pods there are.', ({ status }) => status.replicas, integer),
  column('Ready', 'Pods that are ready.', ({ status }) => status.readyReplicas ?? 0, integer),
  ageColumn,
  containers,
  images,
  selector,
];

const list = ({ template }: Templated['spec'], member: 'name' | 'image'): string =>
  template.spec.containers.map((container) => container[member]).join(',');

function formatLabels(labels: Readonly<Record<string, string>>): string {
  const pairs = Object.entries(labels).map(([key, value]) => `${key}=${value}`);
  return pairs.sort().join(',') || '<none>';
}
