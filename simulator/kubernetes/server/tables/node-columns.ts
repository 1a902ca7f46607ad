import type { NodeObject } from '../../objects/node-object.ts';
import { ageColumn, type Column, column, nameColumn, wide } from './column.ts';

export const nodeColumns: readonly Column<NodeObject>[] = [
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
