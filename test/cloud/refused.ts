import { DeleteItemCommand, UpdateItemCommand } from '@aws-sdk/client-dynamodb';
import { errorName } from '../../core/contracts/errors.ts';
import type { LocalCloud } from '../../simulator/cloud/local-cloud.ts';

/** What not even the administrator of the hub's account may do to the audit; each that succeeds is a problem. */
export async function auditChanges(cloud: LocalCloud): Promise<string[]> {
  const audit = cloud.resources.find(({ logicalId }) => logicalId.startsWith('AuditTable'));
  const [item] = await cloud.auditTimeline();
  if (audit === undefined || item === undefined) return ['there is no audit to change'];
  const TableName = audit.name;
  const Key = { subject: { S: item.subject }, sequence: { N: String(item.sequence) } };
  const update = {
    UpdateExpression: 'SET principal = :nobody',
    ExpressionAttributeValues: { ':nobody': { S: 'nobody' } },
  };
  const tries = [
    ['dynamodb:DeleteItem', () => cloud.dynamo.send(new DeleteItemCommand({ TableName, Key }))],
    ['dynamodb:UpdateItem', () => cloud.dynamo.send(new UpdateItemCommand({ TableName, Key, ...update }))],
  ] as const;
  const problems: string[] = [];
  for (const [action, attempt] of tries) {
    const refusal = await attempt().then(() => undefined, errorName);
    if (refusal !== 'AccessDeniedException')
      problems.push(`${audit.logicalId} takes ${action} (${refusal ?? 'no refusal'})`);
  }
  return problems;
}
