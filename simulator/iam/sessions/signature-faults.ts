import { AwsFault, type ServiceName } from '../../wire/aws-call.ts';

/** What may be wrong with the credentials of a request. */
export type CredentialProblem = 'missing' | 'unknown' | 'expired';

const TEXTS: Readonly<Record<CredentialProblem, string>> = {
  missing: 'Missing Authentication Token',
  unknown: 'The security token included in the request is invalid.',
  expired: 'The security token included in the request is expired',
};
const QUERY_NAMES: Readonly<Record<CredentialProblem, string>> = {
  missing: 'MissingAuthenticationToken',
  unknown: 'InvalidClientTokenId',
  expired: 'ExpiredToken',
};
const JSON_NAMES: Readonly<Record<CredentialProblem, string>> = {
  missing: 'MissingAuthenticationTokenException',
  unknown: 'UnrecognizedClientException',
  expired: 'ExpiredTokenException',
};
/** Services of the query protocol, and those that kept its codes when they left it. */
const QUERY_CODES: ReadonlySet<ServiceName> = new Set(['monitoring', 's3', 'sns', 'sqs', 'sts']);
const REST: ReadonlySet<ServiceName> = new Set(['eks', 'scheduler']);

/** How a service refuses credentials. */
export function credentialFault(problem: CredentialProblem, service: ServiceName): AwsFault {
  const isQuery = QUERY_CODES.has(service);
  const name = (isQuery ? QUERY_NAMES : JSON_NAMES)[problem];
  return new AwsFault(name, TEXTS[problem], { status: isQuery || REST.has(service) ? 403 : 400 });
}
