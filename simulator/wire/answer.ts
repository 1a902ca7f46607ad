import { randomUUID } from 'node:crypto';
import { promisify } from 'node:util';
import { gunzip } from 'node:zlib';
import type { NormalizedSchema } from '@smithy/core/schema';
import { authenticate } from './authenticate.ts';
import { type AwsCall, AwsFault, SERVICE_NAMES, type ServiceName } from './aws-call.ts';
import type { Dialect, PlainRequest } from './dialect.ts';
import { json } from './dialect-json.ts';
import { query } from './dialect-query.ts';
import { operationAt, rest, xml } from './dialect-rest.ts';
import { join } from './json-value.ts';
import { mistypedIn } from './mistyped-in.ts';
import { parseQuery, splitTarget } from './query-string.ts';
import { type Refusal, refusalOf } from './refusal.ts';
import { type DialectName, loadService, type OperationModel, type ServiceModel } from './service-model.ts';
import { readSignature, type Signature } from './signature.ts';
import { BODY_LIMIT, type HttpAnswer, type HttpRequest, type WireOptions } from './wire-options.ts';

interface Addressed extends Pick<AwsCall, 'region' | 'signer' | 'requestId' | 'origin'> {
  readonly plain: PlainRequest;
  readonly service: ServiceModel;
  readonly dialect: Dialect;
  /** As the request names it. */
  readonly operation: string | undefined;
}

/** From the operation's name to its answer. Throws AwsFault for a request that never reaches the service. */
async function answerCall(addressed: Addressed, options: WireOptions): Promise<HttpAnswer> {
  const { plain, service, dialect, region, signer, requestId, origin } = addressed;
  const operation = operationOf(addressed, options);
  const input = inputOf(plain, operation, service, dialect);
  const call: AwsCall = {
    service: service.name,
    operation: operation.name,
    input,
    region,
    requestId,
    origin,
    ...(signer !== undefined && { signer }),
  };
  try {
    const output = await options.serve(call);
    const mistyped = mistypedIn(operation.output, output);
    if (mistyped !== undefined)
      throw new TypeError(`${mistyped} of ${operation.name} is not of the type in AWS's model`);
    return dialect.writeOutput(output, operation, service, requestId);
  } catch (error) {
    return refuse(error, { dialect, requestId, options }, service, call);
  }
}

function operationOf({ service, dialect, operation: name }: Addressed, options: WireOptions): OperationModel {
  if (name === undefined && dialect.name === 'query') {
    throw new AwsFault('MissingAction', 'The request must contain the parameter Action.', { status: 400 });
  }
  const model = service.dialects.includes(dialect.name) ? service.operations.get(name ?? '') : undefined;
  if (model === undefined) {
    throw new AwsFault('UnknownOperationException', `${service.name} has no operation ${name ?? 'without a name'}`);
  }
  if (!options.services[service.name]?.includes(model.name)) {
    options.onUnmodelled(service.name, model.name);
    throw new AwsFault('NotImplemented', `${service.name} ${model.name} is not modelled by this server`);
  }
  return model;
}

function inputOf(plain: PlainRequest, operation: OperationModel, service: ServiceModel, dialect: Dialect): object {
  const input = malformed(() => dialect.readInput(plain, operation));
  const missing = missingIn(operation.input, input);
  if (missing !== undefined) throw missingMember[service.name](missing);
  return input;
}

/** The path of the first required member that an input lacks, at any depth: `subnets.1.id`. The input's types are right already. */
function missingIn(schema: NormalizedSchema, value: unknown, path = ''): string | undefined {
  if (schema.isStructSchema()) return missingInStructure(schema, value as Readonly<Record<string, unknown>>, path);
  if (!schema.isListSchema() && !schema.isMapSchema()) return undefined;
  const member = schema.getValueSchema();
  for (const [key, item] of Object.entries(value as object)) {
    if (item == null) continue;
    const missing = missingIn(member, item, join(path, Array.isArray(value) ? String(Number(key) + 1) : key));
    if (missing !== undefined) return missing;
  }
  return undefined;
}

function missingInStructure(
  schema: NormalizedSchema,
  value: Readonly<Record<string, unknown>>,
  path: string,
): string | undefined {
  let required = requiredCount(schema);
  for (const [name, member] of schema.structIterator()) {
    const item = value[name];
    if (item === undefined && required > 0) return join(path, name);
    required--;
    const missing = item === undefined ? undefined : missingIn(member, item, join(path, name));
    if (missing !== undefined) return missing;
  }
  return undefined;
}

/** Required members come first in the SDK's schemas, and the seventh field is their number. */
function requiredCount(schema: NormalizedSchema): number {
  const tuple: unknown = schema.getSchema();
  return Array.isArray(tuple) && typeof tuple[6] === 'number' ? tuple[6] : 0;
}

