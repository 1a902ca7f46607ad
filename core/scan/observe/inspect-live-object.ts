import { given } from '../../model/given.ts';
import { managedGroup, type NodeOwner, nodeOwner } from '../../model/node-owner.ts';
import { groupOfOne } from '../../model/seen-nodes.ts';
import type { Observation } from '../judge/observation.ts';
import type { ServedResource } from '../live/discovery.ts';
import { type Mapping, mappingOf, nameOf, textOf } from '../manifest/manifest-object.ts';
import { ownershipOf } from '../owner/owner.ts';
import type { ClusterFacts } from '../reference/cluster-facts.ts';
import { observeReferences } from '../reference/observe-references.ts';
import { apiVersionText } from './api-version.ts';
import { inspectObject } from './inspect-object.ts';
import { isMadeFromTemplate } from './made-from-template.ts';

/** What stands in one object that was read whole, and what it refers to. */
export function inspectLiveObject(value: Mapping, resource: ServedResource, facts: ClusterFacts): Observation[] {
  const metadata = mappingOf(value.metadata);
  if (isMadeFromTemplate(resource.kind, value)) return [];
  const { owner, cause } = ownershipOf(metadata);
  const name = nameOf(value);
  const object = { apiVersion: apiVersionText(resource), kind: resource.kind, ...name, value, path: [] };
  const own =
    cause ??
    staticPodCause(resource.kind, value) ??
    `object:${resource.kind}/${name.namespace === undefined ? '' : `${name.namespace}/`}${name.name ?? '?'}`;
  const context = {
    ...given({ owner }),
    cause: resource.kind === 'Node' ? nodeCause(value) : own,
    evidence: [],
  };
  const found = [...inspectObject(object, context), ...observeReferences(object, context, facts)];
  const kubelet = textOf(mappingOf(mappingOf(value.status).nodeInfo).kubeletVersion);
  if (resource.group !== '' || resource.kind !== 'Node') return found;
  facts.otherNodes ??= [];
  facts.otherNodes.push(...groupOfOne({ ...nodeOf(value), kubeletVersion: kubelet ?? '' }));
  if (kubelet === undefined) return found;
  return [
    ...found,
    {
      type: 'skew',
      source: 'node',
      subject: { kind: 'Node', ...name },
      cause: nodeCause(value),
      evidence: [`Its kubelet is ${kubelet}.`],
      confidence: 'high',
      component: 'kubelet',
      version: kubelet,
      ...given({ nodegroup: managedGroup(nodeOwnerOf(value)) }),
    },
  ];
}

/** Mirrors of one static pod, which is on many nodes and called after each: they come from one file. */
function staticPodCause(kind: string, value: Mapping): string | undefined {
  const { ownerReferences, name } = mappingOf(value.metadata);
  const [owner] = Array.isArray(ownerReferences) ? ownerReferences.map(mappingOf) : [];
  if (kind !== 'Pod' || owner?.kind !== 'Node' || owner.apiVersion !== 'v1') return undefined;
  return `static-pod:${(textOf(name) ?? '?').replace(`-${textOf(mappingOf(value.spec).nodeName) ?? ''}`, '')}`;
}

/** The nodes that are repaired together. */
const nodeCause = (node: Mapping): string => `nodegroup:${nodeOwnerOf(node).name ?? 'none'}`;

function nodeOwnerOf(value: Mapping): NodeOwner {
  const { labels, providerId } = nodeOf(value);
  return nodeOwner(labels, providerId);
}

function nodeOf({ metadata, spec }: Mapping) {
  const labels = Object.entries(mappingOf(mappingOf(metadata).labels)).flatMap(([key, label]) => {
    return typeof label === 'string' ? [[key, label] as const] : [];
  });
  return { labels: Object.fromEntries(labels), ...given({ providerId: textOf(mappingOf(spec).providerID) }) };
}
