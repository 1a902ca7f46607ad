import type { KubernetesState } from '../kubernetes-state.ts';
import { list, record, type StoredObject } from '../resources/stored-object.ts';

const doNotDisrupt = 'karpenter.sh/do-not-disrupt';

/** Taints that follow from what the node is. */
const ownTaints = ['node.kubernetes.io/not-ready', 'node.kubernetes.io/unschedulable'];

/** Takes over what people change of a node: labels, annotations, taints, and whether pods come to it. */
export function putNode(kubernetes: KubernetesState, { metadata, spec }: StoredObject): void {
  const node = kubernetes.nodes.find((each) => each.name === metadata.name);
  if (node === undefined) return;
  const { unschedulable, taints } = record(spec);
  const { [doNotDisrupt]: protectedBy, ...annotations } = record(metadata.annotations) as Record<string, string>;
  node.labels = { ...(record(metadata.labels) as Record<string, string>) };
  node.annotations = annotations;
  node.doNotDisrupt = protectedBy === 'true';
  node.unschedulable = unschedulable === true;
  node.taints = list(taints).filter((taint) => !ownTaints.includes(String(record(taint).key))) as NonNullable<
    typeof node.taints
  >;
}
