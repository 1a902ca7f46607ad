import type { NormalizedSchema } from '@smithy/core/schema';
import { type AwsCall, AwsFault, type ServiceName } from './aws-call.ts';
import type { Dialect, PlainRequest } from './dialect.ts';
import type { HttpAnswer } from './http-message.ts';
import { join } from './json-value.ts';
import { malformed } from './malformed.ts';
import { mistypedIn } from './mistyped-in.ts';
import { refuse } from './refuse.ts';
import type { OperationModel, ServiceModel } from './service-model.ts';
import type { WireOptions } from './wire-options.ts';

interface Addressed extends Pick<AwsCall, 'region' | 'signer' | 'requestId' | 'origin'> {
  readonly plain: PlainRequest;
  readonly service: ServiceModel;
  readonly dialect: Dialect;
  /** As the request names it. */
  readonly operation: string | undefined;
}

/** From the operation's name to its answer. Throws AwsFault for a request that never reaches the service. */
export async function answerCall(addressed: Addressed, options: WireOptions): Promise<HttpAnswer> {
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
