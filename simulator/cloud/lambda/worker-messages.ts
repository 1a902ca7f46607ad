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
  | { readonly type: 'awake'; readonly sleep: number };

/** An error as Lambda answers it: `{"errorType", "errorMessage", "trace"}`. */
export interface FunctionError {
  readonly errorType: string;
  readonly errorMessage: string;
  readonly trace: readonly string[];
}

export type FromWorker =
  | { readonly type: 'returned'; readonly payload: string }
  | { readonly type: 'failed'; readonly error: FunctionError }
  | { readonly type: 'sleeping'; readonly sleep: number; readonly milliseconds: number };
