import { invokeFunction } from '../../iam/requirements/service-work.ts';
import type { Authority, Source } from '../authority.ts';
import { LambdaFunction, type LambdaFunctionOptions, type LambdaHost } from './lambda-function.ts';

/** What becomes of an asynchronous invocation that fails: AWS::Lambda::EventInvokeConfig. */
export interface AsynchronousCalls {
  readonly retries: number;
  readonly maximumAgeSeconds: number;
  readonly onFailure?: string;
}

const DEFAULT_CALLS: AsynchronousCalls = { retries: 2, maximumAgeSeconds: 6 * 3_600 };

export interface FunctionsHost extends LambdaHost {
  readonly authority: Authority;
  readonly schedule: (seconds: number, run: () => Promise<void>) => void;
  /** An invocation that was given up goes to a queue, in the name of the function's role. */
  readonly toDestination: (lambda: LambdaFunctionOptions, destinationArn: string, body: string) => void;
  /** Told of every error that a function threw, whoever invoked it. */
  readonly onError: (lambda: LambdaFunctionOptions, error: Error) => void;
}

/** All Lambda functions, by ARN. */
export class Functions {
  readonly #functions = new Map<string, LambdaFunction>();
  readonly #calls = new Map<string, AsynchronousCalls>();
  readonly #host: FunctionsHost;

  constructor(host: FunctionsHost) {
    this.#host = host;
  }

  add(options: LambdaFunctionOptions): void {
    this.#functions.set(options.arn, new LambdaFunction(options, this.#host));
  }

  configureAsynchronousCalls(functionArn: string, calls: AsynchronousCalls): void {
    this.#calls.set(functionArn, calls);
  }

  all(): readonly LambdaFunction[] {
    return [...this.#functions.values()];
  }

  /** Throws `ResourceNotFoundException` for a function that is not there. */
  get(arn: string): LambdaFunction {
    const found = this.#functions.get(arn);
    if (found !== undefined) return found;
    throw Object.assign(new Error(`Function not found: ${arn}`), { name: 'ResourceNotFoundException' });
  }

  /** Waits for the answer: JSON text in and out. Throws what `LambdaFunction.invoke` throws. */
  async invoke(arn: string, event: string): Promise<string> {
    const lambda = this.get(arn);
    try {
      return await lambda.invoke(event);
    } catch (error) {
      this.#host.onError(lambda.options, error as Error);
      throw error;
    }
  }

  /**
   * Takes the event and answers at once; the function runs soon, again when it fails, and what fails for good goes to its destination. What
   * the caller may not do is thrown: to invoke needs leave as any other access does.
   */
  invokeAsynchronously(
    arn: string,
    event: string,
    leave: { readonly source: Source; readonly roleArn?: string },
  ): void {
    const lambda = this.get(arn);
    const { authority, schedule } = this.#host;
    const { source, roleArn } = leave;
    const where = `${source.service} for ${source.sourceArn}`;
    if (roleArn === undefined) authority.asService(source, invokeFunction(arn), where);
    else authority.inRole(roleArn, source, invokeFunction(arn), where);
    schedule(0, () => this.#attempt(lambda, event, 0, 0));
  }

  /** Ends environments that have been idle for long; to be called now and then. */
  async giveBackIdle(): Promise<void> {
    await Promise.all(this.all().map((lambda) => lambda.giveBackIdle()));
  }

  async close(): Promise<void> {
    await Promise.all(this.all().map((lambda) => lambda.close()));
  }

  async #attempt(lambda: LambdaFunction, event: string, attempt: number, ageSeconds: number): Promise<void> {
    const { arn } = lambda.options;
    const { retries, maximumAgeSeconds, onFailure } = this.#calls.get(arn) ?? DEFAULT_CALLS;
    try {
      await this.invoke(arn, event);
    } catch (error) {
      // A minute before the first repetition, two before the second. Source: facts: serverless.md, asynchronous invocation.
      const seconds = 60 * (attempt + 1);
      if (attempt < retries && ageSeconds + seconds <= maximumAgeSeconds)
        this.#host.schedule(seconds, () => this.#attempt(lambda, event, attempt + 1, ageSeconds + seconds));
      else if (onFailure !== undefined)
        this.#host.toDestination(lambda.options, onFailure, failureRecord(lambda, event, attempt, error as Error));
    }
  }
}

/** What a destination gets. Source: https://docs.aws.amazon.com/lambda/latest/dg/invocation-async-retain-records.html */
function failureRecord({ options }: LambdaFunction, event: string, attempt: number, error: Error): string {
  return JSON.stringify({
    version: '1.0',
    requestContext: { functionArn: options.arn, condition: 'RetriesExhausted', approximateInvokeCount: attempt + 1 },
    requestPayload: JSON.parse(event),
    responsePayload: { errorType: error.name, errorMessage: error.message },
  });
}
