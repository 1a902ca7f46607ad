import { Effect, PolicyStatement, Role, ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import {
  ApplicationLogLevel,
  Architecture,
  type CfnFunction,
  type Code,
  EventSourceMapping,
  Function as LambdaFunction,
  LoggingFormat,
  Runtime,
  SystemLogLevel,
  Tracing,
} from 'aws-cdk-lib/aws-lambda';
import { LogGroup, RetentionDays } from 'aws-cdk-lib/aws-logs';
import { Aws, Duration, RemovalPolicy, Tags } from 'aws-cdk-lib/core';
import { Construct } from 'constructs';
import { FUNCTION_NEEDS } from '../../core/contracts/function-needs.ts';
import { DEEP_LOOK_SECONDS, LAST_LOOK_SECONDS, UNANSWERED_SECONDS } from '../../core/contracts/look-limits.ts';
import { CALL_SECONDS } from '../../core/contracts/mutating-calls.ts';
import {
  ENVIRONMENT,
  FUNCTION_NAMES,
  type FunctionName,
  KUBERNETES_FUNCTIONS,
  MUTATING_FUNCTIONS,
  NODE_FUNCTIONS,
} from '../../core/contracts/names.ts';
import { acknowledge } from '../acknowledge.ts';
import {
  ANCHOR_BUCKET_ARN,
  defaultExternalId,
  FUNCTION_TAG,
  functionName,
  hookReceivers,
  machineArnPrefix,
  machineName,
} from '../names.ts';
import { functionStatements, type Reach, spokeRolesOf } from '../permissions/function-statements.ts';
import type { VpcSettings } from '../settings/settings.ts';

interface FunctionsProps {
  readonly reach: Reach;
  readonly codeOf: (name: FunctionName) => Code;
}

/** A full look at a cluster with many node groups takes up to two minutes, so each cluster gets an invocation of its own. */
const CLUSTERS_PER_BATCH = 1;
/** How many clusters are looked at together. With `CLUSTERS_PER_BATCH` it bounds the calls of EKS that a discovery causes. */
const CONCURRENT_BATCHES = 10;
/** Used where all functions share the ten concurrent executions of a new account. Lambda takes no smaller number for a queue. */
const CONCURRENT_BATCHES_WITHOUT_RESERVE = 2;

export class Functions extends Construct {
  readonly #all: ReadonlyMap<FunctionName, HubFunction>;

  constructor(scope: Construct, id: string, { reach, codeOf }: FunctionsProps) {
    super(scope, id);
    const environment = environmentOf(reach);
    this.#all = new Map(
      FUNCTION_NAMES.map((name) => [
        name,
        new HubFunction(this, name, {
          name,
          code: codeOf(name),
          size: functionSize(name, reach.settings.mutatorConcurrency),
          environment,
          statements: functionStatements(FUNCTION_NEEDS[name], reach),
          ...vpcOf(name, reach),
        }),
      ]),
    );
    acknowledgeWildcards(this.#all, reach);
    this.#consume(reach);
  }

  get(name: FunctionName): HubFunction {
    const found = this.#all.get(name);
    if (found === undefined) throw new Error(`There is no function ${name}.`);
    return found;
  }

  /** The roles of the functions that start executions. */
  get starterRoleArns(): readonly string[] {
    const starters = FUNCTION_NAMES.filter((name) => FUNCTION_NEEDS[name].starts !== undefined);
    return starters.map((name) => this.get(name).role.roleArn);
  }

  #consume({ clusterQueue, settings }: Reach): void {
    const mapping = new EventSourceMapping(this, 'ClusterQueue', {
      target: this.get('record-clusters').function,
      eventSourceArn: clusterQueue.queueArn,
      enabled: true,
      batchSize: CLUSTERS_PER_BATCH,
      maxConcurrency: settings.mutatorConcurrency === 0 ? CONCURRENT_BATCHES_WITHOUT_RESERVE : CONCURRENT_BATCHES,
      reportBatchItemFailures: true,
      maxBatchingWindow: Duration.seconds(0),
    });
    acknowledge(mapping, {
      'Serverless-LambdaEventSourceMappingDestination':
        'SQS sources have no failure destination; the queue has a dead-letter queue after five attempts.',
    });
  }
}

