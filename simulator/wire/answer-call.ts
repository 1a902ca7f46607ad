import { type AwsCall, AwsFault, type Signer } from './aws-call.ts';
import type { Dialect, PlainRequest } from './dialect.ts';
import type { HttpAnswer } from './http-message.ts';
import { malformed } from './malformed.ts';
import { missingIn } from './missing-in.ts';
import { missingMember } from './missing-member.ts';
import { mistypedIn } from './mistyped-in.ts';
import { refuse } from './refuse.ts';
import type { OperationModel, ServiceModel } from './service-model.ts';
import type { WireOptions } from './wire-options.ts';

interface Addressed {
  readonly plain: PlainRequest;
  readonly service: ServiceModel;
  readonly dialect: Dialect;
  /** As the request names it. */
  readonly operation: string | undefined;
  readonly region: string;
  readonly signer?: Signer;
  readonly requestId: string;
  readonly origin: string;
}

/** From the operation's name to its answer. Throws AwsFault for what never reaches the service. */
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
