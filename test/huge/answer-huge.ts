import { qualifiedName, type ResourceType } from '../../simulator/kubernetes/resource-types.ts';
import { type Answer, json, plainText } from '../../simulator/kubernetes/server/call.ts';
import { withWarning } from '../../simulator/kubernetes/server/deprecated-requests.ts';
import { discoveryOf, groupsOf } from '../../simulator/kubernetes/server/discovery.ts';
import { representation } from '../../simulator/kubernetes/server/media-type.ts';
import { badRequest, methodNotAllowed, notFound, unknownResource } from '../../simulator/kubernetes/server/refusals.ts';
import { requestInfo } from '../../simulator/kubernetes/server/request-info.ts';
import type { HugeCluster, HugeResource } from './huge-cluster.ts';
import { hugeMetrics } from './huge-metrics.ts';
import { type Form, nameOf, objectWriter, type WriteObject } from './object-writer.ts';
import { writePage } from './write-page.ts';

export interface HugeRequest {
  readonly method: string;
  readonly path: string;
  readonly query: URLSearchParams;
  readonly headers: Readonly<Record<string, string | undefined>>;
}

/** An answer whose body is bytes already. */
export interface HugeAnswer extends Omit<Answer, 'body'> {
  readonly body: string | Buffer;
}

/** Answers GETs to a huge cluster. Selectors match nothing, watches are not served. @throws StatusError */
export function hugeAnswers(cluster: HugeCluster): (request: HugeRequest) => HugeAnswer {
  const groups = groupsOf(cluster.types);
  const metrics = hugeMetrics([...cluster.resources.values()].map(({ type }) => qualifiedName(type)));
  const writers = new Map<string, WriteObject>();
  const writer = (resource: HugeResource, type: ResourceType, form: Form): WriteObject => {
    const key = `${type.storage}@${type.version}/${form}`;
    const found = writers.get(key) ?? objectWriter(resource, type, form);
    writers.set(key, found);
    return found;
  };

  return (request) => {
    const { method, path, query, headers } = request;
    if (method !== 'GET') throw methodNotAllowed();
    const info = requestInfo(method, path, query);
    if (info.kind === 'path') {
      if (path === '/version') return json(200, versionOf(cluster));
      if (path === '/metrics') return plainText(200, metrics);
      if (['/healthz', '/livez', '/readyz'].includes(path)) return plainText(200, 'ok');
      return discoveryOf(request, groups, { aggregated: true }) ?? plainText(404, '404 page not found\n');
    }
    const { group, resource, subresource, namespace, name, verb } = info.attributes;
    const type = cluster.types.find(
      (each) => each.resource === resource && each.version === info.version && each.group === group,
    );
    const kept = type === undefined ? undefined : cluster.resources.get(type.storage);
    if (type === undefined || kept === undefined || subresource !== undefined) throw unknownResource();
    if (verb === 'watch') throw methodNotAllowed('watches of a huge cluster');
    if (name !== undefined) return withWarning(one(kept, type, writer(kept, type, 'named'), name), type);
    const metadataOnly = representation(headers.accept).as === 'PartialObjectMetadata';
    const selective = (query.get('labelSelector') ?? '') !== '' || (query.get('fieldSelector') ?? '') !== '';
    const body = writePage(type, selective ? 0 : kept.count, writer(kept, type, metadataOnly ? 'metadata' : 'object'), {
      limit: limitOf(query),
      continueToken: query.get('continue') ?? '',
      namespace,
      metadataOnly,
    });
    return withWarning({ status: 200, headers: { 'content-type': 'application/json' }, body }, type);
  };
}

function one({ count }: HugeResource, type: ResourceType, write: WriteObject, name: string): HugeAnswer {
  const index = type.kind === 'CustomResourceDefinition' ? 0 : Number(/-(\d{7,})$/.exec(name)?.[1] ?? Number.NaN);
  const isThere = index < count && (type.kind === 'CustomResourceDefinition' || nameOf(type, index) === name);
  if (!isThere) throw notFound(type, name);
  return { status: 200, headers: { 'content-type': 'application/json' }, body: `${write(index)}\n` };
}

function limitOf(query: URLSearchParams): number {
  const limit = Number(query.get('limit') ?? 0);
  if (Number.isInteger(limit) && limit >= 0) return limit;
  throw badRequest(`limit: Invalid value: "${query.get('limit')}": must be greater than or equal to 0`);
}

function versionOf({ minor }: HugeCluster): object {
  const [major, number] = minor.split('.');
  const gitVersion = `v${minor}.5-eks-113cf36`;
  return { major, minor: `${number}+`, gitVersion, gitTreeState: 'clean', platform: 'linux/amd64' };
}
