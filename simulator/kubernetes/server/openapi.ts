import { createHash } from 'node:crypto';
import { apiVersionOf, type ResourceType } from '../resource-types.ts';
import { resourceTypes } from '../served-types.ts';
import { type Answer, type Call, json } from './call.ts';

const parametersOfWrites = ['dryRun', 'fieldManager', 'fieldValidation'];

/**
 * `/openapi/v3` and its documents, as far as clients need them to find the requests with `dryRun` and `fieldValidation`. Objects have no schemas.
 * Undefined for any other path, `/openapi/v2` among them.
 */
export function openapi({ path, gitVersion, cluster }: Call): Answer | undefined {
  const served = resourceTypes(cluster);
  const groupVersions = [...new Set(served.map(apiVersionOf))];
  if (path === '/openapi/v3') {
    const hash = createHash('sha256').update(gitVersion).digest('hex').toUpperCase();
    const paths = groupVersions.map((each) => [
      rootOf(each),
      { serverRelativeURL: `/openapi/v3/${rootOf(each)}?hash=${hash}` },
    ]);
    return json(200, { paths: Object.fromEntries(paths) });
  }
  const wanted = groupVersions.find((each) => path === `/openapi/v3/${rootOf(each)}`);
  if (wanted === undefined) return undefined;
  const types = served.filter((type) => apiVersionOf(type) === wanted);
  return json(200, {
    openapi: '3.0.0',
    info: { title: 'Kubernetes', version: gitVersion },
    paths: Object.fromEntries(types.flatMap((type) => pathsOf(wanted, type))),
    components: { schemas: Object.fromEntries(types.map((type) => [type.kind, schemaOf(type)])) },
  });
}

const rootOf = (apiVersion: string): string => (apiVersion.includes('/') ? `apis/${apiVersion}` : `api/${apiVersion}`);

function pathsOf(apiVersion: string, type: ResourceType): [string, object][] {
  const collection = `/${rootOf(apiVersion)}/${type.namespaced ? 'namespaces/{namespace}/' : ''}${type.resource}`;
  const operation = (action: string, parameters: readonly string[] = []) => ({
    'x-kubernetes-action': action,
    'x-kubernetes-group-version-kind': { group: type.group, version: type.version, kind: type.kind },
    parameters: parameters.map((name) => ({ name, in: 'query', schema: { type: 'string', uniqueItems: true } })),
    responses: { 200: { description: 'OK' } },
  });
  return [
    [collection, { get: operation('list'), post: operation('post', parametersOfWrites) }],
    [`${collection}/{name}`, { get: operation('get'), patch: operation('patch', parametersOfWrites) }],
  ];
}

const schemaOf = ({ group, version, kind }: ResourceType) => ({
  type: 'object',
  'x-kubernetes-group-version-kind': [{ group, version, kind }],
});
