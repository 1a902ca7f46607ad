import type { ServiceName } from './aws-call.ts';
import type { DialectName } from './dialect.ts';

/** What the SDK's schemas do not say about a service, or say only through a client that must be built first. */
export interface ServiceFacts {
  /** The SDK's module with the service's schemas; some weigh tens of megabytes, so each is loaded when first needed. */
  load(): Promise<object>;
  /** What its clients speak: where there are two, the CLI before v2.10 or so still speaks the second (facts: local-wire.md). */
  readonly dialects: readonly DialectName[];
  /** Before the dot of `X-Amz-Target`. */
  readonly target: string;
  /** `Version` of the query protocol. */
  readonly version: string;
  /** `application/x-amz-json-1.0`. */
  readonly jsonVersion?: '1.0' | '1.1';
  readonly xmlNamespace?: string;
  /** Errors of its JSON carry the code of the query protocol in `x-amzn-query-error` (trait awsQueryCompatible). */
  readonly queryCompatible?: true;
}

const namespaceOf = (host: string, version: string) => `http://${host}.amazonaws.com/doc/${version}/`;

/** Of a few reads only, for which no client is loaded: it reads its requests itself (EC2's client is as large as all others together). */
const readByItself = { load: async () => ({}) };

/** Read from each client's runtimeConfig.shared.js; test/wire fails when one of these is wrong. */
export const services: Readonly<Record<ServiceName, ServiceFacts>> = {
  aps: { ...readByItself, dialects: ['rest'], target: '', version: '2020-08-01' },
  backup: { ...readByItself, dialects: ['rest'], target: '', version: '2018-11-15' },
  dynamodb: {
    load: () => import('@aws-sdk/client-dynamodb'),
    dialects: ['json'],
    target: 'DynamoDB_20120810',
    version: '2012-08-10',
    jsonVersion: '1.0',
  },
  ec2: {
    ...readByItself,
    dialects: ['query'],
    target: 'AmazonEC2',
    version: '2016-11-15',
  },
  eks: {
    load: () => import('@aws-sdk/client-eks'),
    dialects: ['rest'],
    target: 'AWSWesleyFrontend',
    version: '2017-11-01',
  },
  events: {
    load: () => import('@aws-sdk/client-eventbridge'),
    dialects: ['json'],
    target: 'AWSEvents',
    version: '2015-10-07',
    jsonVersion: '1.1',
  },
  iam: {
    ...readByItself,
    dialects: ['query'],
    target: '',
    version: '2010-05-08',
    xmlNamespace: 'https://iam.amazonaws.com/doc/2010-05-08/',
  },
  kms: { ...readByItself, dialects: ['json'], target: 'TrentService', version: '2014-11-01', jsonVersion: '1.1' },
  lambda: { ...readByItself, dialects: ['rest'], target: '', version: '2015-03-31' },
  logs: {
    load: () => import('@aws-sdk/client-cloudwatch-logs'),
    dialects: ['json'],
    target: 'Logs_20140328',
    version: '2014-03-28',
    jsonVersion: '1.1',
  },
  monitoring: {
    load: () => import('@aws-sdk/client-cloudwatch'),
    dialects: ['json', 'query'],
    target: 'GraniteServiceVersion20100801',
    version: '2010-08-01',
    jsonVersion: '1.0',
    xmlNamespace: namespaceOf('monitoring', '2010-08-01'),
    queryCompatible: true,
  },
  organizations: {
    load: () => import('@aws-sdk/client-organizations'),
    dialects: ['json'],
    target: 'AWSOrganizationsV20161128',
    version: '2016-11-28',
    jsonVersion: '1.1',
  },
  s3: {
    load: () => import('@aws-sdk/client-s3'),
    dialects: ['xml'],
    target: 'AmazonS3',
    version: '2006-03-01',
  },
  scheduler: {
    load: () => import('@aws-sdk/client-scheduler'),
    dialects: ['rest'],
    target: 'AWSChronosService',
    version: '2021-06-30',
  },
  secretsmanager: {
    load: () => import('@aws-sdk/client-secrets-manager'),
    dialects: ['json'],
    target: 'secretsmanager',
    version: '2017-10-17',
    jsonVersion: '1.1',
  },
  servicequotas: {
    ...readByItself,
    dialects: ['json'],
    target: 'ServiceQuotasV20190624',
    version: '2019-06-24',
    jsonVersion: '1.1',
  },
  sns: {
    load: () => import('@aws-sdk/client-sns'),
    dialects: ['query'],
    target: 'AmazonSimpleNotificationService',
    version: '2010-03-31',
    xmlNamespace: namespaceOf('sns', '2010-03-31'),
  },
  sqs: {
    load: () => import('@aws-sdk/client-sqs'),
    dialects: ['json', 'query'],
    target: 'AmazonSQS',
    version: '2012-11-05',
    jsonVersion: '1.0',
    xmlNamespace: namespaceOf('queue', '2012-11-05'),
    queryCompatible: true,
  },
  ssm: {
    load: () => import('@aws-sdk/client-ssm'),
    dialects: ['json'],
    target: 'AmazonSSM',
    version: '2014-11-06',
    jsonVersion: '1.1',
  },
  states: {
    load: () => import('@aws-sdk/client-sfn'),
    dialects: ['json'],
    target: 'AWSStepFunctions',
    version: '2016-11-23',
    jsonVersion: '1.0',
  },
  sts: {
    load: () => import('@aws-sdk/client-sts'),
    dialects: ['query'],
    target: 'AWSSecurityTokenServiceV20110615',
    version: '2011-06-15',
    xmlNamespace: 'https://sts.amazonaws.com/doc/2011-06-15/',
  },
};
