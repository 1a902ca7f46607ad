import { DeleteItemCommand, DescribeTableCommand, type DynamoDBClient, paginateScan } from '@aws-sdk/client-dynamodb';
import { errorName } from '../../../core/contracts/errors.ts';
import type { Timers } from '../../clock/timers.ts';

/** A table whose items expire as the template says. */
export interface ExpiringTable {
  readonly name: string;
  readonly attribute: string;
}

/** AWS removes expired items within days; once a virtual day is often enough to show that no code relies on them. */
const SWEEP_MILLISECONDS = 24 * 3_600_000;

/** Removes expired items, in virtual time. */
export class ExpirySweep {
  readonly #client: DynamoDBClient;
  readonly #tables: readonly ExpiringTable[];
  readonly #timers: Timers;
  #stopped = false;

  constructor(client: DynamoDBClient, tables: readonly ExpiringTable[], timers: Timers) {
    this.#client = client;
    this.#tables = tables;
    this.#timers = timers;
  }

  start(): void {
    this.#timers.schedule(new Date(this.#timers.now().getTime() + SWEEP_MILLISECONDS), async () => {
      if (this.#stopped) return;
      for (const table of this.#tables) await this.sweep(table);
      this.start();
    });
  }

  stop(): void {
    this.#stopped = true;
  }

  async sweep({ name, attribute }: ExpiringTable): Promise<void> {
    const seconds = Math.floor(this.#timers.now().getTime() / 1000);
    const { Table } = await this.#client.send(new DescribeTableCommand({ TableName: name }));
    const keys = (Table?.KeySchema ?? []).map(({ AttributeName = '' }) => AttributeName);
    const values = {
      ExpressionAttributeNames: { '#at': attribute },
      ExpressionAttributeValues: { ':now': { N: String(seconds) } },
    };
    const input = {
      TableName: name,
      FilterExpression: '#at < :now',
      ...values,
    };
    for await (const { Items = [] } of paginateScan({ client: this.#client }, input)) {
      for (const item of Items) {
        const Key = Object.fromEntries(Object.entries(item).filter(([name]) => keys.includes(name)));
        await this.#remove(
          new DeleteItemCommand({ TableName: name, Key, ConditionExpression: '#at < :now', ...values }),
        );
      }
    }
  }

  /** An item whose expiry was moved since the read stays. */
  async #remove(command: DeleteItemCommand): Promise<void> {
    try {
      await this.#client.send(command);
    } catch (error) {
      if (errorName(error) !== 'ConditionalCheckFailedException') throw error;
    }
  }
}
