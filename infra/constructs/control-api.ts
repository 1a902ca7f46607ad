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
import { API_ROLES, API_ROUTES, type ApiRoute, routesOf } from './api-routes.ts';

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
