import { AccessLogFormat } from 'aws-cdk-lib/aws-apigateway';
import { type CfnApi, HttpApi, HttpMethod, HttpStage, LogGroupLogDestination } from 'aws-cdk-lib/aws-apigatewayv2';
import { HttpIamAuthorizer } from 'aws-cdk-lib/aws-apigatewayv2-authorizers';
import { HttpLambdaIntegration } from 'aws-cdk-lib/aws-apigatewayv2-integrations';
import { CfnEventBusPolicy, EventBus } from 'aws-cdk-lib/aws-events';
import { AccountPrincipal, AnyPrincipal, type IPrincipal, ManagedPolicy, PolicyStatement } from 'aws-cdk-lib/aws-iam';
import { CfnEventInvokeConfig, CfnEventSourceMapping, type Code, type IFunction } from 'aws-cdk-lib/aws-lambda';
import { LogGroup, RetentionDays } from 'aws-cdk-lib/aws-logs';
import type { Queue } from 'aws-cdk-lib/aws-sqs';
import { Aws, CfnOutput, Duration, RemovalPolicy, Stack } from 'aws-cdk-lib/core';
import { Construct } from 'constructs';
import { API_ROLES, API_ROUTES, type ApiRoute, routesOf } from '../../core/contracts/api-routes.ts';
import type { FunctionName } from '../../core/contracts/names.ts';
import { acknowledge } from '../acknowledge.ts';
import { allowRules, DeadLetterQueue } from '../constructs/dead-letter-queue.ts';
import { EventRules, Schedules } from '../constructs/event-rules.ts';
import { Functions, type HubFunction } from '../constructs/functions.ts';
import { StateMachines } from '../constructs/state-machine.ts';
import { HubMonitoring } from '../monitoring/hub-monitoring.ts';
import { BUS_NAME } from '../names.ts';
import { type AuditReference, allow } from '../permissions/function-statements.ts';
import type { Settings } from '../settings/settings.ts';
import type { LiftlockStackProps } from './stack-props.ts';
import type { StateStack } from './state-stack.ts';

interface HubStackProps extends LiftlockStackProps {
  readonly state: StateStack;
  /** The bundle of a function. */
  readonly codeOf: (name: FunctionName) => Code;
}

/** All resources that act. They keep no state, so they can be replaced at any time, also while rollouts run. */
export class HubStack extends Stack {
  constructor(scope: Construct, id: string, { settings, state, codeOf, ...props }: HubStackProps) {
    super(scope, id, { description: 'Liftlock: functions, state machines, events, API and alarms', ...props });
    const { items, audit, anchors, clusters, notifications } = state;
    const { topic } = notifications;
    const { bus } = new LiftlockBus(this, 'Events', settings);
    const reach = { items, audit, anchors, bus, clusterQueue: clusters.queue, settings };
    const functions = new Functions(this, 'Functions', { reach, codeOf });
    const machines = new StateMachines(this, 'Machines', {
      functionArn: (name) => functions.get(name).function.functionArn,
    });

    const deadLetters = new DeadLetterQueue(this, 'Undelivered').queue;
    allowRules(deadLetters, 'RulesOfLiftlock');
    const reconciler = functions.get('reconcile-rollouts');
    new EventRules(this, 'Rules', {
      bus,
      reconciler: reconciler.function,
      machineArns: machines.arns,
      starterRoleArns: [...machines.starterRoleArns, ...functions.starterRoleArns],
      clusterQueue: clusters.queue,
      topic,
      deadLetters,
    });
    new Schedules(this, 'Schedules', { functions, deadLetters, auditTableArn: audit.tableArn });
    new AsynchronousCalls(this, 'ReconcileCalls', { target: reconciler, ...WAKES });
    for (const name of ['discover-clusters', 'watch-versions', 'refresh-readiness', 'anchor-audit'] as const) {
      new AsynchronousCalls(this, `${name}-calls`, {
        target: functions.get(name),
        failures: deadLetters,
        ...SCHEDULED,
      });
    }

    new AuditAnchors(this, 'AuditAnchors', { target: functions.get('anchor-audit'), audit, failures: deadLetters });

    const { api } = new ControlApi(this, 'Control', { handler: functions.get('api').function });
    new ApiPolicies(this, 'Policies', { api });
    new HubMonitoring(this, 'Monitoring', {
      topic,
      auditTable: audit.tableName,
      queues: {
        clusters: clusters.queue,
        'clusters-not-recorded': clusters.deadLetters,
        'events-not-delivered': deadLetters,
        'notifications-not-delivered': notifications.deadLetters,
      },
    });
    new CfnOutput(this, 'ApiUrl', { description: 'LIFTLOCK_API_URL of the command line', value: api.apiEndpoint });
  }
}

