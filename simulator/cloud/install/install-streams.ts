import { readStream } from '../../iam/requirements/service-work.ts';
import { plainly } from '../authority.ts';
import type { CloudParts } from '../cloud-parts.ts';
import { DAY_SECONDS, StreamPoller } from '../streams/stream-poller.ts';
import type { Resource } from '../template/resolve-stack.ts';
import { propertyOf } from './installer.ts';

/** The stream of a table, if its template asks for one. */
export function installStream(table: Resource, { streams, kept }: CloudParts): void {
  const wanted = propertyOf<{ StreamViewType: string } | undefined>(table, 'StreamSpecification');
  if (wanted === undefined) return;
  if (wanted.StreamViewType !== 'NEW_AND_OLD_IMAGES')
    throw new Error(`a stream of ${wanted.StreamViewType} is not understood`);
  const keys = propertyOf<{ AttributeName: string }[]>(table, 'KeySchema').map(({ AttributeName }) => AttributeName);
  const arn = table.attributes.StreamArn ?? '';
  const stream = streams.add({ arn, table: table.name, region: table.region, keys });
  kept.world.keepStream(stream);
}

/** Installs a mapping of a stream: Lambda's checks at its creation, and the delivery. */
export function mapStream(mapping: Resource, functionArn: string, parts: CloudParts): void {
  const { streams, functions, queues, pollers, useRole } = parts;
  const number = (name: string): number | undefined => propertyOf<number | undefined>(mapping, name);
  const arn = propertyOf<string>(mapping, 'EventSourceArn');
  const stream = streams.find(arn);
  if (stream === undefined) throw new Error(`there is no stream ${arn}`);
  const position = propertyOf<string | undefined>(mapping, 'StartingPosition');
  if (position !== 'TRIM_HORIZON' && position !== 'LATEST')
    throw new Error(`the starting position ${position} is not understood`);
  const destination = propertyOf<{ OnFailure?: { Destination: string } } | undefined>(mapping, 'DestinationConfig');
  const onFailure = destination?.OnFailure?.Destination;
  if (onFailure !== undefined && queues.find(onFailure) === undefined)
    throw new Error(`there is no queue ${onFailure} for what fails`);
  const { roleArn } = functions.get(functionArn).options;
  useRole(roleArn, 'lambda.amazonaws.com', functionArn, [
    ...readStream(arn),
    ...(onFailure === undefined ? [] : plainly('sqs:SendMessage', onFailure)),
  ]);
  const maximumAge = number('MaximumRecordAgeInSeconds') ?? -1;
  const poller = new StreamPoller(
    {
      stream,
      functionArn,
      roleArn,
      // Source of the defaults: https://docs.aws.amazon.com/lambda/latest/api/API_CreateEventSourceMapping.html
      batchSize: number('BatchSize') ?? 100,
      windowSeconds: number('MaximumBatchingWindowInSeconds') ?? 0,
      retries: number('MaximumRetryAttempts') ?? -1,
      maximumAgeSeconds: maximumAge < 0 ? DAY_SECONDS : maximumAge,
      ...(onFailure === undefined ? {} : { onFailure }),
      source: { service: 'lambda.amazonaws.com', sourceArn: functionArn, sourceAccount: mapping.account },
    },
    pollers,
  );
  stream.onChange = () => poller.plan();
  poller.plan();
}
