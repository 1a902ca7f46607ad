import { SendMessageBatchCommand, type SendMessageBatchRequestEntry, SQSClient } from '@aws-sdk/client-sqs';
import { mockClient } from 'aws-sdk-client-mock';
import type { ClusterItem } from '../../core/ports/outside.ts';
import { createClusterQueue } from './cluster-queue.ts';

const sqs = mockClient(SQSClient);
afterAll(() => sqs.restore());
const queueUrl = 'https://sqs.eu-central-1.amazonaws.com/111111111111/clusters';
const queue = createClusterQueue(queueUrl, { region: 'eu-central-1' });
const items = (count: number): ClusterItem[] =>
  Array.from({ length: count }, (_, index) => ({
    account: '111111111111',
    region: 'eu-central-1',
    name: `web-${index}`,
    depth: 'shallow',
  }));

let accepted: string[];
let refusals: Record<string, number>;

beforeEach(() => {
  sqs.reset();
  accepted = [];
  refusals = {};
  sqs.on(SendMessageBatchCommand).callsFake(({ Entries }: { Entries: SendMessageBatchRequestEntry[] }) => {
    const Failed: object[] = [];
    for (const { Id = '', MessageBody = '' } of Entries) {
      const { name } = JSON.parse(MessageBody) as ClusterItem;
      refusals[name] = (refusals[name] ?? 0) - 1;
      if (refusals[name] >= 0) Failed.push({ Id, Code: 'InternalError', SenderFault: false, Message: 'busy' });
      else accepted.push(name);
    }
    return { Failed };
  });
});

test('each cluster is one message, ten to a batch', async () => {
  await queue.send(items(25));
  expect(accepted).toEqual(items(25).map((item) => item.name));
  const inputs = sqs.commandCalls(SendMessageBatchCommand).map((call) => call.args[0].input);
  expect(inputs.map((input) => input.Entries?.length)).toEqual([10, 10, 5]);
  expect(new Set(inputs.map((input) => input.QueueUrl))).toEqual(new Set([queueUrl]));
  await queue.send([]);
});

test('entries that were refused are sent again, the others are not', async () => {
  refusals = { 'web-1': 2, 'web-2': 1 };
  await queue.send(items(4));
  expect([...accepted].sort()).toEqual(['web-0', 'web-1', 'web-2', 'web-3']);
});

test('what does not get through is an error that says how many', async () => {
  refusals = { 'web-1': 99 };
  await expect(queue.send(items(4))).rejects.toMatchObject({
    name: 'QueueSendFailed',
    message: '1 of 4 clusters were not queued: InternalError: busy',
  });
});
