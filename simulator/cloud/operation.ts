import type { AwsCall } from '../wire/aws-call.ts';

/** The information about a call beside its input. */
export interface OperationContext {
  readonly account: string;
  readonly region: string;
  readonly now: Date;
  /** ARN of the caller: a role's session, or a user. */
  readonly principalArn: string;
  readonly call: AwsCall;
}

/** One operation of a service, with the SDK's shapes; it throws `AwsFault` where AWS refuses. */
export type Operation = (input: never, context: OperationContext) => object | Promise<object>;

/** The modelled operations of a service, by AWS's names. */
export type Operations = Readonly<Record<string, Operation>>;
