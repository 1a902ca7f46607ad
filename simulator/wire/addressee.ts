import { SERVICE_NAMES, type ServiceName } from './aws-call.ts';
import type { DialectName, PlainRequest } from './dialect.ts';
import { operationAt } from './dialect-rest.ts';
import { parseQuery } from './query-string.ts';
import { loadService } from './service-model.ts';
import type { Signature } from './signature.ts';

/** The Region of unsigned requests, which name none. */
export const UNSIGNED_REGION = 'us-east-1';

/** The protocol is chosen by the form of a request, not by its service, because the SDK and older CLIs use different ones for SQS and CloudWatch. */
export function dialectOf({ headers, query }: Pick<PlainRequest, 'headers' | 'query'>): DialectName {
  if (/\/s3\/aws4_request/.test(headers.authorization ?? '')) return 'xml';
  if (headers['x-amz-target'] !== undefined) return 'json';
  const isForm = headers['content-type']?.startsWith('application/x-www-form-urlencoded') ?? false;
  return isForm || /(?:^|&)Action=/.test(query) ? 'query' : 'rest';
}

/**
 * The service of a request: the one in its signature; for an unsigned request the one with its target prefix, API version or path. Undefined for a
 * service that is not here. @param listed services to look at for unsigned paths, with the operations that they have
 */
export async function serviceOf(
  request: PlainRequest,
  dialect: DialectName,
  signature: Signature | undefined,
  listed: Readonly<Partial<Record<ServiceName, readonly string[]>>>,
): Promise<string | undefined> {
  if (signature !== undefined) return signature.scope.service;
  const target = request.headers['x-amz-target'] ?? '';
  for (const name of SERVICE_NAMES) {
    const service = await loadService(name);
    if (!service.dialects.includes(dialect)) continue;
    if (dialect === 'json' && target.startsWith(`${service.target}.`)) return name;
    if (dialect === 'query' && service.version === versionOf(request)) return name;
    const found = dialect === 'rest' ? operationAt(service, request.method, request.path) : undefined;
    if (found !== undefined && listed[name]?.includes(found.name)) return name;
  }
  return undefined;
}

function versionOf({ body, query }: PlainRequest): string | undefined {
  try {
    return parseQuery(body === '' ? query : body).get('Version')?.[0];
  } catch {
    return undefined;
  }
}
