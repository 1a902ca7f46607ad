import type { Refusal } from './refusal.ts';
import type { DialectName, OperationModel, ServiceModel } from './service-model.ts';
import type { HttpAnswer, HttpRequest } from './wire-options.ts';

/** A request with the body that its operation wrote, without `content-encoding`. */
export interface PlainRequest extends Omit<HttpRequest, 'target' | 'body'> {
  /** Undecoded: `%2F` in a label is not a slash. */
  readonly path: string;
  /** Without the question mark, undecoded. */
  readonly query: string;
  readonly body: string;
}

/** One protocol: both directions of the server's side. Whatever `readInput` throws means that the request is malformed. */
export interface Dialect {
  readonly name: DialectName;
  /** The operation's name in the request, for messages too when there is no such operation; undefined when it names none. */
  operationName(request: PlainRequest, service: ServiceModel | undefined): string | undefined;
  readInput(request: PlainRequest, operation: OperationModel): object;
  writeOutput(output: object, operation: OperationModel, service: ServiceModel, requestId: string): HttpAnswer;
  /** It needs no service, because some requests reach none. */
  writeRefusal(refusal: Refusal, service: ServiceModel | undefined, requestId: string): HttpAnswer;
}
