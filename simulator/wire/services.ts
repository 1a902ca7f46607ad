import type { ServiceName } from './aws-call.ts';
import type { DialectName } from './dialect.ts';

/** Facts about a service that the SDK does not have. */
export interface ServiceFacts {
  /**
   * The SDK's module with the service's client and schemas. Some take tens of megabytes, so each is loaded when first needed. Absent for services
   * with a few reads only, which read their requests themselves (EC2's client is as large as all others together).
   */
  load?(): Promise<object>;
  /** Another protocol of its clients: the CLI before about v2.10 still uses the query protocol (facts: local-wire.md). */
  readonly also?: DialectName;
  readonly xmlNamespace?: string;
  /**
   * The part before the dot of `X-Amz-Target`; `version`: that of the query protocol. For services without a client, so that unsigned requests find
   * them.
   */
  readonly target?: string;
  readonly version?: string;
}

export const services: Readonly<Record<ServiceName, ServiceFacts>> = {
  aps: {},
  backup: {},
  dynamodb: { load: () => import('@aws-sdk/client-dynamodb') },
  ec2: { also: 'query', version: '2016-11-15' },
  eks: { load: () => import('@aws-sdk/client-eks') },
  events: { load: () => import('@aws-sdk/client-eventbridge') },
  iam: { also: 'query', version: '2010-05-08' },
  kms: { also: 'json', target: 'TrentService' },
  lambda: {},
  logs: { load: () => import('@aws-sdk/client-cloudwatch-logs') },
  monitoring: { load: () => import('@aws-sdk/client-cloudwatch'), also: 'query' },
  organizations: { load: () => import('@aws-sdk/client-organizations') },
  s3: {},
  scheduler: { load: () => import('@aws-sdk/client-scheduler') },
  secretsmanager: { load: () => import('@aws-sdk/client-secrets-manager') },
  servicequotas: { also: 'json', target: 'ServiceQuotasV20190624' },
  sns: { load: () => import('@aws-sdk/client-sns') },
  sqs: {
    load: () => import('@aws-sdk/client-sqs'),
    also: 'query',
    xmlNamespace: 'http://queue.amazonaws.com/doc/2012-11-05/',
  },
  ssm: { load: () => import('@aws-sdk/client-ssm') },
  states: { load: () => import('@aws-sdk/client-sfn') },
  sts: { load: () => import('@aws-sdk/client-sts') },
};
