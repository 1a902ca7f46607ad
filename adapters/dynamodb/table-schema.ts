import type { CreateTableCommandInput, KeySchemaElement } from '@aws-sdk/client-dynamodb';
import { TABLE_SCHEMA } from '../../core/contracts/table-schema.ts';

/** Names of the two tables in one account and Region. */
export interface TableNames {
  readonly items: string;
  readonly audit: string;
}

interface Key {
  readonly name: string;
  readonly type: 'S' | 'N';
}

/** The CreateTable inputs of both tables, as core/contracts/table-schema.ts describes them: on demand, every index with all attributes. */
export function tableDefinitions(names: TableNames): CreateTableCommandInput[] {
  const { items, audit } = TABLE_SCHEMA;
  const keys: readonly Key[] = [items.hash, items.range, ...items.indexes.map((index) => index.hash)];
  return [
    {
      TableName: names.items,
      BillingMode: 'PAY_PER_REQUEST',
      KeySchema: keySchema(items.hash, items.range),
      AttributeDefinitions: keys.map(attribute),
      GlobalSecondaryIndexes: items.indexes.map((index) => ({
        IndexName: index.name,
        KeySchema: keySchema(index.hash, index.range),
        Projection: { ProjectionType: 'ALL' },
      })),
    },
    {
      TableName: names.audit,
      BillingMode: 'PAY_PER_REQUEST',
      KeySchema: keySchema(audit.hash, audit.range),
      AttributeDefinitions: [audit.hash, audit.range].map(attribute),
    },
  ];
}

const attribute = (key: Key) => ({ AttributeName: key.name, AttributeType: key.type });

function keySchema(hash: Key, range: Key): KeySchemaElement[] {
  return [
    { AttributeName: hash.name, KeyType: 'HASH' },
    { AttributeName: range.name, KeyType: 'RANGE' },
  ];
}
