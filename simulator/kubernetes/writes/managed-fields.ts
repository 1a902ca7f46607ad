import { canonical } from '../canonical.ts';
import { timestamp } from '../objects/object-metadata.ts';
import { apiVersionOf, type ResourceType } from '../resource-types.ts';
import { list, record, type StoredObject } from '../resources/stored-object.ts';

interface Write {
  readonly query: URLSearchParams;
  readonly headers: Readonly<Record<string, string | undefined>>;
  readonly now: number;
  /** `scale` */
  readonly subresource?: string;
}

/**
 * `metadata.managedFields` after a write: the last writer at each version, and the time. The fields are kept for nodes only, whose cordons are
 * identified by them; for other kinds no field has an owner here.
 */
export function managedFieldsAfter(
  before: StoredObject | undefined,
  after: StoredObject | undefined,
  type: ResourceType,
  write: Write,
): object[] {
  const { query, headers, now, subresource } = write;
  const manager = query.get('fieldManager') ?? headers['user-agent']?.split('/')[0] ?? 'unknown';
  const written = {
    ...{ manager, operation: 'Update', apiVersion: apiVersionOf(type) },
    ...(subresource === undefined ? {} : { subresource }),
  };
  const members = ['manager', 'operation', 'apiVersion', 'subresource'] as const;
  const isOther = (entry: Tree) =>
    members.some((member) => entry[member] !== (written as Record<string, unknown>)[member]);
  const entries = list(before?.metadata.managedFields).map(record);
  const own = { ...written, time: timestamp(now), fieldsType: 'FieldsV1', fieldsV1: {} };
  if (type.storage !== '/nodes') return [...entries.filter(isOther), own];
  const [was, is] = [ownable(before), ownable(after)];
  const set = changed(was, is);
  const left = entries.map((entry) => ({
    ...entry,
    fieldsV1: without(without(record(entry.fieldsV1), changed(is, was)), set),
  }));
  const kept = record(left.find((entry) => !isOther(entry))?.fieldsV1);
  return [...left.filter(isOther), { ...own, fieldsV1: union(kept, set) }].filter(
    ({ fieldsV1 }) => Object.keys(fieldsV1).length > 0,
  );
}

type Tree = Readonly<Record<string, unknown>>;

const isTree = (value: unknown): boolean => value !== null && typeof value === 'object' && !Array.isArray(value);

/** The part of an object that has owners, without its identity and its status, which is written separately. */
function ownable(object: StoredObject | undefined): Tree {
  const { labels, annotations } = record(object?.metadata);
  return { metadata: { labels, annotations }, spec: object?.spec };
}

/**
 * The fields in which `after` differs from `before`: a writer that sets a field to its present value does not own it. A list is one field, like those
 * in a node's `spec`.
 */
function changed(before: unknown, after: unknown): Tree {
  const fields = Object.entries(record(after)).flatMap(([name, value]): [string, Tree][] => {
    const was = record(before)[name];
    if (value === undefined || canonical(was) === canonical(value)) return [];
    const members = isTree(value) ? changed(was, value) : {};
    return isTree(value) && Object.keys(members).length === 0 ? [] : [[`f:${name}`, members]];
  });
  return Object.fromEntries(fields);
}

function without(fields: Tree, taken: Tree): Tree {
  const left = Object.entries(fields).flatMap(([name, members]): [string, Tree][] => {
    if (!(name in taken)) return [[name, record(members)]];
    const rest = without(record(members), record(taken[name]));
    return Object.keys(rest).length === 0 ? [] : [[name, rest]];
  });
  return Object.fromEntries(left);
}

function union(fields: Tree, others: Tree): Tree {
  const both = Object.entries(others).map(([name, members]) => [name, union(record(fields[name]), record(members))]);
  return { ...fields, ...Object.fromEntries(both) };
}
