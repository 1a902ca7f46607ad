import type { HttpAnswer } from '../../wire/wire-options.ts';

/** An execution environment: one function's module, loaded once, with its own variables. */
export interface EnvironmentSetup {
  /** Epoch milliseconds of virtual time in one cell, written by the host. */
  readonly now: SharedArrayBuffer;
  /** `http://127.0.0.1:4566`: requests to it go to the host as messages; by sockets when absent, like all others. */
  readonly origin?: string;
  /** API servers of clusters: requests to them go to the host as messages too; by TLS when absent. */
  readonly kubernetes?: ServersHere;
  /** Path of the bundle's module. */
  readonly module: string;
  /** Name of the exported handler. */
  readonly handler: string;
  readonly variables: Readonly<Record<string, string>>;
}

export interface ServersHere {
  /** `https://127.0.0.1:6443`. */
  readonly origin: string;
  /** PEM; a client that trusts another authority uses TLS, which refuses it. */
  readonly certificateAuthority: string;
}

/** The data with which the thread of an environment starts. */
export interface ThreadSetup extends EnvironmentSetup {
  /** Folder of compiled modules (`NODE_COMPILE_CACHE`); each thread compiles its bundle when absent. */
  readonly compileCache?: string;
}

/** An HTTP request of a function, like `HttpRequest` of the wire; bodies of text stay text. */
export interface WorkerRequest {
  readonly method: string;
  /** Path and query; the whole address for a request to an API server. */
  readonly target: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string | Uint8Array;
}

/** The function's information about its invocation beside the event. */
export interface InvocationContext {
  readonly awsRequestId: string;
  readonly functionName: string;
  readonly functionVersion: string;
  readonly invokedFunctionArn: string;
  readonly memoryLimitInMB: string;
  readonly logGroupName: string;
  readonly logStreamName: string;
  /** Epoch milliseconds of virtual time. */
  readonly deadline: number;
}

export type ToRuntime =
  | { readonly type: 'invoke'; readonly event: string; readonly context: InvocationContext }
  /** Virtual time has reached the end of a sleep. */
  | { readonly type: 'awake' }
  /** The answer to the request of this number; absent when the host failed, which breaks the connection. */
  | { readonly type: 'answer'; readonly id: number; readonly answer?: HttpAnswer | undefined };

/** An error in Lambda's form: `{"errorType", "errorMessage", "trace"}`. */
export interface FunctionError {
  readonly errorType: string;
  readonly errorMessage: string;
  readonly trace: readonly string[];
}

export type FromRuntime =
  | { readonly type: 'returned'; readonly payload: string }
  | { readonly type: 'failed'; readonly error: FunctionError }
  /** It could not be loaded, or had an uncaught exception, so its process ends. */
  | { readonly type: 'died'; readonly error: FunctionError }
  | { readonly type: 'request'; readonly id: number; readonly request: WorkerRequest }
  /** Text from its standard output or error. */
  | { readonly type: 'wrote'; readonly text: string }
  /** The function only sleeps, at least until then, in epoch milliseconds of virtual time. */
  | { readonly type: 'sleeping'; readonly until: number };
