import { SERVICE_NAMES, type ServiceName } from './aws-call.ts';
import type { DialectName, PlainRequest } from './dialect.ts';
import { operationAt } from './dialect-rest.ts';
import { parseQuery } from './query-string.ts';
import { loadService } from './service-model.ts';
import type { Signature } from './signature.ts';

/** Region of requests that nobody signed: they name none. */
export const UNSIGNED_REGION = 'us-east-1';

/** By how a request looks, not by its service: the SDK and older CLIs speak to SQS and CloudWatch differently. */
export function dialectOf({ headers, query }: Pick<PlainRequest, 'headers' | 'query'>): DialectName {
  if (/\/s3\/aws4_request/.test(headers.authorization ?? '')) return 'xml';
  if (headers['x-amz-target'] !== undefined) return 'json';
  const isForm = headers['content-type']?.startsWith('application/x-www-form-urlencoded') ?? false;
  return isForm || /(?:^|&)Action=/.test(query) ? 'query' : 'rest';
}

/**
 * The service that a request is for: the one it is signed for; unsigned, the one whose target prefix, API version or path it carries.
 * Undefined when that is none of AWS's here.
 * @param listed services to look at for unsigned paths, with the operations that they have
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