/** Only functions that talk to API servers, or to webhooks where the settings ask for it: others would need a paid way out of the VPC. */
function vpcOf(name: FunctionName, { settings }: Reach): { vpc?: VpcSettings } {
  const looksIntoClusters = KUBERNETES_FUNCTIONS.some((one) => one === name);
  const asksGates = settings.vpc?.gates === true && FUNCTION_NEEDS[name].asksWebhooks === true;
  return settings.vpc === undefined || !(looksIntoClusters || asksGates) ? {} : { vpc: settings.vpc };
}

/** Every function gets every variable. None of them is a secret, and each function reads only those that its ports declare. */
function environmentOf({ items, audit, anchors, bus, clusterQueue, settings }: Reach): Record<string, string> {
  const values: Record<keyof typeof ENVIRONMENT, string> = {
    table: items.tableName,
    auditTable: audit.tableName,
    anchorBucket: anchors.bucketName,
    bus: bus.eventBusName,
    clusterQueueUrl: clusterQueue.queueUrl,
    machineArnPrefix: machineArnPrefix(),
    spokeRoleName: settings.spokeRoleName,
    externalId: settings.externalId ?? defaultExternalId(Aws.ACCOUNT_ID),
    partition: Aws.PARTITION,
  };
  return Object.fromEntries(
    Object.entries(ENVIRONMENT).map(([key, name]) => [name, values[key as keyof typeof ENVIRONMENT]]),
  );
}

/** Acknowledges the parts of an ARN that have to stay open, each with its reason. */
function acknowledgeWildcards(functions: ReadonlyMap<FunctionName, HubFunction>, { settings }: Reach): void {
  for (const [name, { role }] of functions) {
    const { describes = [], assumesSpokeRole, listsAccounts, asksWebhooks, asksHooks, anchors } = FUNCTION_NEEDS[name];
    const open: Record<string, string> = {};
    for (const machine of describes) {
      open[
        `AwsSolutions-IAM5[Resource::arn:<AWS::Partition>:states:<AWS::Region>:<AWS::AccountId>:execution:${machineName(machine)}:*]`
      ] = 'Executions are named when they start; it may look at those of this one machine.';
    }
    if (assumesSpokeRole && (settings.organizationId !== undefined || settings.accounts.length > 0)) {
      for (const role of spokeRolesOf(FUNCTION_NEEDS[name], settings.spokeRoleName))
        open[`AwsSolutions-IAM5[Resource::arn:<AWS::Partition>:iam::*:role/${role}]`] =
          'Conditions keep it to this one role of the accounts that are listed (aws:ResourceAccount), or of the organization, which accounts join at any time (aws:ResourceOrgID).';
    }
    if (asksWebhooks) {
      open['AwsSolutions-IAM5[Resource::arn:<AWS::Partition>:secretsmanager:*:<AWS::AccountId>:secret:liftlock/*]'] =
        'Policies and the Fleet name secrets of webhooks when they are applied, in any Region; only those of this account named liftlock/… can be read.';
    }
    if (asksHooks) {
      const shown = (arn: string) =>
        arn.replace(Aws.PARTITION, '<AWS::Partition>').replace(Aws.ACCOUNT_ID, '<AWS::AccountId>');
      const why =
        'Policies name who is asked when they are applied, in any Region; the condition on the tag liftlock:hook keeps it to what its owner has opened, and the name of an execution to what was started to ask.';
      for (const arn of Object.values(hookReceivers)) open[`AwsSolutions-IAM5[Resource::${shown(arn())}]`] = why;
    }
    if (anchors) {
      open[`AwsSolutions-IAM5[Resource::${ANCHOR_BUCKET_ARN}/audit/*]`] =
        'Anchors are numbered as they come; the bucket lets each be put once, and nothing be taken away.';
    }
    open['AwsSolutions-IAM5[Resource::*]'] =
      listsAccounts && settings.organizationId !== undefined
        ? 'Trace segments of X-Ray, and organizations:ListAccounts: neither knows resources.'
        : 'PutTraceSegments and PutTelemetryRecords of X-Ray and ListStreams, which know no resources; DescribeAlarms, which returns composite alarms on this one alone; in a VPC also what Lambda does for network interfaces, denied to the code itself (`placeInVpc`).';
    acknowledge(role, open);
  }
}

