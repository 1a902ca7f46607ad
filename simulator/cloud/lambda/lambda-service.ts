import { sendTraces, writeLogs } from '../../iam/requirements/service-work.ts';
import { bytesOf, type HttpAnswer, type HttpRequest } from '../../wire/wire-options.ts';
import { plainly, type Source } from '../authority.ts';
import type { CloudTime } from '../cloud-time.ts';
import type { IamAuthority } from '../iam-authority.ts';
import type { Logs } from '../logs/logs.ts';
import { embeddedMetrics, type Metrics } from '../metrics/metrics.ts';
import { functionDatum } from '../metrics/service-metrics.ts';
import { FunctionProcesses, type LambdaFunctionOptions } from './function-processes.ts';
import type { FunctionsHost } from './functions.ts';
import type { ServersHere } from './worker-messages.ts';

export interface LambdaServiceParts {
  readonly time: CloudTime;
  readonly origin: string;
  readonly kubernetes: ServersHere;
  /** Answers a function's requests to the origin or to an API server like the wire does. */
  readonly answer: (request: HttpRequest) => Promise<HttpAnswer>;
  readonly authority: IamAuthority;
  /** Whether functions run in this thread, or each in its own. */
  readonly functionsHere: boolean;
  readonly logs: Logs;
  readonly metrics: Metrics;
  readonly sendToQueue: (queueArn: string, body: string, senderId: string) => void;
  readonly onError: (lambda: LambdaFunctionOptions, error: Error) => void;
  readonly onLine?: (lambda: LambdaFunctionOptions, line: string) => void;
}

/** Lambda's work around functions: their credentials, variables, logs and traces, each in the name of the function's role. */
export function lambdaService(parts: LambdaServiceParts): FunctionsHost {
  const { time, authority, logs, metrics } = parts;
  const { clock } = time;
  const { NODE_COMPILE_CACHE: compileCache } = process.env;
  return {
    processes: new FunctionProcesses({
      now: time.shared,
      areHere: parts.functionsHere,
      origin: parts.origin,
      kubernetes: parts.kubernetes,
      answer: ({ body, ...request }) => parts.answer({ ...request, body: bytesOf(body) }),
      ...(compileCache === undefined ? {} : { compileCache }),
    }),
    virtualNow: () => time.show(),
    sleep: (milliseconds, over) => time.sleep(milliseconds, over),
    park: (promise) => clock.park(promise),
    uuid: time.uuid,
    authority,
    schedule: (seconds, run) => time.after(seconds, run),
    environment(lambda) {
      const { credentials } = authority.functionSession(lambda.roleArn, lambda.name, sourceOf(lambda));
      mayObserve(authority, lambda);
      return { variables: variablesOf(lambda, parts.origin, credentials), expiresAt: credentials.expiration.getTime() };
    },
    onLine(lambda, line) {
      parts.onLine?.(lambda, line);
      for (const datum of embeddedMetrics(line)) metrics.put(datum);
      logs.write(groupArn(lambda), lambda.name, clock.now(), line);
    },
    toDestination(lambda, destinationArn, body) {
      const where = `failed calls of ${lambda.name}`;
      authority.inRole(lambda.roleArn, sourceOf(lambda), plainly('sqs:SendMessage', destinationArn), where);
      parts.sendToQueue(destinationArn, body, lambda.roleArn);
    },
    onError(lambda, error) {
      metrics.put(functionDatum(lambda.name, 'Errors', clock.now().getTime()));
      parts.onError(lambda, error);
    },
    onThrottle: (lambda) => metrics.put(functionDatum(lambda.name, 'Throttles', clock.now().getTime())),
  };
}

const sourceOf = ({ arn }: LambdaFunctionOptions): Source => ({
  service: 'lambda.amazonaws.com',
  sourceArn: arn,
  sourceAccount: arn.split(':')[4] ?? '',
});

function groupArn({ arn, logGroup }: LambdaFunctionOptions): string {
  const [, , , region, account] = arn.split(':');
  return `arn:aws:logs:${region}:${account}:log-group:${logGroup}`;
}

/** Checks the permissions to write logs and traces once for each environment. Without them a function cannot be observed on AWS. */
function mayObserve(authority: IamAuthority, lambda: LambdaFunctionOptions): void {
  const needed = [...writeLogs(groupArn(lambda), lambda.name), ...(lambda.traced ? sendTraces() : [])];
  for (const requirement of needed) {
    try {
      authority.inRole(lambda.roleArn, sourceOf(lambda), [requirement], `lambda ${lambda.name}`);
    } catch {
      // The denial is recorded; as on AWS the function still runs.
    }
  }
}

/** Source: https://docs.aws.amazon.com/lambda/latest/dg/configuration-envvars.html#configuration-envvars-runtime */
function variablesOf(
  lambda: LambdaFunctionOptions,
  origin: string,
  credentials: { accessKeyId: string; secretAccessKey: string; sessionToken: string },
): Record<string, string> {
  const region = lambda.arn.split(':')[3] ?? '';
  return {
    AWS_REGION: region,
    AWS_DEFAULT_REGION: region,
    AWS_EXECUTION_ENV: 'AWS_Lambda_nodejs24.x',
    AWS_LAMBDA_FUNCTION_NAME: lambda.name,
    AWS_LAMBDA_FUNCTION_MEMORY_SIZE: String(lambda.memoryMegabytes),
    AWS_LAMBDA_FUNCTION_VERSION: '$LATEST',
    AWS_LAMBDA_INITIALIZATION_TYPE: 'on-demand',
    AWS_LAMBDA_LOG_FORMAT: 'JSON',
    AWS_LAMBDA_LOG_GROUP_NAME: lambda.logGroup,
    AWS_LAMBDA_LOG_LEVEL: 'INFO',
    AWS_ACCESS_KEY_ID: credentials.accessKeyId,
    AWS_SECRET_ACCESS_KEY: credentials.secretAccessKey,
    AWS_SESSION_TOKEN: credentials.sessionToken,
    // AWS does not set this variable: it is the address of AWS here.
    AWS_ENDPOINT_URL: origin,
    TZ: ':UTC',
  };
}
