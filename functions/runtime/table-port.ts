import { createDynamoTable } from '../../adapters/dynamodb/create-dynamo-table.ts';
import type { Table } from '../../core/ports/table.ts';
import type { PortFactory } from './aws-ports.ts';

export const table: PortFactory<Table> = {
  environment: ['table', 'auditTable'],
  create: ({ environment }) => createDynamoTable({ items: environment.table, audit: environment.auditTable }),
};
