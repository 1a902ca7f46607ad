import { given } from '../../model/given.ts';
import { managedGroup, type NodeOwner, nodeOwner } from '../../model/node-owner.ts';
import { groupOfOne } from '../../model/seen-nodes.ts';
import type { Observation } from '../judge/observation.ts';
import { mappingOf, textOf } from '../manifest/manifest-object.ts';
import { ownershipOf } from '../owner/owner.ts';
import type { ClusterFacts } from '../reference/cluster-facts.ts';
import { observeReferences } from '../reference/observe-references.ts';
import { inspectObject } from './inspect-object.ts';
import type { LiveObject } from './live-object.ts';
import { isMadeFromTemplate } from './made-from-template.ts';

/** What stands in one object that was read whole, and what it refers to. */
export function inspectLiveObject(object: LiveObject, facts: ClusterFacts): Observation[] {
  const { kind, name, namespace, value, resource, metadata } = object;
  if (isMadeFromTemplate(kind, value)) return [];
  const { owner, cause } = ownershipOf(metadata);
  const own =
    cause ?? staticPodCause(object) ?? `object:${kind}/${namespace === undefined ? '' : `${namespace}/`}${name ?? '?'}`;
  const context = {
    ...given({ owner }),
    cause: kind === 'Node' ? nodeCause(object) : own,
    evidence: [],
  };
  const found = [...inspectObject(object, context), ...observeReferences(object, context, facts)];
  const kubelet = textOf(mappingOf(mappingOf(value.status).nodeInfo).kubeletVersion);
  if (resource.group !== '' || kind !== 'Node') return found;
  facts.otherNodes ??= [];
  facts.otherNodes.push(...groupOfOne({ ...nodeOf(object), kubeletVersion: kubelet ?? '' }));
  if (kubelet === undefined) return found;
  return [
    ...found,
    {
      type: 'skew',
      source: 'node',
      subject: { kind, ...given({ name }) },
      cause: nodeCause(object),
      evidence: [`Its kubelet is ${kubelet}.`],
      confidence: 'high',
      component: 'kubelet',
      version: kubelet,
      ...given({ nodegroup: managedGroup(nodeOwnerOf(object)) }),
    },
  ];
}

/** Mirrors of one static pod, which is on many nodes and called after each: they come from one file. */
function staticPodCause({ kind, value, metadata }: LiveObject): string | undefined {
  const { ownerReferences, name } = metadata;
  const [owner] = Array.isArray(ownerReferences) ? ownerReferences.map(mappingOf) : [];
  if (kind !== 'Pod' || owner?.kind !== 'Node' || owner.apiVersion !== 'v1') return undefined;
  return `static-pod:${(textOf(name) ?? '?').replace(`-${textOf(mappingOf(value.spec).nodeName) ?? ''}`, '')}`;
}

/** The nodes that are repaired together. */
const nodeCause = (node: LiveObject): string => `nodegroup:${nodeOwnerOf(node).name ?? 'none'}`;

function nodeOwnerOf(node: LiveObject): NodeOwner {
  const { labels, providerId } = nodeOf(node);
  return nodeOwner(labels, providerId);
}

function nodeOf({ metadata, value }: LiveObject) {
  const labels = Object.entries(mappingOf(metadata.labels)).flatMap(([key, label]) => {
    return typeof label === 'string' ? [[key, label] as const] : [];
  });
  return { labels: Object.fromEntries(labels), ...given({ providerId: textOf(mappingOf(value.spec).providerID) }) };
}
