import type { TransactWriteItem } from '@aws-sdk/client-dynamodb';
import { marshall } from '@aws-sdk/util-dynamodb';
import type { Expected, WriteOperation } from '../../core/ports/table.ts';
import { keyOf, type PutItem, plainJson, toAttributes } from './stored-item.ts';
import type { TableNames } from './table-schema.ts';

/** One write of the port as one part of TransactWriteItems. */
export function toTransactItem(operation: WriteOperation, names: TableNames): TransactWriteItem {
  switch (operation.type) {
    case 'put':
      return operation.expect === 'any'
        ? { Update: overwrite(operation.item, names.items) }
        : {
            Put: {
              TableName: names.items,
              Item: marshall({
                ...toAttributes(operation.item),
                revision: operation.revision ?? (operation.expect === 'absent' ? 1 : operation.expect + 1),
              }),
              ...conditionOf(operation.expect),
            },
          };
    case 'check':
      return {
        ConditionCheck: { TableName: names.items, Key: keyOf(operation.key), ...conditionOf(operation.expect) },
      };
    case 'append':
      return {
        Put: {
          TableName: names.audit,
          Item: marshall(plainJson(operation.item)),
          ConditionExpression: 'attribute_not_exists(#subject)',
          ExpressionAttributeNames: { '#subject': 'subject' },
        },
      };
  }
}

function conditionOf(expect: Exclude<Expected, 'any'>) {
  return expect === 'absent'
    ? { ConditionExpression: 'attribute_not_exists(#pk)', ExpressionAttributeNames: { '#pk': 'pk' } }
    : {
        ConditionExpression: '#revision = :expected',
        ExpressionAttributeNames: { '#revision': 'revision' },
        ExpressionAttributeValues: marshall({ ':expected': expect }),
      };
}

/** A put that expects nothing still raises the revision, so that checks of others on it stay sound. */
function overwrite(item: PutItem, table: string) {
  const { pk, sk, ...attributes } = toAttributes(item);
  const names: Record<string, string> = { '#revision': 'revision' };
  const values: Record<string, unknown> = { ':zero': 0, ':one': 1 };
  const sets = ['#revision = if_not_exists(#revision, :zero) + :one'];
  const removes: string[] = [];
  for (const name of ['kind', 'kindKey', 'data', 'activeKey', 'expiresAt'] as const) {
    names[`#${name}`] = name;
    if (attributes[name] === undefined) {
      removes.push(`#${name}`);
      continue;
    }
    values[`:${name}`] = attributes[name];
    sets.push(`#${name} = :${name}`);
  }
  const remove = removes.length === 0 ? '' : ` REMOVE ${removes.join(', ')}`;
  return {
    TableName: table,
    Key: keyOf({ pk, sk }),
    UpdateExpression: `SET ${sets.join(', ')}${remove}`,
    ExpressionAttributeNames: names,
    ExpressionAttributeValues: marshall(values),
  };
}