interface HubFunctionProps {
  readonly name: FunctionName;
  readonly code: Code;
  readonly size: FunctionSize;
  readonly environment: Readonly<Record<string, string>>;
  readonly statements: readonly PolicyStatement[];
  /** Absent = the function runs in no VPC. */
  readonly vpc?: VpcSettings;
}

/** One Lambda function with its log group, X-Ray and a role of its own, which has the given statements and what these three and the VPC need. */
export class HubFunction extends Construct {
  readonly function: LambdaFunction;
  readonly role: Role;

  constructor(scope: Construct, id: string, { name, code, size, environment, statements, vpc }: HubFunctionProps) {
    super(scope, id);
    const physicalName = functionName(name);
    const logGroup = new LogGroup(this, 'Logs', {
      logGroupName: `/aws/lambda/${physicalName}`,
      retention: RetentionDays.THREE_MONTHS,
      // The audit keeps what happened, so logs may go with the stack.
      removalPolicy: RemovalPolicy.DESTROY,
    });
    this.role = new Role(this, 'Role', {
      roleName: physicalName,
      description: `Role of Liftlock's function ${name}; accounts of the fleet trust it by its name`,
      assumedBy: new ServicePrincipal('lambda.amazonaws.com'),
    });
    Tags.of(this.role).add(FUNCTION_TAG, name);
    for (const statement of statements) this.role.addToPolicy(statement);
    logGroup.grantWrite(this.role);
    this.function = new LambdaFunction(this, 'Function', {
      functionName: physicalName,
      code,
      role: this.role,
      handler: `${name}.handler`,
      runtime: Runtime.NODEJS_24_X,
      architecture: Architecture.ARM_64,
      memorySize: size.memoryMegabytes,
      timeout: Duration.seconds(size.timeoutSeconds),
      ...(size.reservedConcurrency === undefined ? {} : { reservedConcurrentExecutions: size.reservedConcurrency }),
      environment: { ...environment, NODE_OPTIONS: '--enable-source-maps' },
      tracing: Tracing.ACTIVE,
      logGroup,
      loggingFormat: LoggingFormat.JSON,
      applicationLogLevelV2: ApplicationLogLevel.INFO,
      systemLogLevelV2: SystemLogLevel.WARN,
    });
    if (vpc !== undefined) placeInVpc(this.function, this.role, name, vpc);
    acknowledge(this.function, {
      'Serverless-LambdaDLQ':
        'Step Functions, API Gateway and SQS call it and keep or retry what failed; those that are called by events have a failure destination instead (`AsynchronousCalls`, stacks/hub-stack.ts).',
    });
  }
}

/** Lambda creates and deletes network interfaces with the function's role, and needs these permissions before an interface has an ARN. */
const INTERFACES = [
  'ec2:CreateNetworkInterface',
  'ec2:DeleteNetworkInterface',
  'ec2:DescribeNetworkInterfaces',
  'ec2:DescribeSubnets',
  'ec2:AssignPrivateIpAddresses',
  'ec2:UnassignPrivateIpAddresses',
];

/** Puts a function into subnets. Lambda itself may use the role for its interfaces; the function's own code may not. */
function placeInVpc(
  target: LambdaFunction,
  role: Role,
  name: FunctionName,
  { subnetIds, securityGroupIds }: VpcSettings,
): void {
  (target.node.defaultChild as CfnFunction).vpcConfig = {
    subnetIds: [...subnetIds],
    securityGroupIds: [...securityGroupIds],
  };
  role.addToPolicy(new PolicyStatement({ sid: 'NetworkInterfaces', actions: INTERFACES, resources: ['*'] }));
  const own = `arn:${Aws.PARTITION}:lambda:${Aws.REGION}:${Aws.ACCOUNT_ID}:function:${functionName(name)}`;
  role.addToPolicy(
    new PolicyStatement({
      sid: 'NotForItsCode',
      effect: Effect.DENY,
      actions: INTERFACES,
      resources: ['*'],
      conditions: { ArnEquals: { 'lambda:SourceFunctionArn': own } },
    }),
  );
}

interface FunctionSize {
  readonly memoryMegabytes: number;
  readonly timeoutSeconds: number;
  readonly reservedConcurrency?: number;
}

