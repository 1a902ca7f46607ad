import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { QueuePoller } from '../lambda/queue-poller.ts';
import { mapStream } from './install-streams.ts';
import { type Installers, propertyOf } from './installer.ts';

const ARN = /^arn:/;

/** Batches of one queue that Lambda processes at once. Source: https://docs.aws.amazon.com/lambda/latest/dg/services-sqs-scaling.html */
const POLLERS = 5;

/** Installs functions, their permissions, their queue and stream mappings, and the configuration of asynchronous calls. */
export const functionInstallers: Installers = {
  'AWS::Lambda::Function': (lambda, { assembly, functions, useRole }) => {
    const { S3Key } = propertyOf<{ S3Key: string }>(lambda, 'Code');
    const folder = assembly.assets.get(S3Key);
    if (folder === undefined) throw new Error(`the assembly holds no asset ${S3Key}`);
    const runtime = propertyOf<string>(lambda, 'Runtime');
    if (!runtime.startsWith('nodejs')) throw new Error(`the runtime ${runtime} does not run here`);
    const [file = '', handler = '', ...more] = propertyOf<string>(lambda, 'Handler').split('.');
    if (handler === '' || more.length > 0)
      throw new Error(`the handler ${lambda.properties.Handler} is not understood`);
    const module = ['.mjs', '.js', '.cjs'].map((extension) => join(folder, file + extension)).find(existsSync);
    if (module === undefined) throw new Error(`${file} of its handler is not in the bundle`);
    const roleArn = propertyOf<string>(lambda, 'Role');
    useRole(roleArn, 'lambda.amazonaws.com', lambda.arn, []);
    const logging = propertyOf<{ LogGroup?: string } | undefined>(lambda, 'LoggingConfig');
    const reserved = propertyOf<number | undefined>(lambda, 'ReservedConcurrentExecutions');
    functions.add({
      name: lambda.name,
      arn: lambda.arn,
      roleArn,
      module,
      handler,
      variables: propertyOf<{ Variables?: Record<string, string> } | undefined>(lambda, 'Environment')?.Variables ?? {},
      memoryMegabytes: propertyOf<number | undefined>(lambda, 'MemorySize') ?? 128,
      timeoutSeconds: propertyOf<number | undefined>(lambda, 'Timeout') ?? 3,
      logGroup: logging?.LogGroup ?? `/aws/lambda/${lambda.name}`,
      traced: propertyOf<{ Mode?: string } | undefined>(lambda, 'TracingConfig')?.Mode === 'Active',
      ...(reserved === undefined ? {} : { reservedConcurrency: reserved }),
    });
  },
  'AWS::Lambda::Permission': (permission, { functions, policies }) => {
    const arn = arnOf(propertyOf<string>(permission, 'FunctionName'), permission);
    functions.get(arn);
    const service = propertyOf<string>(permission, 'Principal');
    const sourceArn = propertyOf<string | undefined>(permission, 'SourceArn');
    const sourceAccount = propertyOf<string | undefined>(permission, 'SourceAccount');
    policies.add(arn, {
      Sid: permission.logicalId,
      Effect: 'Allow',
      Principal: { Service: service },
      Action: propertyOf(permission, 'Action'),
      Resource: arn,
      Condition: {
        ...(sourceArn === undefined ? {} : { ArnLike: { 'aws:SourceArn': sourceArn } }),
        ...(sourceAccount === undefined ? {} : { StringEquals: { 'aws:SourceAccount': sourceAccount } }),
      },
    });
  },
  'AWS::Lambda::EventInvokeConfig': (config, { functions, queues }) => {
    const arn = arnOf(propertyOf<string>(config, 'FunctionName'), config);
    functions.get(arn);
    const destination = propertyOf<{ OnFailure?: { Destination: string } } | undefined>(config, 'DestinationConfig');
    const unknown = Object.keys(destination ?? {}).filter((name) => name !== 'OnFailure');
    if (unknown.length > 0) throw new Error(`the destination ${unknown.join(', ')} is not understood`);
    const onFailure = destination?.OnFailure?.Destination;
    if (onFailure !== undefined && queues.find(onFailure) === undefined)
      throw new Error(`there is no queue ${onFailure} for what fails`);
    const qualifier = propertyOf<string | undefined>(config, 'Qualifier') ?? '$LATEST';
    if (qualifier !== '$LATEST') throw new Error(`the version ${qualifier} is not understood`);
    functions.configureAsynchronousCalls(arn, {
      retries: propertyOf<number | undefined>(config, 'MaximumRetryAttempts') ?? 2,
      maximumAgeSeconds: propertyOf<number | undefined>(config, 'MaximumEventAgeInSeconds') ?? 21_600,
      ...(onFailure === undefined ? {} : { onFailure }),
    });
  },
  'AWS::Lambda::EventSourceMapping': (mapping, parts) => {
    const { queues, functions, pollers, useRole } = parts;
    if (propertyOf<boolean | undefined>(mapping, 'Enabled') === false)
      throw new Error('a mapping that is not enabled is not understood');
    const queueArn = propertyOf<string>(mapping, 'EventSourceArn');
    const functionArn = arnOf(propertyOf<string>(mapping, 'FunctionName'), mapping);
    if (queueArn.startsWith('arn:aws:dynamodb:')) {
      mapStream(mapping, functionArn, parts);
      return;
    }
    const queue = queues.find(queueArn);
    if (queue === undefined) throw new Error(`there is no queue ${queueArn}`);
    const { roleArn, timeoutSeconds } = functions.get(functionArn).options;
    const { visibilitySeconds } = queue.options;
    if (visibilitySeconds < timeoutSeconds)
      throw new Error(
        `Queue visibility timeout: ${visibilitySeconds} seconds is less than Function timeout: ${timeoutSeconds} seconds`,
      );
    if ((propertyOf<number | undefined>(mapping, 'MaximumBatchingWindowInSeconds') ?? 0) > 0)
      throw new Error('a batching window is not understood');
    useRole(roleArn, 'lambda.amazonaws.com', functionArn, []);
    const poller = new QueuePoller(
      {
        queue,
        functionArn,
        roleArn,
        batchSize: propertyOf<number | undefined>(mapping, 'BatchSize') ?? 10,
        atOnce:
          propertyOf<{ MaximumConcurrency?: number } | undefined>(mapping, 'ScalingConfig')?.MaximumConcurrency ??
          POLLERS,
        partialFailures: (propertyOf<string[] | undefined>(mapping, 'FunctionResponseTypes') ?? []).includes(
          'ReportBatchItemFailures',
        ),
        region: mapping.region,
        source: { service: 'lambda.amazonaws.com', sourceArn: functionArn, sourceAccount: mapping.account },
      },
      pollers,
    );
    queues.listen(queueArn, () => poller.plan());
    poller.plan();
  },
};

const arnOf = (nameOrArn: string, { account, region }: { account: string; region: string }): string =>
  ARN.test(nameOrArn) ? nameOrArn : `arn:aws:lambda:${region}:${account}:function:${nameOrArn}`;
