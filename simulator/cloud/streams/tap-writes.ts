import type { LocalTables } from '../../../adapters/dynamodb/local/local-tables.ts';
import type { Image, TableStream, TableStreams } from './table-streams.ts';

interface Write {
  readonly TableName: string;
  readonly Item?: Image;
  readonly Key?: Image;
  readonly ConditionExpression?: string;
}

/**
 * Reads what a request will write to tables with a stream. The returned function adds the records after the write. Two writes of one item in the same
 * instant may get the wrong order; on AWS the table itself knows.
 */
export async function tapWrites(
  streams: TableStreams,
  tables: LocalTables,
  operation: string,
  input: object | undefined,
): Promise<(now: number) => Promise<void>> {
  const tapped = writesOf(operation, input).flatMap((write) => {
    const stream = streams.ofTable(write.TableName);
    return stream === undefined ? [] : [{ stream, write }];
  });
  if (tapped.length === 0) return async () => {};
  const read = async (stream: TableStream, { TableName, Item, Key }: Write): Promise<Image | undefined> => {
    const named = Item ?? Key ?? {};
    const key = Object.fromEntries(stream.options.keys.map((name) => [name, named[name]]));
    const { body } = await tables.answer('GetItem', { TableName, Key: key, ConsistentRead: true });
    return (body as { Item?: Image }).Item;
  };
  const before = await Promise.all(
    // Such a write succeeds only where no item was, so there is nothing to read; most writes of Liftlock are like that.
    tapped.map(({ stream, write }) => (isFirst(write) ? undefined : read(stream, write))),
  );
  return async (now) => {
    const after = await Promise.all(tapped.map(({ stream, write }) => write.Item ?? read(stream, write)));
    for (const [index, { stream }] of tapped.entries()) stream.append(before[index], after[index], now);
  };
}

const isFirst = ({ ConditionExpression = '' }: Write): boolean =>
  /^attribute_not_exists\s*\([^()]*\)$/.test(ConditionExpression.trim());

const isWrite = (operation: string): boolean => /^(?:Put|Update|Delete)(?:Item)?$/.test(operation);

function writesOf(operation: string, input: object = {}): Write[] {
  if (isWrite(operation)) return [input as Write];
  if (operation === 'TransactWriteItems') {
    const { TransactItems = [] } = input as { TransactItems?: readonly Record<string, Write>[] };
    return TransactItems.flatMap((part) =>
      Object.entries(part).flatMap(([kind, write]) => (isWrite(kind) ? [write] : [])),
    );
  }
  if (operation !== 'BatchWriteItem') return [];
  const { RequestItems = {} } = input as { RequestItems?: Record<string, readonly Record<string, Partial<Write>>[]> };
  return Object.entries(RequestItems).flatMap(([TableName, requests]) =>
    requests.flatMap((request) => Object.values(request).map((write) => ({ ...write, TableName }))),
  );
}