/** With two, an event need not wait for the tick that runs. Two at once do no harm, since every write is conditional. */
const RECONCILERS = 2;
/** When a call's grace period ends, this function has ended too. The time is that of the call, and of the writes before and after it. */
const MUTATION_TIMEOUT_SECONDS = CALL_SECONDS + 5;

/** `TimeoutSeconds` of the task in state-machines/step.asl.json. */
const STEP_SECONDS = 120;

/**
 * With this memory a function has one CPU (https://docs.aws.amazon.com/lambda/latest/dg/resource-model.html). To read 10,000 clusters with 6 to 12
 * node groups each takes 430 to 530 MB, and the share of a CPU that 512 MB have takes 27 seconds for a new rollout. What is reckoned costs no more
 * this way, since it takes as much less time.
 */
const ONE_CPU_MEGABYTES = 1769;

const isOneOf = (name: FunctionName, names: readonly FunctionName[]): boolean => names.includes(name);

function functionSize(name: FunctionName, mutatorConcurrency: number): FunctionSize {
  const { reservedConcurrency, ...size } = wantedSize(name, mutatorConcurrency);
  return mutatorConcurrency === 0 || reservedConcurrency === undefined ? size : { ...size, reservedConcurrency };
}

function wantedSize(name: FunctionName, mutatorConcurrency: number): FunctionSize {
  if (isOneOf(name, MUTATING_FUNCTIONS) || isOneOf(name, NODE_FUNCTIONS)) {
    return {
      // Of a large cluster a drain reads all nodes, and the pods of many of them.
      memoryMegabytes: name === 'drain-nodes' ? 1024 : 512,
      timeoutSeconds: MUTATION_TIMEOUT_SECONDS,
      reservedConcurrency: mutatorConcurrency,
    };
  }
  // A scan reads for a minute, ends its last request and stores its results. A smoke check reads 40,000 pods in 80 pages, which takes as long or longer,
  // and compares them in memory all together. Both have to end before their state machine starts them again.
  if (name === 'scan-cluster' || name === 'smoke-check')
    return { memoryMegabytes: 1024, timeoutSeconds: STEP_SECONDS - 10 };
  switch (name) {
    // The reconciler decides, and at the end makes calls at the same time that EKS may not answer.
    case 'reconcile-rollouts':
      return { memoryMegabytes: 1024, timeoutSeconds: 60 + UNANSWERED_SECONDS, reservedConcurrency: RECONCILERS };
    // It reads ten accounts and Regions at once. Of a thousand accounts in four Regions each ten may take two seconds; those that do not answer come last.
    // Where a cluster is not listed any more it reads every record, which takes 490 MB for 10,000 clusters with nine node groups each.
    case 'discover-clusters':
      return { memoryMegabytes: 1024, timeoutSeconds: 900 };
    // The latter may ask about each node group, in waves where nodes follow only when they must.
    case 'record-clusters':
    case 'list-node-groups':
      return { memoryMegabytes: 512, timeoutSeconds: DEEP_LOOK_SECONDS };
    // It makes its last look and one call that EKS may not answer, and then writes for as long as any function that looks at one cluster may.
    case 'conclude-upgrade':
      return { memoryMegabytes: 512, timeoutSeconds: LAST_LOOK_SECONDS + UNANSWERED_SECONDS + 30 };
    // A sweep reads the whole audit, which only grows, while a batch of the stream takes a second.
    case 'anchor-audit':
      return { memoryMegabytes: 1024, timeoutSeconds: 900 };
    // It reads the whole fleet, and starts some hundreds of executions one after the other.
    case 'refresh-readiness':
      return { memoryMegabytes: ONE_CPU_MEGABYTES, timeoutSeconds: 300 };
    // It asks some hundreds of Regions and accounts, one after the other.
    case 'watch-versions':
      return { memoryMegabytes: 512, timeoutSeconds: 300 };
    // It reads the whole fleet and all of its history for a new rollout, while API Gateway waits for 30 seconds at most.
    case 'api':
      return { memoryMegabytes: ONE_CPU_MEGABYTES, timeoutSeconds: 30 };
    default:
      return { memoryMegabytes: 512, timeoutSeconds: 30 };
  }
}
