import type { Observation } from '../judge/observation.ts';
import type { ObjectContext } from '../observe/inspect-object.ts';
import { noFacts } from '../reference/cluster-facts.ts';
import { observeReferences } from '../reference/observe-references.ts';
import { observeOwnerReferences } from '../reference/owner-references.ts';
import type { ManifestObject } from './manifest-object.ts';

/**
 * The APIs that an object of a file names: rules of roles, webhooks and policies, scale targets, owners. A status in a file is a copy of
 * some cluster's and says nothing of the one that the file goes to, and whether a Service has endpoints no file can tell: what would be
 * noted for that is thrown away.
 */
export function namedIn(object: ManifestObject, context: ObjectContext): Observation[] {
  const { status: _, ...value } = object.value;
  const written = { ...object, value };
  const facts = noFacts();
  return [...observeReferences(written, context, facts), ...observeOwnerReferences(written, context)];
}