interface AsynchronousCallsProps {
  readonly target: HubFunction;
  /** Absent = a call that has failed for good is forgotten, since the next one does the same. */
  readonly failures?: Queue;
  readonly retries: number;
  readonly maximumAge: Duration;
}

/** Calls of functions on schedules. None is retried, since the next run looks at everything anyway. */
const SCHEDULED = { retries: 0, maximumAge: Duration.minutes(5) };
/** Calls of the reconciler. Some tell what a person did, which no later one tells again; a tick that comes late, or twice, does no harm. */
const WAKES = { retries: 2, maximumAge: Duration.hours(1) };

/** How Lambda treats calls by events and schedules. */
class AsynchronousCalls extends Construct {
  constructor(scope: Construct, id: string, { target, failures, retries, maximumAge }: AsynchronousCallsProps) {
    super(scope, id);
    const config = new CfnEventInvokeConfig(this, 'Config', {
      functionName: target.function.functionName,
      qualifier: '$LATEST',
      maximumRetryAttempts: retries,
      maximumEventAgeInSeconds: maximumAge.toSeconds(),
      ...(failures === undefined ? {} : { destinationConfig: { onFailure: { destination: failures.queueArn } } }),
    });
    if (failures === undefined) {
      acknowledge(config, {
        'Serverless-LambdaAsyncFailureDestination':
          'A lost tick loses nothing: the next one, a minute later, reads the same table. What a person did to an execution is tried twice more. Alarms watch its heartbeat and its errors; a queue of old wake-ups would only be noise.',
      });
      return;
    }
    target.role.addToPolicy(allow('Failures', ['sqs:SendMessage'], [failures.queueArn]));
  }
}

interface AuditAnchorsProps {
  readonly target: HubFunction;
  readonly audit: AuditReference;
  /** Gets the position in the stream of a batch that was given up. */
  readonly failures: Queue;
}

/** A new item of the audit may wait this long for its anchor, so that one object holds items that were written together. */
const WINDOW = Duration.minutes(1);
const BATCH = 1_000;
/** Lambda retries a batch until the stream is about to drop it; the daily sweep anchors the batches that were given up. */
const MAXIMUM_AGE = Duration.hours(20);

/**
 * Passes the audit table's stream to `anchor-audit`. A batch that fails is not halved: it comes again unchanged until it is anchored. There is no
 * filter, because the record of a change has to raise the alarm.
 */
class AuditAnchors extends Construct {
  constructor(scope: Construct, id: string, { target, audit, failures }: AuditAnchorsProps) {
    super(scope, id);
    const mapping = new CfnEventSourceMapping(this, 'Stream', {
      functionName: target.function.functionArn,
      eventSourceArn: audit.streamArn,
      enabled: true,
      startingPosition: 'TRIM_HORIZON',
      batchSize: BATCH,
      maximumBatchingWindowInSeconds: WINDOW.toSeconds(),
      maximumRecordAgeInSeconds: MAXIMUM_AGE.toSeconds(),
      destinationConfig: { onFailure: { destination: failures.queueArn } },
    });
    // Lambda checks whether the role may read the stream when the mapping is created.
    mapping.node.addDependency(target.role);
  }
}

/**
 * The bus of the hub. Liftlock's own functions publish on it by their roles. Forwarders of the fleet's accounts may put events, and nobody else may.
 * Events from outside cannot pass for Liftlock's own, because the rules check the account (constructs/event-rules.ts).
 */
class LiftlockBus extends Construct {
  readonly bus: EventBus;

  constructor(scope: Construct, id: string, { accounts, organizationId }: Settings) {
    super(scope, id);
    this.bus = new EventBus(this, 'Bus', { eventBusName: BUS_NAME, description: "Liftlock's events and the fleet's" });
    if (organizationId !== undefined) {
      this.#allow('Organization', [new AnyPrincipal()], { StringEquals: { 'aws:PrincipalOrgID': organizationId } });
    }
    const principals = accounts.map((account) => new AccountPrincipal(account));
    if (principals.length > 0) this.#allow('Accounts', principals);
  }

