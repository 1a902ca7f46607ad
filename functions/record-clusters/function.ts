import { BatchProcessor, EventType, processPartialResponse } from '@aws-lambda-powertools/batch';
import type { SQSBatchResponse, SQSRecord } from 'aws-lambda';
import { z } from 'zod';
import { errorMessage, errorName } from '../../core/contracts/errors.ts';
import { type RecordPorts, recordCluster } from '../../core/inventory/record-cluster.ts';
import { type FunctionDefinition, type Log, parseOrRefuse } from '../runtime/function-definition.ts';
import { clusterItemsOf } from './cluster-items.ts';

const record = z.looseObject({ messageId: z.string(), body: z.string(), eventSource: z.string() });
const batch = z.object({ Records: z.array(record) });
type Batch = z.infer<typeof batch>;

/** A message that fails goes back to the queue by itself, and to its dead-letter queue in the end; the others of its batch are done. */
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
  try {
    for (const item of clusterItemsOf(body)) await recordCluster(ports, item);
  } catch (error) {
    log('A message failed.', { messageId, errorName: errorName(error), errorMessage: errorMessage(error) });
    throw error;
  }
}
