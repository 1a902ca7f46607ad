import { arnOf } from './arns.ts';
import { text, textOrAny } from './input-members.ts';
import type { CallFacts, RequirementRows } from './requirement.ts';
import { actionOn, on, onNoResource } from './row-kinds.ts';

/** The queue of a URL, which ends with its account and name whatever host it starts with. */
function queue(call: CallFacts): string {
  const url = textOrAny(call.input, 'QueueUrl');
  const [account = call.account, name = '*'] = /\/(\d{12})\/([^/]+)$/.exec(url)?.slice(1) ?? [];
  return arnOf('sqs', { region: call.region, account }, name);
}

function queueByName(call: CallFacts): string {
  const account = text(call.input, 'QueueOwnerAWSAccountId') ?? call.account;
  return arnOf('sqs', { region: call.region, account }, textOrAny(call.input, 'QueueName'));
}

/** The Batch operations are no actions: https://docs.aws.amazon.com/service-authorization/latest/reference/list_amazonsqs.html */
export const sqsRows: RequirementRows = {
  ChangeMessageVisibility: on(queue),
  DeleteMessage: on(queue),
  DeleteMessageBatch: actionOn('DeleteMessage', queue),
  GetQueueAttributes: on(queue),
  GetQueueUrl: on(queueByName),
  ListQueues: onNoResource,
  PurgeQueue: on(queue),
  ReceiveMessage: on(queue),
  SendMessage: on(queue),
  SendMessageBatch: actionOn('SendMessage', queue),
};