const notNull = (member: string) =>
  `1 validation error detected: Value null at '${member}' failed to satisfy constraint: Member must not be null`;

type MissingMember = (member: string) => AwsFault;

const validation: MissingMember = (member) => new AwsFault('ValidationException', notNull(member));

/**
 * How each service refuses a request without a required member. EKS: `InvalidParameterException` 400 with "KeyArn is required",
 * "desiredSize is required" (aws-controllers-k8s/community#1175, aws/aws-k8s-tester#168). SQS: `MissingParameter` with "The request must
 * contain the parameter …" (aws-controllers-k8s/community#2139); the shape behind that code is in no model, its name is LocalStack's.
 * Organizations: its API reference lists the reason INPUT_REQUIRED. SNS: "Invalid parameter: …". The others: the check that AWS's own
 * framework makes, under the name that the service's API reference lists for it. All but EKS and SQS are a judgement, not observed.
 */
const missingMember: Readonly<Record<ServiceName, MissingMember>> = {
  aps: validation,
  backup: (member) => new AwsFault('MissingParameterValueException', notNull(member), { status: 400 }),
  dynamodb: validation,
  ec2: (member) =>
    new AwsFault('MissingParameter', `The request must contain the parameter ${member}`, { status: 400 }),
  eks: (member) => new AwsFault('InvalidParameterException', `${member} is required`),
  events: validation,
  iam: validation,
  kms: validation,
  lambda: (member) => new AwsFault('InvalidParameterValueException', notNull(member), { status: 400 }),
  logs: (member) => new AwsFault('InvalidParameterException', notNull(member)),
  monitoring: (member) => new AwsFault('MissingRequiredParameterException', `The parameter ${member} is required.`),
  organizations: (member) =>
    new AwsFault('InvalidInputException', `You must include a value for the required parameter ${member}.`, {
      fields: { Reason: 'INPUT_REQUIRED' },
    }),
  s3: (member) => new AwsFault('InvalidRequest', `Missing required parameter ${member}`, { status: 400 }),
  scheduler: validation,
  secretsmanager: (member) => new AwsFault('InvalidParameterException', `You must provide a value for ${member}.`),
  servicequotas: validation,
  sns: (member) =>
    new AwsFault('InvalidParameterException', `Invalid parameter: ${member} Reason: no value for required parameter`),
  sqs: (member) =>
    new AwsFault('MissingRequiredParameterException', `The request must contain the parameter ${member}.`),
  ssm: validation,
  states: validation,
  sts: validation,
};

/** The Region of unsigned requests, which name none. */
const UNSIGNED_REGION = 'us-east-1';

/** The protocol is chosen by the form of a request, not by its service, because the SDK and older CLIs use different ones for SQS and CloudWatch. */
function dialectOf({ headers, query }: Pick<PlainRequest, 'headers' | 'query'>): DialectName {
  if (/\/s3\/aws4_request/.test(headers.authorization ?? '')) return 'xml';
  if (headers['x-amz-target'] !== undefined) return 'json';
  const isForm = headers['content-type']?.startsWith('application/x-www-form-urlencoded') ?? false;
  return isForm || /(?:^|&)Action=/.test(query) ? 'query' : 'rest';
}

/**
 * The service of a request: the one in its signature; for an unsigned request the one with its target prefix, API version or path. Undefined for a
 * service that is not here. @param listed services to look at for unsigned paths, with the operations that they have
 */
