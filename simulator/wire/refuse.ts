import { type AwsCall, AwsFault } from './aws-call.ts';
import type { Dialect } from './dialect.ts';
import type { HttpAnswer } from './http-message.ts';
import { mistypedIn } from './mistyped-in.ts';
import { type Refusal, refusalOf } from './refusal.ts';
import type { ServiceModel } from './service-model.ts';
import type { WireOptions } from './wire-options.ts';

export interface Refused {
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
