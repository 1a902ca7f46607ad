import {
  type BatchResultErrorEntry,
  SendMessageBatchCommand,
  SQSClient,
  type SQSClientConfig,
} from '@aws-sdk/client-sqs';
import { namedError } from '../../core/contracts/errors.ts';
import { batchesOf } from '../../core/model/batches.ts';
import type { ClusterItem, ClusterQueue } from '../../core/ports/outside.ts';
import { lightenClient, readLimits } from './request-limits.ts';

const BATCH = 10;
const ATTEMPTS = 3;

/** Sends one message per cluster. Entries that SQS refuses are sent again; fails with `QueueSendFailed` when some still do not get through. */
export function createClusterQueue(queueUrl: string, config: SQSClientConfig = {}): ClusterQueue {
  const client = lightenClient(new SQSClient({ ...readLimits, ...config }));

  const sendBatch = async (items: readonly ClusterItem[]): Promise<void> => {
    let left = items.map((item, index) => ({ Id: String(index), MessageBody: JSON.stringify(item) }));
    let failures: BatchResultErrorEntry[] = [];
    for (let attempt = 1; attempt <= ATTEMPTS && left.length > 0; attempt++) {
      const { Failed = [] } = await client.send(new SendMessageBatchCommand({ QueueUrl: queueUrl, Entries: left }));
      failures = Failed;
      const again = new Set(Failed.map((failure) => failure.Id));
      left = left.filter((entry) => again.has(entry.Id));
    }
    if (left.length === 0) return;
    const why = failures.map((failure) => `${failure.Code}: ${failure.Message ?? ''}`).join('; ');
    throw namedError('QueueSendFailed', `${left.length} of ${items.length} clusters were not queued: ${why}`);
  };

  return {
    async send(items) {
      for (const batch of batchesOf(items, BATCH)) await sendBatch(batch);
    },
  };
}
