import { DynamoDBClient, TransactionCanceledException } from '@aws-sdk/client-dynamodb';
import { DynamoTable } from '../../adapters/dynamodb/dynamo-table.ts';
import { MemoryTable } from '../../adapters/memory/table.ts';
import { createTables } from '../material/dynamodb/create-tables.ts';
import { type LocalDynamo, startLocalDynamo } from './start-local-dynamo.ts';
import { conflict, type TableUnderTest } from './table-contract.ts';

export async function memoryUnderTest(): Promise<TableUnderTest> {
  const table = new MemoryTable();
  return {
    table,
    close: async () => {},
    conflictOnce() {
      table.beforeTransact = () => {
        table.beforeTransact = () => {};
        throw conflict();
      };
    },
  };
}

/** Two fresh tables in an embedded DynamoDB that the tests of one file share, reached with the real SDK over HTTP. */
export function dynamoUnderTest(server: () => LocalDynamo): () => Promise<TableUnderTest> {
  let count = 0;
  return async () => {
    count += 1;
    const names = { items: `items-${count}`, audit: `audit-${count}` };
    const client = new DynamoDBClient({
      endpoint: server().endpoint,
      region: 'eu-central-1',
      credentials: { accessKeyId: 'local', secretAccessKey: 'local' },
    });
    await createTables(client, names);
    let conflicts = 0;
    // As AWS answers it; the embedded server makes transactions wait for each other instead.
    client.middlewareStack.add(
      (next, context) => (args) => {
        if (conflicts === 0 || context.commandName !== 'TransactWriteItemsCommand') return next(args);
        conflicts -= 1;
        const message =
          'Transaction cancelled, please refer cancellation reasons for specific reasons [TransactionConflict]';
        const reasons = [{ Code: 'TransactionConflict', Message: 'Transaction is ongoing for the item' }];
        throw new TransactionCanceledException({ message, $metadata: {}, CancellationReasons: reasons });
      },
      { step: 'deserialize', name: 'injectConflict' },
    );
    return {
      table: new DynamoTable(client, names),
      close: async () => client.destroy(),
      conflictOnce() {
        conflicts += 1;
      },
    };
  };
}

/** Starts the embedded DynamoDB before the tests of a file and stops it after them. */
export function localDynamo(): () => LocalDynamo {
  let server: LocalDynamo | undefined;
  beforeAll(async () => {
    server = await startLocalDynamo();
  });
  afterAll(() => server?.close());
  return () => {
    if (server === undefined) throw new Error('the embedded DynamoDB runs only inside tests');
    return server;
  };
}
