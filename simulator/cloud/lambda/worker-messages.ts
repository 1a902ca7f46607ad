import type { HttpAnswer } from '../../wire/http-message.ts';

/** An execution environment: one function's module, loaded once, with variables of its own. */
export interface EnvironmentSetup {
  /** Epoch milliseconds of virtual time in one cell, written by the host. */
  readonly now: SharedArrayBuffer;
  /** `http://127.0.0.1:4566`: requests to it go to the host as messages; absent = by sockets, as all others do. */
  readonly origin?: string;
  /** API servers of clusters: what is asked of them goes to the host as messages too; absent = by TLS. */
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
  /** PEM: whoever trusts anything else finds out by TLS. */
  readonly certificateAuthority: string;
}

/** What a thread of an environment is started with. */
export interface ThreadSetup extends EnvironmentSetup {
  /** Folder of compiled modules (`NODE_COMPILE_CACHE`); absent = each thread compiles its bundle. */
  readonly compileCache?: string;
}

/** An HTTP request of a function, as `HttpRequest` of the wire; bodies that are text stay text. */
export interface WorkerRequest {
  readonly method: string;
  /** Path and query; of a request to an API server the whole address. */
  readonly target: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string | Uint8Array;
}

/** What the function is told about its invocation beside the event. */
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
  /** Virtual time has come to where a sleep is over. */
  | { readonly type: 'awake' }
  /** The answer to the request of this number; absent where the host failed: the connection broke. */
  | { readonly type: 'answer'; readonly id: number; readonly answer?: HttpAnswer | undefined };

/** An error as Lambda answers it: `{"errorType", "errorMessage", "trace"}`. */
export interface FunctionError {
  readonly errorType: string;
  readonly errorMessage: string;
  readonly trace: readonly string[];
}

export type FromRuntime =
  | { readonly type: 'returned'; readonly payload: string }
  | { readonly type: 'failed'; readonly error: FunctionError }
  /** It could not be loaded, or threw where nothing catches: its process ends. */
  | { readonly type: 'died'; readonly error: FunctionError }
  | { readonly type: 'request'; readonly id: number; readonly request: WorkerRequest }
  /** Text that it wrote to its standard output or error. */
  | { readonly type: 'wrote'; readonly text: string }
  /** The function does nothing but sleep, at the shortest until then, in epoch milliseconds of virtual time. */
  | { readonly type: 'sleeping'; readonly until: number };
