/** What a worker is started with. */
export interface WorkerSetup {
  /** Path of the bundle's module. */
  readonly module: string;
  /** Name of the exported handler. */
  readonly handler: string;
  /** Epoch milliseconds of virtual time in one cell, written by the host. */
  readonly now: SharedArrayBuffer;
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

export type ToWorker =
  | { readonly type: 'invoke'; readonly event: string; readonly context: InvocationContext }
  /** Virtual time has come to where a sleep is over. */
  | { readonly type: 'awake' };

/** An error as Lambda answers it: `{"errorType", "errorMessage", "trace"}`. */
export interface FunctionError {
  readonly errorType: string;
  readonly errorMessage: string;
  readonly trace: readonly string[];
}

export type FromWorker =
  | { readonly type: 'returned'; readonly payload: string }
  | { readonly type: 'failed'; readonly error: FunctionError }
  /** It could not be loaded, or threw where nothing catches: the worker ends. */
  | { readonly type: 'died'; readonly error: FunctionError }
  /** The function does nothing but sleep, at the shortest until then, in epoch milliseconds of virtual time. */
  | { readonly type: 'sleeping'; readonly until: number };
