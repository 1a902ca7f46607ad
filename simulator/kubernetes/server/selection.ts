import type { KubernetesObject } from '../objects/object-metadata.ts';
import type { ResourceAttributes } from '../permissions.ts';
import type { ResourceType } from '../resource-types.ts';
import { fieldSelector } from './field-selector.ts';
import { labelSelector, type Matches } from './label-selector.ts';

/** Which objects of a resource a list or a watch is about. */
export interface Selection {
  readonly matches: Matches;
  /** Counts of what is left are not told then. */
  readonly selective: boolean;
}

/** By namespace, name, labels and fields. @throws StatusError 400 for selectors that cannot be parsed. */
export function selection(type: ResourceType, attributes: ResourceAttributes, query: URLSearchParams): Selection {
  const { name } = attributes;
  const namespace = type.namespaced ? attributes.namespace : undefined;
  const [labels, fields] = [query.get('labelSelector'), query.get('fieldSelector')];
  const tests: Matches[] = [labelSelector(labels), fieldSelector(type.resource, fields)];
  const isIn = ({ metadata }: KubernetesObject) => namespace === undefined || metadata.namespace === namespace;
  const isCalled = ({ metadata }: KubernetesObject) => name === undefined || metadata.name === name;
  return {
    matches: (object) => isIn(object) && isCalled(object) && tests.every((test) => test(object)),
    selective: (labels ?? '') !== '' || (fields ?? '') !== '',
  };
}
