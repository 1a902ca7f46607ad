import type { ApiUse } from '../judge/observation.ts';
import { type Mapping, mappingOf, textOf } from '../manifest/manifest-object.ts';
import { ownershipOf } from '../owner/owner.ts';
import type { ServedResource } from './discovery.ts';

/** The controller that copies Endpoints which nobody but a person or a program of theirs keeps into EndpointSlices. */
export const MIRRORING = 'endpointslicemirroring-controller.k8s.io';

/** Endpoints that somebody writes by hand, told from their mirror: to list Endpoints themselves is deprecated. */
export function mirroredEndpoints({ group, kind }: ServedResource, metadata: Mapping): ApiUse | undefined {
  const labels = mappingOf(metadata.labels);
  if (group !== 'discovery.k8s.io' || kind !== 'EndpointSlice') return undefined;
  if (labels['endpointslice.kubernetes.io/managed-by'] !== MIRRORING) return undefined;
  const [namespace, name] = [textOf(metadata.namespace), textOf(labels['kubernetes.io/service-name'])];
  // The mirror has the labels and annotations of what it mirrors.
  const { owner, cause = `endpoints:${namespace}/${name}` } = ownershipOf(metadata);
  return {
    type: 'api',
    source: 'object',
    subject: {
      apiVersion: 'v1',
      kind: 'Endpoints',
      ...(namespace === undefined ? {} : { namespace }),
      ...(name === undefined ? {} : { name }),
    },
    ...(owner === undefined ? {} : { owner }),
    cause,
    evidence: [
      `EndpointSlice ${textOf(metadata.name) ?? '?'} is a mirror of it: no controller of the cluster keeps it.`,
    ],
    confidence: 'high',
    served: true,
  };
}
