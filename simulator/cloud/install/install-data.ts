import {
  CreateTableCommand,
  type CreateTableCommandInput,
  type DynamoDBClient,
  waitUntilTableExists,
} from '@aws-sdk/client-dynamodb';
import { errorName } from '../../../core/contracts/errors.ts';
import type { Resource } from '../template/resolve-stack.ts';
import { installStream } from './install-streams.ts';
import { type Installers, propertyOf } from './installer.ts';

/** Installs tables with their streams, buckets, queues, topics and their policies. A table of a kept state stays as it is. */
export const dataInstallers: Installers = {
  'AWS::DynamoDB::Table': async (table, parts) => {
    const { dynamo, expiring, policies } = parts;
    await dynamo.send(new CreateTableCommand(tableRequest(table))).catch((error: unknown) => {
      if (errorName(error) !== 'ResourceInUseException') throw error;
    });
    await waitUntilActive(dynamo, table.name);
    const attribute = expiryAttribute(table);
    if (attribute !== undefined) expiring.push({ name: table.name, attribute });
    const policy = propertyOf<{ PolicyDocument: unknown } | undefined>(table, 'ResourcePolicy');
    if (policy !== undefined) policies.add(table.arn, policy.PolicyDocument);
    installStream(table, parts);
  },
  'AWS::S3::Bucket': (bucket, { buckets }) => {
    const versioning = propertyOf<{ Status?: string } | undefined>(bucket, 'VersioningConfiguration');
    if (versioning?.Status !== 'Enabled') throw new Error('only buckets with versions are understood');
    const { name, arn, account, region } = bucket;
    const locks = propertyOf<boolean | undefined>(bucket, 'ObjectLockEnabled') === true;
    buckets.add({ name, arn, account, region, locks });
  },
  'AWS::S3::BucketPolicy': (policy, { buckets, policies }) => {
    const bucket = buckets.find(propertyOf<string>(policy, 'Bucket'));
    if (bucket === undefined) throw new Error(`there is no bucket ${policy.properties.Bucket}`);
    policies.add(bucket.arn, propertyOf(policy, 'PolicyDocument'));
  },
  'AWS::SQS::Queue': (queue, { queues }, all) => {
    const redrive = propertyOf<{ deadLetterTargetArn: string; maxReceiveCount: number } | undefined>(
      queue,
      'RedrivePolicy',
    );
    const { deadLetterTargetArn } = redrive ?? {};
    const isThere = (arn: string): boolean => queues.find(arn) !== undefined || all.some((one) => one.arn === arn);
    if (deadLetterTargetArn !== undefined && !isThere(deadLetterTargetArn))
      throw new Error(`there is no queue ${deadLetterTargetArn} for its dead letters`);
    queues.add({
      arn: queue.arn,
      url: queue.ref,
      // Source of the defaults: https://docs.aws.amazon.com/AWSSimpleQueueService/latest/APIReference/API_CreateQueue.html
      visibilitySeconds: propertyOf<number | undefined>(queue, 'VisibilityTimeout') ?? 30,
      delaySeconds: propertyOf<number | undefined>(queue, 'DelaySeconds') ?? 0,
      retentionSeconds: propertyOf<number | undefined>(queue, 'MessageRetentionPeriod') ?? 345_600,
      ...(redrive === undefined ? {} : { redrive }),
    });
  },
  'AWS::SQS::QueuePolicy': (policy, { queues, policies }) => {
    for (const url of propertyOf<string[]>(policy, 'Queues')) {
      const queue = queues.byUrl(url, policy.region);
      if (queue === undefined) throw new Error(`there is no queue ${url}`);
      policies.add(queue.options.arn, propertyOf(policy, 'PolicyDocument'));
    }
  },
  'AWS::SNS::Topic': (topic, { topics }) => topics.add(topic.arn),
  'AWS::SNS::TopicPolicy': (policy, { policies }) => {
    for (const arn of propertyOf<string[]>(policy, 'Topics')) policies.add(arn, propertyOf(policy, 'PolicyDocument'));
  },
  'AWS::SNS::Subscription': (subscription, { topics, queues }) => {
    const [topic, protocol, endpoint] = ['TopicArn', 'Protocol', 'Endpoint'].map((name) =>
      propertyOf<string>(subscription, name),
    );
    if (protocol === 'sqs' && queues.find(endpoint ?? '') === undefined)
      throw new Error(`there is no queue ${endpoint}`);
    topics.subscribe(topic ?? '', protocol ?? '', endpoint ?? '', subscription.account);
  },
};

/** CreateTable in CloudFormation's form for a resource of the template: members have the same names. */
export function tableRequest({ name, properties }: Resource): CreateTableCommandInput {
  const { AttributeDefinitions, KeySchema, GlobalSecondaryIndexes, BillingMode } = properties;
  return {
    TableName: name,
    AttributeDefinitions,
    KeySchema,
    BillingMode,
    ...(GlobalSecondaryIndexes === undefined ? {} : { GlobalSecondaryIndexes }),
  } as CreateTableCommandInput;
}

/** The attribute with the expiry of an item in epoch seconds; undefined when items do not expire. */
export function expiryAttribute({ properties }: Resource): string | undefined {
  const specification = properties.TimeToLiveSpecification as { AttributeName: string; Enabled: boolean } | undefined;
  return specification?.Enabled ? specification.AttributeName : undefined;
}

/** Waits for a table, since CreateTable answers before it can be used: an embedded DynamoDB is ready within milliseconds. */
export async function waitUntilActive(client: DynamoDBClient, TableName: string | undefined): Promise<void> {
  await waitUntilTableExists({ client, minDelay: 0.02, maxDelay: 2, maxWaitTime: 60 }, { TableName });
}
