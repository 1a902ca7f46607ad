import type * as Sdk from '@aws-sdk/client-eks';
import type { OperationContext } from '../operation-context.ts';

/** The SDK's command of an operation, reduced to its input and output. */
type CommandOf<Name extends string> =
  InstanceType<(typeof Sdk)[`${Name}Command` & keyof typeof Sdk]> extends {
    readonly input: infer Input;
    resolveMiddleware(...given: never[]): (...given: never[]) => Promise<{ readonly output: infer Output }>;
  }
    ? { readonly input: Input; readonly output: Omit<Output, '$metadata'> }
    : never;

/** Operations by the API's names, each with the SDK's own input and output. */
export type EksOperations<Names extends string> = {
  readonly [Name in Names]: (context: OperationContext, input: CommandOf<Name>['input']) => CommandOf<Name>['output'];
};
