import { performance } from 'node:perf_hooks';
import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { DynamoTable } from '../../adapters/dynamodb/dynamo-table.ts';
import { MemoryTable } from '../../adapters/memory/table.ts';
import { LIFTLOCK } from '../../core/contracts/names.ts';
import type { Table } from '../../core/ports/table.ts';
import { transactWithAudit } from '../../core/store/audit.ts';
import { ClusterControls } from '../../core/store/entities.ts';
import { put } from '../../core/store/entity.ts';
import { startLocalDynamo } from '../../test/contract/start-local-dynamo.ts';
import { createTables } from '../../test/material/dynamodb/create-tables.ts';
import type { Measure } from '../figure.ts';

const SUBJECTS = 200;
const AT = new Date('2026-11-20T08:00:00Z');

/** One item and its audit item in each transaction, ten at a time: through the SDK to the embedded DynamoDB, and in memory. */
export const measure: Measure = async () => {
  const server = await startLocalDynamo();
  const client = new DynamoDBClient({
    endpoint: server.endpoint,
    region: 'eu-central-1',
    credentials: { accessKeyId: 'local', secretAccessKey: 'local' },
  });
  const names = { items: 'items', audit: 'audit' };
  await createTables(client, names);
  const embedded = await transactionsPerSecond(new DynamoTable(client, names));
  const memory = await transactionsPerSecond(new MemoryTable());
  return [
    { name: 'Audited transactions, embedded DynamoDB over HTTP', value: embedded, unit: 'per second' },
    { name: 'Audited transactions, in memory', value: memory, unit: 'per second' },
  ];
};

async function transactionsPerSecond(table: Table): Promise<number> {
  const write = async (number: number, round: string): Promise<void> => {
    const clusterKey = `${round}-${number}`;
    const entry = { subject: clusterKey, event: 'Measured', principal: LIFTLOCK, detail: {} };
    await transactWithAudit(table, [put(ClusterControls, { clusterKey }, 'absent')], [entry], AT);
  };
  for (let number = 0; number < 20; number += 1) await write(number, 'warm-up');
  const began = performance.now();
  for (let number = 0; number < SUBJECTS; number += 10)
    await Promise.all(Array.from({ length: 10 }, (_, offset) => write(number + offset, 'measured')));
  return Math.round((1000 * SUBJECTS) / (performance.now() - began));
}
