import type { NormalizedSchema } from '@smithy/core/schema';
import { AwsFault } from './aws-call.ts';
import type { DialectName, ServiceModel } from './service-model.ts';

/** An error in the form of a protocol. */
export interface Refusal {
  /** The name of its shape: the code in the JSON protocols. */
  readonly name: string;
  readonly queryCode: string;
  readonly status: number;
  readonly message: string;
  readonly fields: Readonly<Record<string, unknown>>;
  /** Absent for errors outside the service's model. */
  readonly schema?: NormalizedSchema;
}

interface Thrown {
  readonly name: string;
  readonly message: string;
  readonly fields: Readonly<Record<string, unknown>>;
  readonly status: number | undefined;
}

/**
 * The refusal for an exception: an `AwsFault`, or an error with `$metadata.httpStatusCode` as the SDK throws them. Undefined for everything else, and
 * for a fault without status that is neither in the model nor among AWS's common errors: those are mistakes of the service, not answers of AWS.
 */
export function refusalOf(
  thrown: unknown,
  service: ServiceModel | undefined,
  dialect: DialectName,
): Refusal | undefined {
  const fault = faultOf(thrown);
  if (fault === undefined) return undefined;
  const { name, message, fields } = fault;
  const schema = service?.errors.get(modelledName(name, service));
  if (schema !== undefined) {
    const { awsQueryError, httpError, error } = schema.getMergedTraits();
    const [queryCode, queryStatus] = (awsQueryError as [string, number] | undefined) ?? [schema.getName() ?? name];
    const status = fault.status ?? queryStatus ?? (httpError as number | undefined) ?? (error === 'server' ? 500 : 400);
    return { name: schema.getName() ?? name, queryCode, status, message, fields, schema };
  }
  const common = commonErrors[name];
  const status = fault.status ?? common?.status[service?.queryCompatible ? 'query' : dialect];
  return status === undefined ? undefined : { name, queryCode: common?.query ?? name, status, message, fields };
}

/** SNS has a shape of its own for this common error. */
const modelledName = (name: string, service: ServiceModel) =>
  service.name === 'sns' && name === 'AccessDeniedException' ? 'AuthorizationErrorException' : name;

function faultOf(thrown: unknown): Thrown | undefined {
  if (thrown instanceof AwsFault) return thrown;
  if (!(thrown instanceof Error)) return undefined;
  const { name, message, stack: _, ...rest } = thrown as Error & { $metadata?: { httpStatusCode?: number } };
  const status = rest.$metadata?.httpStatusCode;
  if (status === undefined) return undefined;
  const fields = Object.fromEntries(Object.entries(rest).filter(([key]) => !key.startsWith('$')));
  return { name: thrown.name, message: thrown.message, fields, status };
}

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
const commonErrors: Readonly<Record<string, CommonError>> = {
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
