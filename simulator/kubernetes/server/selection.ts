import type { KubernetesObject } from '../objects/object-metadata.ts';
import type { ResourceAttributes } from '../permissions.ts';
import type { ResourceType } from '../resource-types.ts';
import { labelSelector, type Matches } from './label-selector.ts';
import { badRequest } from './refusals.ts';

/** The objects of a list or a watch. */
export interface Selection {
  readonly matches: Matches;
  /** The number of remaining objects is not reported then. */
  readonly selective: boolean;
  /** The only node whose pods are selected; absent where the selector names none. */
  readonly nodeName: string | undefined;
}

/** Selects by namespace, name, labels and fields. @throws StatusError 400 for invalid selectors. */
export function selection(type: ResourceType, attributes: ResourceAttributes, query: URLSearchParams): Selection {
  const { name } = attributes;
  const namespace = type.namespaced ? attributes.namespace : undefined;
  const [labels, fields] = [query.get('labelSelector'), query.get('fieldSelector')];
  const tests: Matches[] = [labelSelector(labels), fieldSelector(type.resource, fields)];
  const isIn = ({ metadata }: KubernetesObject) => namespace === undefined || metadata.namespace === namespace;
  const isCalled = ({ metadata }: KubernetesObject) => name === undefined || metadata.name === name;
  return {
    matches: (object) => isIn(object) && isCalled(object) && tests.every((test) => test(object)),
    nodeName: type.resource === 'pods' ? /(?:^|,)spec\.nodeName==?([^,=]+)(?:,|$)/.exec(fields ?? '')?.[1] : undefined,
    selective: (labels ?? '') !== '' || (fields ?? '') !== '',
  };
}

const named = ['metadata.name', 'metadata.namespace'];

/** The fields that upstream selects by, as far as the model has them. */
const fieldsOf: Readonly<Record<string, readonly string[]>> = {
  pods: [
    ...named,
    ...['spec.nodeName', 'spec.restartPolicy', 'spec.schedulerName', 'spec.serviceAccountName'],
    ...['status.phase', 'status.podIP', 'status.nominatedNodeName'],
  ],
  nodes: ['metadata.name', 'spec.unschedulable'],
  namespaces: ['metadata.name', 'status.phase'],
  replicasets: [...named, 'status.replicas'],
  secrets: [...named, 'type'],
};

/**
 * `spec.nodeName=ip-10-0-0-1,status.phase!=Running`: all terms must match.
 * @throws StatusError 400 for another form, or for a field that the resource is not selected by.
 */
function fieldSelector(resource: string, text: string | null): Matches {
  const terms = (text ?? '').split(',').filter((term) => term !== '');
  const requirements = terms.map((term) => {
    const [, field = '', operator, wanted] = /^([^=!]+)(==?|!=)(.*)$/.exec(term) ?? [];
    if (operator === undefined) throw badRequest(`invalid selector: '${term}'; can't understand '${term}'`);
    if (!(fieldsOf[resource] ?? named).includes(field)) throw badRequest(`field label not supported: ${field}`);
    return (object: KubernetesObject) => (textOf(object, field) === wanted) === (operator !== '!=');
  });
  return (object) => requirements.every((holds) => holds(object));
}

/** Absent fields are empty, absent booleans false. */
function textOf(object: KubernetesObject, field: string): string {
  const found = field.split('.').reduce<unknown>((value, part) => (value as Record<string, unknown>)?.[part], object);
  return String(found ?? (field === 'spec.unschedulable' ? false : ''));
}
