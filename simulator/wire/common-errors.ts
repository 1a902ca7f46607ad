import type { DialectName } from './dialect.ts';

interface CommonError {
  /** Its code in the query protocol, which older services kept. */
  readonly query: string;
  /** By protocol; `query` is also the status of services whose JSON is compatible with the query protocol. */
  readonly status: Readonly<Record<DialectName, number>>;
}

const error = (query: string, json: number, rest: number, ofQuery: number): CommonError => ({
  query,
  status: { json, rest, query: ofQuery, xml: rest },
});

/**
 * Errors that any service may answer and hardly any model lists, by their name in the JSON protocols. Sources: "Common Errors" of each
 * service's API reference; and what clients print: `UnrecognizedClientException` with 400 from awsJson services (SSM, ECR, DynamoDB) and
 * with 403 from REST ones (EKS); `MalformedInput` with 400 from SNS and CloudFormation. Where nothing is known, the side taken is that all
 * awsJson services answer clients' errors with 400.
 */
export const commonErrors: Readonly<Record<string, CommonError>> = {
  AccessDeniedException: error('AccessDenied', 400, 403, 403),
  ExpiredTokenException: error('ExpiredToken', 400, 403, 403),
  IncompleteSignatureException: error('IncompleteSignature', 400, 400, 400),
  InternalFailure: error('InternalFailure', 500, 500, 500),
  InvalidSignatureException: error('SignatureDoesNotMatch', 400, 403, 403),
  MissingAuthenticationTokenException: error('MissingAuthenticationToken', 400, 403, 403),
  MissingRequiredParameterException: error('MissingParameter', 400, 400, 400),
  NotImplemented: error('NotImplemented', 501, 501, 501),
  RequestEntityTooLargeException: error('RequestEntityTooLarge', 413, 413, 413),
  SerializationException: error('MalformedInput', 400, 400, 400),
  ServiceUnavailableException: error('ServiceUnavailable', 503, 503, 503),
  ThrottlingException: error('Throttling', 400, 429, 400),
  UnknownOperationException: error('InvalidAction', 400, 404, 400),
  UnrecognizedClientException: error('InvalidClientTokenId', 400, 403, 403),
  ValidationException: error('ValidationError', 400, 400, 400),
};
