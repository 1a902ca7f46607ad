import { groupOf, list, record, type StoredObject } from './stored-object.ts';

/** A version of a group that another server serves: metrics-server, a webhook of its own. */
export interface DelegatedVersion {
  readonly group: string;
  readonly version: string;
  /** False when its APIService has `Available: False`. */
  readonly available: boolean;
}

/** The versions of APIServices with a `spec.service`; those without one are this API server's own. */
export function delegatedVersions(objects: readonly StoredObject[]): DelegatedVersion[] {
  return objects.filter(isDelegated).map(({ spec, status }) => {
    const { group, version } = record(spec);
    const conditions = list(record(status).conditions).map(record);
    const available = conditions.find(({ type }) => type === 'Available')?.status !== 'False';
    return { group: String(group), version: String(version), available };
  });
}

const isDelegated = (object: StoredObject): boolean =>
  object.kind === 'APIService' &&
  groupOf(object) === 'apiregistration.k8s.io' &&
  typeof record(object.spec).service === 'object' &&
  record(object.spec).service !== null;