  #allow(sid: string, principals: IPrincipal[], conditions?: Record<string, unknown>): void {
    const statement = new PolicyStatement({
      sid: `Liftlock${sid}`,
      principals,
      actions: ['events:PutEvents'],
      resources: [this.bus.eventBusArn],
      ...(conditions === undefined ? {} : { conditions }),
    });
    new CfnEventBusPolicy(this, `${sid}Policy`, {
      eventBusName: this.bus.eventBusName,
      statementId: `Liftlock${sid}`,
      statement: statement.toStatementJson(),
    });
  }
}

/** People and pipelines use the API. A higher rate comes from a client in a loop. */
const REQUESTS_PER_SECOND = 20;
const BURST = 40;

/** The access log keeps who sent a request, its route and how it ended. It keeps no bodies and no query strings. */
const ACCESS_LOG = JSON.stringify({
  requestId: '$context.requestId',
  requestTime: '$context.requestTime',
  caller: '$context.identity.userArn',
  sourceIp: '$context.identity.sourceIp',
  route: '$context.routeKey',
  path: '$context.path',
  status: '$context.status',
  error: '$context.error.message',
  integrationError: '$context.integrationErrorMessage',
});

/** The HTTP API that the command line calls. Every request is signed, and IAM decides by route who may send it. */
class ControlApi extends Construct {
  readonly api: HttpApi;

  constructor(scope: Construct, id: string, { handler }: { readonly handler: IFunction }) {
    super(scope, id);
    const authorizer = new HttpIamAuthorizer();
    const integration = new HttpLambdaIntegration('Api', handler, { scopePermissionToRoute: false });
    this.api = new HttpApi(this, 'Api', { apiName: 'liftlock', createDefaultStage: false });
    for (const { method, path } of API_ROUTES) {
      this.api.addRoutes({ path, methods: [HttpMethod[method]], integration, authorizer });
    }
    const logGroup = new LogGroup(this, 'AccessLogs', {
      logGroupName: '/aws/vendedlogs/apigateway/liftlock',
      retention: RetentionDays.ONE_YEAR,
      removalPolicy: RemovalPolicy.DESTROY,
    });
    new HttpStage(this, 'Stage', {
      httpApi: this.api,
      stageName: '$default',
      autoDeploy: true,
      throttle: { rateLimit: REQUESTS_PER_SECOND, burstLimit: BURST },
      accessLogSettings: {
        destination: new LogGroupLogDestination(logGroup),
        format: AccessLogFormat.custom(ACCESS_LOG),
      },
    });
  }
}

/** One managed policy for each kind of user, which is attached to people's roles. */
class ApiPolicies extends Construct {
  constructor(scope: Construct, id: string, { api }: { readonly api: HttpApi }) {
    super(scope, id);
    const arnOf = (id: string, route: ApiRoute) =>
      `arn:${Aws.PARTITION}:execute-api:${Aws.REGION}:${Aws.ACCOUNT_ID}:${id}/$default/${pathOf(route)}`;
    for (const role of API_ROLES) {
      const routes = routesOf(role);
      const resources = routes.map((route) => arnOf(api.apiId, route));
      const policy = new ManagedPolicy(this, role, {
        // The name is fixed, since permission sets of IAM Identity Center refer to customer managed policies by name.
        managedPolicyName: `liftlock-${role}`,
        description: `What a Liftlock ${role} may ask of the API`,
        statements: [new PolicyStatement({ actions: ['execute-api:Invoke'], resources })],
      });
      acknowledge(policy, openIds(policy, routes, api));
    }
  }
}

function openIds(policy: ManagedPolicy, routes: readonly ApiRoute[], api: HttpApi): Record<string, string> {
  const apiId = Stack.of(policy).getLogicalId(api.node.defaultChild as CfnApi);
  const arn = `arn:<AWS::Partition>:execute-api:<AWS::Region>:<AWS::AccountId>:<${apiId}>/$default`;
  const reason =
    'Only the ids within a route are open, since nobody knows them beforehand: API, method and route are fixed.';
  return Object.fromEntries(routes.map((route) => [`AwsSolutions-IAM5[Resource::${arn}/${pathOf(route)}]`, reason]));
}

/** `{id}` and `{proxy+}` become `*`, which matches them both as the route and as the path of a request. */
const pathOf = ({ method, path }: ApiRoute): string => `${method}${path.replaceAll(/\{[^}]+\}/g, '*')}`;
