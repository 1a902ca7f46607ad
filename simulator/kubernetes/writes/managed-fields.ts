import { timestamp } from '../objects/object-metadata.ts';
import { apiVersionOf, type ResourceType } from '../resource-types.ts';
import { list, record } from '../resources/stored-object.ts';

interface Write {
  readonly query: URLSearchParams;
  readonly headers: Readonly<Record<string, string | undefined>>;
  readonly now: number;
  /** `scale` */
  readonly subresource?: string;
}

/**
 * `metadata.managedFields` after a write: who wrote last at which version, and when. Which fields they were is not kept: nobody owns a
 * field here.
 */
export function managedFieldsAfter(before: unknown, type: ResourceType, write: Write): object[] {
  const { query, headers, now, subresource } = write;
  const manager = query.get('fieldManager') ?? headers['user-agent']?.split('/')[0] ?? 'unknown';
  const written = {
    ...{ manager, operation: 'Update', apiVersion: apiVersionOf(type) },
    ...(subresource === undefined ? {} : { subresource }),
  };
  const members = ['manager', 'operation', 'apiVersion', 'subresource'] as const;
  const others = list(before)
    .map(record)
    .filter((entry) => members.some((member) => entry[member] !== (written as Record<string, unknown>)[member]));
  return [...others, { ...written, time: timestamp(now), fieldsType: 'FieldsV1', fieldsV1: {} }];
}
