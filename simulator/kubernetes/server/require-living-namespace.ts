import type { ResourceAttributes } from '../permissions.ts';
import { qualifiedName } from '../resource-types.ts';
import { record } from '../resources/stored-object.ts';
import { StatusError } from '../status-error.ts';
import type { Call } from './call.ts';

/** 403 for a creation in a terminating namespace, evictions included. */
export function requireLivingNamespace({ cluster }: Pick<Call, 'cluster'>, attributes: ResourceAttributes): void {
  const { namespace, name = '', group, resource } = attributes;
  const found = (cluster.kubernetes.objects ?? []).find(
    ({ kind, apiVersion, metadata }) => kind === 'Namespace' && apiVersion === 'v1' && metadata.name === namespace,
  );
  if (found === undefined) return;
  if (record(found.status).phase !== 'Terminating' && found.metadata.deletionTimestamp === undefined) return;
  const why = `unable to create new content in namespace ${namespace} because it is being terminated`;
  throw new StatusError(403, {
    reason: 'Forbidden',
    message: `${qualifiedName({ group, resource })} "${name}" is forbidden: ${why}`,
    details: {
      ...{ name, ...(group === '' ? {} : { group }), kind: resource },
      causes: [
        {
          reason: 'NamespaceTerminating',
          message: `namespace ${namespace} is being terminated`,
          field: 'metadata.namespace',
        },
      ],
    },
  });
}
