import type { AwsCall } from '../wire/aws-call.ts';

/** What a service knows of a call beside its input. */
export interface OperationContext {
  readonly account: string;
  readonly region: string;
  readonly now: Date;
  /** ARN of who calls: a role's session, or a user. */
  readonly principalArn: string;
  readonly call: AwsCall;
}

/** One operation of a service: the SDK's shapes in and out, `AwsFault` for what AWS refuses. */
export type Operation = (input: never, context: OperationContext) => object | Promise<object>;

/** The operations of a service that are modelled, by AWS's names. */
export type Operations = Readonly<Record<string, Operation>>;
