import { given } from '../../model/given.ts';
import { type ManifestObject, mappingOf, textOf } from '../manifest/manifest-object.ts';
import type { ObjectContext } from '../observe/inspect-object.ts';
import type { CalledService, ClusterFacts } from './cluster-facts.ts';

/** Notes the Service of a `clientConfig`, to be asked for its endpoints later; one that names a URL instead has none. */
export function noteService(
  facts: ClusterFacts,
  object: ManifestObject,
  context: ObjectContext,
  { clientConfig, ...use }: Pick<CalledService, 'failsClosed' | 'about'> & { readonly clientConfig: unknown },
): void {
  const service = mappingOf(mappingOf(clientConfig).service);
  const [namespace, name] = [textOf(service.namespace), textOf(service.name)];
  if (namespace === undefined || name === undefined) return;
  facts.services.push({
    namespace,
    name,
    kind: object.kind,
    object: object.name ?? '?',
    ...given({ owner: context.owner }),
    cause: context.cause,
    ...use,
  });
}