async function serviceOf(
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

const dialects: Readonly<Record<DialectName, Dialect>> = { json, query, rest, xml };

export const dialectFor = ({ headers, target }: Pick<HttpRequest, 'headers' | 'target'>): Dialect =>
  dialects[dialectOf({ headers, ...splitTarget(target) })];

interface Received extends Refused {
  readonly request: HttpRequest;
  readonly origin: string;
}

/** Answers one request in its own protocol, errors too. */
export async function answer(request: HttpRequest, origin: string, options: WireOptions): Promise<HttpAnswer> {
  const received = { request, origin, options, requestId: randomUUID(), dialect: dialectFor(request) };
  try {
    const signature = readSignature(request);
    if (signature !== undefined && !isHere(signature.scope.service, options)) {
      return await answerElsewhere(received, signature.scope.service);
    }
    const plain = await plainRequest(request, options.bodyLimit ?? BODY_LIMIT);
    const service = await serviceOf(plain, received.dialect.name, signature, options.services);
    return isHere(service, options)
      ? await answerService(received, plain, signature, service)
      : await answerElsewhere(received, service);
  } catch (error) {
    return refuse(error, received);
  }
}

const isHere = (name: string | undefined, { services, passThrough }: WireOptions): name is ServiceName =>
  name !== undefined && (Object.hasOwn(services, name) || Object.hasOwn(passThrough ?? {}, name));

async function answerService(
  received: Received,
  plain: PlainRequest,
  signature: Signature | undefined,
  name: ServiceName,
): Promise<HttpAnswer> {
  const { request, origin, options, requestId, dialect } = received;
  const passThrough = options.passThrough?.[name];
  let service: ServiceModel | undefined;
  try {
    if (passThrough === undefined) service = await loadService(name);
    const operation = malformed(() => dialect.operationName(plain, service));
    const signer = await authenticate(request, signature, operation, options.secretOf);
    const region = signature?.scope.region ?? UNSIGNED_REGION;
    const context = { region, requestId, origin, ...(signer !== undefined && { signer }) };
    if (service !== undefined) return await answerCall({ ...context, plain, service, dialect, operation }, options);
    return await (passThrough as NonNullable<typeof passThrough>)(request, {
      ...context,
      ...(operation !== undefined && { operation }),
    });
  } catch (error) {
    return refuse(error, received, service);
  }
}

/** Answers requests for services that are not here, and requests for none. */
async function answerElsewhere(
  { request, options, dialect }: Received,
  service: string | undefined,
): Promise<HttpAnswer> {
  const answered = await options.other?.(request);
  if (answered !== undefined) return answered;
  const { headers, method, target, body } = request;
  const { path } = splitTarget(target);
  if (service === undefined) {
    throw new AwsFault('UnknownOperationException', `No service here has ${method} ${path}`, { status: 404 });
  }
  const plain = { headers, method, body: body.toString('utf8'), ...splitTarget(target) };
  const operation = malformed(() => dialect.operationName(plain, undefined)) ?? `${method} ${path}`;
  options.onUnmodelled(service, operation);
  throw new AwsFault('NotImplemented', `${service} is not a service of this server (asked for ${operation})`);
}

interface Refused {
  readonly dialect: Dialect;
  readonly requestId: string;
  readonly options: WireOptions;
}

/** The answer to an exception: AWS's error for it, or 500 after a call of `onFailure`. */
export function refuse(
  error: unknown,
  { dialect, requestId, options }: Refused,
  service?: ServiceModel,
  call?: AwsCall,
): HttpAnswer {
  const refusal = refusalOf(error, service, dialect.name);
  try {
    if (refusal !== undefined) return dialect.writeRefusal(checked(refusal), service, requestId);
    options.onFailure(error, call);
  } catch (unwritable) {
    options.onFailure(unwritable, call);
  }
  return dialect.writeRefusal(internalFailure(dialect), service, requestId);
}

function checked(refusal: Refusal): Refusal {
  const { schema, fields } = refusal;
  const mistyped = schema === undefined ? undefined : mistypedIn(schema, fields, refusal.name);
  if (mistyped !== undefined) throw new TypeError(`${mistyped} is not of the type in AWS's model`);
  return refusal;
}

function internalFailure(dialect: Dialect): Refusal {
  const fault = new AwsFault('InternalFailure', 'The local service failed; its log says why.');
  return refusalOf(fault, undefined, dialect.name) as Refusal;
}

const unzip = promisify(gunzip);

/** Undoes `content-encoding: gzip`, which the SDK uses for large PutMetricData. Throws faults for broken and for oversized bodies. */
async function plainRequest({ method, target, headers, body }: HttpRequest, limit: number): Promise<PlainRequest> {
  const encoding = headers['content-encoding']?.trim().toLowerCase() ?? 'identity';
  const plain = encoding === 'identity' || body.length === 0 ? body : await decode(body, encoding, limit);
  return { method, headers, body: plain.toString('utf8'), ...splitTarget(target) };
}

async function decode(body: Buffer, encoding: string, limit: number): Promise<Buffer> {
  if (encoding !== 'gzip')
    throw new AwsFault('SerializationException', `content-encoding ${encoding} is not supported`);
  try {
    return await unzip(body, { maxOutputLength: limit });
  } catch (error) {
    if ((error as { code?: unknown }).code === 'ERR_BUFFER_TOO_LARGE') throw tooLarge(limit);
    throw new AwsFault('SerializationException', 'the body is not what content-encoding says');
  }
}

export const tooLarge = (limit: number): AwsFault =>
  new AwsFault('RequestEntityTooLargeException', `The request body is longer than ${limit} bytes`);

/** An exception while a request is read means that the request is malformed: a broken escape, bad JSON, text for a number. */
function malformed<T>(read: () => T): T {
  try {
    return read();
  } catch (error) {
    throw faultOf(error);
  }
}

const faultOf = (error: unknown): AwsFault =>
  error instanceof AwsFault
    ? error
    : new AwsFault('SerializationException', error instanceof Error ? error.message : String(error));
