import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { parentPort, workerData } from 'node:worker_threads';
import { batchesOf } from '../../core/model/batches.ts';

/** An item as DynamoDB answers with it, and where it stands. */
export interface ServedItem {
  readonly id: string;
  readonly places: readonly string[];
  readonly text: string;
}

interface BatchGet {
  readonly RequestItems: Readonly<
    Record<string, { readonly Keys: readonly Record<'pk' | 'sk', { readonly S: string }>[] }>
  >;
}
interface Query {
  readonly ExpressionAttributeValues: Readonly<Record<string, { readonly S: string }>>;
  readonly ExclusiveStartKey?: { readonly page: { readonly N: string } };
}

const PAGE_CHARACTERS = 1_000_000;

/** Answers the reads of a table that does not change, from a thread of its own: what is measured is what its reader does. */
const { items } = workerData as { readonly items: readonly ServedItem[] };
const known = new Map(items.map(({ id, text }) => [id, text]));
const byPlace = Map.groupBy(
  items.flatMap(({ places, text }) => places.map((place) => ({ place, text }))),
  ({ place }) => place,
);
const pages = new Map(
  [...byPlace].map(([place, own]) => [
    place,
    batchesOf(
      own.map(({ text }) => text),
      own.length,
      PAGE_CHARACTERS,
    ),
  ]),
);

function batchGet({ RequestItems }: BatchGet): string {
  const [[table = '', { Keys }] = ['', { Keys: [] }]] = Object.entries(RequestItems);
  const found = Keys.flatMap(({ pk, sk }) => known.get(`${pk.S} ${sk.S}`) ?? []);
  return `{"Responses":{${JSON.stringify(table)}:[${found.join(',')}]}}`;
}

function query({ ExpressionAttributeValues: values, ExclusiveStartKey }: Query): string {
  const place = (values[':pk'] ?? values[':hash'])?.S ?? '';
  const own = pages.get(place) ?? [[]];
  const at = Number(ExclusiveStartKey?.page.N ?? 0);
  const more = at + 1 < own.length ? `,"LastEvaluatedKey":{"page":{"N":"${at + 1}"}}` : '';
  return `{"Items":[${own[at]?.join(',')}]${more}}`;
}

const server = createServer(async (request, response) => {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk as Buffer);
  const body = JSON.parse(Buffer.concat(chunks).toString('utf8')) as BatchGet & Query;
  const isQuery = String(request.headers['x-amz-target']).endsWith('.Query');
  response.setHeader('content-type', 'application/x-amz-json-1.0').end(isQuery ? query(body) : batchGet(body));
});
server.listen(0, '127.0.0.1', () => parentPort?.postMessage((server.address() as AddressInfo).port));
