/** The event that ends a task: the answer of the call, the end of the job that it starts, or a later call with a token. */
export type IntegrationPattern = 'REQUEST_RESPONSE' | 'RUN_JOB' | 'WAIT_FOR_TASK_TOKEN';

/** The parts of a task's `Resource`. */
export interface TaskResource {
  /** A function with its own ARN has its own events in the history; pollers work on an activity. */
  readonly kind: 'function' | 'service' | 'activity';
  /** As the history's `resourceType`: `lambda`, `states`, `aws-sdk:eks`. */
  readonly service: string;
  /** As the history's `resource`, with the pattern's suffix: `invoke`, `startExecution.sync:2`. */
  readonly action: string;
  readonly pattern: IntegrationPattern;
}

const functionArn = /^arn:[\w-]+:lambda:[\w-]+:\d{12}:function:[\w-]+(:[\w$-]+)?$/;
const activityArn = /^arn:[\w-]+:states:[\w-]+:\d{12}:activity:.+$/;
const serviceArn =
  /^arn:[\w-]+:states:::(aws-sdk:[a-z0-9]+|[a-z0-9-]+):([A-Za-z0-9]+)(\.sync|\.sync:2|\.waitForTaskToken)?$/;

const call = [''];
const callback = ['', '.waitForTaskToken'];
const job = ['', '.sync'];
const jobOrCallback = ['', '.sync', '.waitForTaskToken'];

/**
 * The optimised integrations: their actions (none listed: any) and the suffixes of those. Source:
 * https://docs.aws.amazon.com/step-functions/latest/dg/integrate-optimized.html
 */
const optimisedServices: Readonly<
  Record<string, { readonly actions?: readonly string[]; readonly suffixes: readonly string[] }>
> = {
  lambda: { actions: ['invoke'], suffixes: callback },
  states: { actions: ['startExecution'], suffixes: ['', '.sync', '.sync:2', '.waitForTaskToken'] },
  events: { actions: ['putEvents'], suffixes: callback },
  sqs: { actions: ['sendMessage'], suffixes: callback },
  sns: { actions: ['publish'], suffixes: callback },
  dynamodb: { actions: ['getItem', 'putItem', 'updateItem', 'deleteItem'], suffixes: call },
  http: { actions: ['invoke'], suffixes: call },
  apigateway: { actions: ['invoke'], suffixes: callback },
  eks: { suffixes: job },
  batch: { actions: ['submitJob'], suffixes: jobOrCallback },
  ecs: { actions: ['runTask'], suffixes: jobOrCallback },
  athena: { suffixes: job },
  bedrock: { suffixes: jobOrCallback },
  codebuild: { suffixes: job },
  elasticmapreduce: { suffixes: job },
  'emr-containers': { suffixes: job },
  'emr-serverless': { suffixes: job },
  databrew: { suffixes: job },
  glue: { suffixes: job },
  mediaconvert: { suffixes: job },
  sagemaker: { suffixes: job },
};

function suffixesOf(service: string, action: string): readonly string[] {
  if (service.startsWith('aws-sdk:')) return callback;
  const optimised = optimisedServices[service];
  if (!optimised || (optimised.actions && !optimised.actions.includes(action))) return [];
  return optimised.suffixes;
}

const parsed = new Map<string, TaskResource | undefined>();

/** Parses a `Resource`, once per process and in any partition; nothing when AWS would not recognise it. */
export function parseTaskResource(resource: string): TaskResource | undefined {
  if (!parsed.has(resource)) parsed.set(resource, parse(resource));
  return parsed.get(resource);
}

function parse(resource: string): TaskResource | undefined {
  if (functionArn.test(resource)) {
    return { kind: 'function', service: 'lambda', action: 'invoke', pattern: 'REQUEST_RESPONSE' };
  }
  if (activityArn.test(resource)) {
    return { kind: 'activity', service: 'activity', action: '', pattern: 'REQUEST_RESPONSE' };
  }
  const [, service, action, suffix = ''] = serviceArn.exec(resource) ?? [];
  if (service === undefined || action === undefined || !suffixesOf(service, action).includes(suffix)) return undefined;
  const pattern =
    suffix === '' ? 'REQUEST_RESPONSE' : suffix === '.waitForTaskToken' ? 'WAIT_FOR_TASK_TOKEN' : 'RUN_JOB';
  return { kind: 'service', service, action: `${action}${suffix}`, pattern };
}
