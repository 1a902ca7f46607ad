import { isMapping, mappingOf, textOf } from '../manifest/manifest-object.ts';
import type { ObserveReferences } from './observe-references.ts';
import { observedOf } from './reference-of.ts';

/** An aggregated API whose server does not answer: discovery is slow, namespaces cannot be deleted, and nobody knows what it served. */
export const observeApiService: ObserveReferences = (object, context) => {
  const { conditions } = mappingOf(object.value.status);
  const available = (Array.isArray(conditions) ? conditions.filter(isMapping) : []).find(
    ({ type }) => type === 'Available',
  );
  if (available === undefined || available.status === 'True') return [];
  const service = mappingOf(mappingOf(object.value.spec).service);
  const behind =
    textOf(service.name) === undefined ? '' : ` (Service ${textOf(service.namespace)}/${textOf(service.name)})`;
  return [
    {
      type: 'problem',
      ...observedOf(object, context, []),
      evidence: [
        `Available is ${textOf(available.status) ?? 'unknown'}: ${textOf(available.reason) ?? 'no reason given'}.`,
      ],
      confidence: 'high',
      reason: 'unavailable',
      severity: 'warning',
      message: `The aggregated API ${object.name ?? '?'} does not answer${behind}.`,
      fix: `Bring back what serves it, or delete the APIService ${object.name ?? ''} if nothing uses it.`,
    },
  ];
};
