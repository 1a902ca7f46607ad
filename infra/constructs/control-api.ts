import { AccessLogFormat } from 'aws-cdk-lib/aws-apigateway';
import { type CfnApi, HttpApi, HttpMethod, HttpStage, LogGroupLogDestination } from 'aws-cdk-lib/aws-apigatewayv2';
import { HttpIamAuthorizer } from 'aws-cdk-lib/aws-apigatewayv2-authorizers';
import { HttpLambdaIntegration } from 'aws-cdk-lib/aws-apigatewayv2-integrations';
import { ManagedPolicy, PolicyStatement } from 'aws-cdk-lib/aws-iam';
import type { IFunction } from 'aws-cdk-lib/aws-lambda';
import { LogGroup, RetentionDays } from 'aws-cdk-lib/aws-logs';
import { Aws, RemovalPolicy, Stack } from 'aws-cdk-lib/core';
import { Construct } from 'constructs';
import { acknowledge } from '../acknowledge.ts';

/** People and pipelines, not machines: more than this is somebody's loop. */
const REQUESTS_PER_SECOND = 20;
const BURST = 40;

/** What the access log keeps of a request: who, what, and how it ended. Never bodies or query strings. */
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

/** The HTTP API that the command line talks to. Every request is signed; IAM decides by route who may send it. */
export class ControlApi extends Construct {
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

/** One managed policy for each kind of user, to be attached to people's roles. */
export class ApiPolicies extends Construct {
  constructor(scope: Construct, id: string, { api }: { readonly api: HttpApi }) {
    super(scope, id);
    const arnOf = (id: string, route: ApiRoute) =>
      `arn:${Aws.PARTITION}:execute-api:${Aws.REGION}:${Aws.ACCOUNT_ID}:${id}/$default/${pathOf(route)}`;
    for (const role of API_ROLES) {
      const routes = routesOf(role);
      const resources = routes.map((route) => arnOf(api.apiId, route));
      const policy = new ManagedPolicy(this, role, {
        // Physical, since permission sets of IAM Identity Center name customer managed policies by name.
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

/** `{id}` and `{proxy+}` become `*`, which fits them whether IAM is asked about the route or about the path. */
const pathOf = ({ method, path }: ApiRoute): string => `${method}${path.replaceAll(/\{[^}]+\}/g, '*')}`;

/** The roles of people: each may do all that those before it may; `break-glass` may only look besides, and nobody else may do that. */
export const API_ROLES = ['viewer', 'operator', 'approver', 'admin', 'break-glass'] as const;
type ApiRole = (typeof API_ROLES)[number];

interface ApiRoute {
  readonly method: 'GET' | 'POST' | 'PUT';
  readonly path: string;
  readonly role: ApiRole;
  /** A role that may call it too, beside those that include `role`. */
  readonly also?: ApiRole;
}

/**
 * Routes one by one, so that IAM can tell them apart. An operator looks after what runs and may always make it safer; an approver lets
 * something begin; an admin changes the rules.
 */
export const API_ROUTES: readonly ApiRoute[] = [
  { method: 'GET', path: '/v1/{proxy+}', role: 'viewer' },
  { method: 'POST', path: '/v1/fleet/stop', role: 'operator' },
  { method: 'POST', path: '/v1/rollouts/{id}/pause', role: 'operator' },
  { method: 'POST', path: '/v1/rollouts/{id}/resume', role: 'operator' },
  { method: 'POST', path: '/v1/rollouts/{id}/abort', role: 'operator' },
  { method: 'POST', path: '/v1/clusters/{id}/skip', role: 'operator' },
  { method: 'POST', path: '/v1/clusters/{id}/retry', role: 'operator' },
  { method: 'POST', path: '/v1/clusters/{id}/release', role: 'operator' },
  { method: 'POST', path: '/v1/clusters/{id}/scans', role: 'operator' },
  { method: 'POST', path: '/v1/clusters/{id}/break-glass/end', role: 'operator', also: 'break-glass' },
  { method: 'POST', path: '/v1/rollouts/{id}/waves/{wave}/break-glass/end', role: 'operator', also: 'break-glass' },
  { method: 'POST', path: '/v1/clusters/{id}/break-glass', role: 'break-glass' },
  { method: 'POST', path: '/v1/rollouts/{id}/waves/{wave}/break-glass', role: 'break-glass' },
  { method: 'POST', path: '/v1/rollouts', role: 'approver' },
  { method: 'POST', path: '/v1/rollouts/{id}/accept-failures', role: 'approver' },
  { method: 'POST', path: '/v1/rollouts/{id}/promote', role: 'approver' },
  { method: 'POST', path: '/v1/rollouts/{id}/release-trait', role: 'approver' },
  { method: 'POST', path: '/v1/rollouts/{id}/waves/{wave}/approve', role: 'approver' },
  { method: 'POST', path: '/v1/rollouts/{id}/waves/{wave}/reject', role: 'approver' },
  { method: 'POST', path: '/v1/clusters/{id}/upgrade', role: 'approver' },
  { method: 'POST', path: '/v1/fleet/resume', role: 'approver' },
  { method: 'PUT', path: '/v1/config', role: 'admin' },
];

const INCLUDED: Readonly<Record<ApiRole, readonly ApiRole[]>> = {
  viewer: [],
  operator: ['viewer'],
  approver: ['viewer', 'operator'],
  admin: ['viewer', 'operator', 'approver'],
  'break-glass': ['viewer'],
};

/** The routes of a role and of those that it includes. */
export const routesOf = (role: ApiRole): readonly ApiRoute[] =>
  API_ROUTES.filter((route) => [role, ...INCLUDED[role]].some((one) => one === route.role || one === route.also));
