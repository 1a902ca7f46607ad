import { AccessLogFormat } from 'aws-cdk-lib/aws-apigateway';
import { HttpApi, HttpMethod, HttpStage, LogGroupLogDestination } from 'aws-cdk-lib/aws-apigatewayv2';
import { HttpIamAuthorizer } from 'aws-cdk-lib/aws-apigatewayv2-authorizers';
import { HttpLambdaIntegration } from 'aws-cdk-lib/aws-apigatewayv2-integrations';
import type { IFunction } from 'aws-cdk-lib/aws-lambda';
import { LogGroup, RetentionDays } from 'aws-cdk-lib/aws-logs';
import { RemovalPolicy } from 'aws-cdk-lib/core';
import { Construct } from 'constructs';
import { API_ROUTES } from './api-routes.ts';

export interface ControlApiProps {
  readonly handler: IFunction;
}

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
  readonly stage: HttpStage;

  constructor(scope: Construct, id: string, { handler }: ControlApiProps) {
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
    this.stage = new HttpStage(this, 'Stage', {
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
