import { BatchProcessor, EventType, processPartialResponse } from '@aws-lambda-powertools/batch';
import type { SQSBatchResponse, SQSRecord } from 'aws-lambda';
import { z } from 'zod';
import { errorMessage, errorName, namedError } from '../../core/contracts/errors.ts';
import { clusterItemsFromEvent } from '../../core/inventory/cluster-events.ts';
import { type RecordPorts, recordCluster } from '../../core/inventory/record-cluster.ts';
import { batchesOf } from '../../core/model/batches.ts';
import { parseJson } from '../../core/model/parse-json.ts';
import type { ClusterItem } from '../../core/ports/outside.ts';
import { type FunctionDefinition, type Log, parseOrRefuse } from '../runtime/function-definition.ts';

const record = z.looseObject({ messageId: z.string(), body: z.string(), eventSource: z.string() });
const batch = z.object({ Records: z.array(record) });
type Batch = z.infer<typeof batch>;

/** One after the other, a hundred clusters of one event would outlast the function. */
const CLUSTERS_AT_ONCE = 5;

/** A message that fails returns to the queue alone, and goes to the dead-letter queue in the end; the other messages of its batch count as done. */
export const definition: FunctionDefinition<RecordPorts, Batch, SQSBatchResponse> = {
  name: 'record-clusters',
  parse: (event) => parseOrRefuse(batch, event, 'The batch'),
  run(ports, input, log) {
    const processor = new BatchProcessor(EventType.SQS);
    const handle = (message: SQSRecord) => recordMessage(ports, message, log);
    return processPartialResponse(input, handle, processor, { throwOnFullBatchFailure: false });
  },
  counts: ({ batchItemFailures }) => ({ MessagesFailed: batchItemFailures.length }),
};

async function recordMessage(ports: RecordPorts, { messageId, body }: SQSRecord, log: Log): Promise<void> {
  const failed = (error: unknown, item?: ClusterItem) => {
    const which = item && { account: item.account, region: item.region, name: item.name };
    log('A message failed.', { messageId, ...which, errorName: errorName(error), errorMessage: errorMessage(error) });
    return error;
  };
  const errors: unknown[] = [];
  try {
    // AWS Health names many clusters in one event, and once. One that cannot be recorded keeps nothing from the others.
    for (const items of batchesOf(clusterItemsOf(body), CLUSTERS_AT_ONCE))
      await Promise.all(
        items.map((item) => recordCluster(ports, item).catch((error) => errors.push(failed(error, item)))),
      );
  } catch (error) {
    throw failed(error);
  }
  if (errors.length > 0) throw errors[0];
}

const clusterItem = z.strictObject({
  account: z.string().regex(/^\d{12}$/, 'is not an AWS account id'),
  region: z.string().regex(/^[a-z]{2,4}(-[a-z]+){1,2}-\d{1,2}$/, 'is not an AWS Region'),
  name: z.string().regex(/^[0-9A-Za-z][0-9A-Za-z_-]{0,99}$/, 'is not the name of an EKS cluster'),
  depth: z.enum(['shallow', 'deep']),
});

const event = z.looseObject({ 'detail-type': z.string(), source: z.string() });

/**
 * The clusters that a message is about. It is an item of discover-clusters, or an event of CloudTrail or AWS Health that a Region forwarded; an event
 * may be about no cluster. Fails with `InvalidInput`.
 */
export function clusterItemsOf(body: string): readonly ClusterItem[] {
  const message = parseJson(body);
  if (message === undefined) throw namedError('InvalidInput', 'The message is not JSON.');
  if (event.safeParse(message).success) return clusterItemsFromEvent(message);
  return [parseOrRefuse(clusterItem, message, 'The message')];
}
