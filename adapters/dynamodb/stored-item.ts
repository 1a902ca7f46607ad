import type { AttributeValue } from '@aws-sdk/client-dynamodb';
import { marshall, unmarshall } from '@aws-sdk/util-dynamodb';
import { deepFreeze } from '../../core/config/deep-freeze.ts';
import { ACTIVE_KEY, KIND_SHARDS, UNLISTED_KINDS } from '../../core/contracts/table-schema.ts';
import { sha256Hex } from '../../core/hash/sha256.ts';
import type { ItemKey, StoredItem, WriteOperation } from '../../core/ports/table.ts';

/** An item as DynamoDB keeps it. `activeKey` is there only while the item is not at rest, which makes its index sparse. */
interface ItemAttributes extends ItemKey {
  readonly kind: string;
  /** Absent for kinds that nobody lists. */
  readonly kindKey?: string;
  readonly revision: number;
  readonly data: unknown;
  readonly activeKey?: string;
  readonly expiresAt?: number;
}

/** What a put writes. */
export type PutItem = Extract<WriteOperation, { readonly type: 'put' }>['item'];

/** All attributes but the revision, which the kind of write decides. */
export function toAttributes(item: PutItem): Omit<ItemAttributes, 'revision'> {
  const { pk, sk, kind, active, data, expiresAt } = item;
  return {
    pk,
    sk,
    kind,
    ...(UNLISTED_KINDS.includes(kind) ? {} : { kindKey: kindKey(kind, shardOf(pk)) }),
    data: plainJson(data),
    ...(active ? { activeKey: ACTIVE_KEY } : {}),
    ...(expiresAt === undefined ? {} : { expiresAt: Math.ceil(expiresAt.getTime() / 1000) }),
  };
}

/** Items as DynamoDB gave them, by all that it said. Most of what a poll or a tick reads has not changed since the one before. */
const known = new Map<string, StoredItem>();
const MOST_KNOWN = 500;

/** The same frozen item for the same answer, so that it is unmarshalled, checked and parsed once. */
export function toStoredItem(item: Record<string, AttributeValue>): StoredItem {
  const said = JSON.stringify(item);
  const before = known.get(said);
  if (before !== undefined) return before;
  const { pk, sk, kind, revision, data, activeKey } = unmarshall(item) as ItemAttributes;
  const stored = deepFreeze({ pk, sk, kind, revision, active: activeKey !== undefined, data });
  if (known.size >= MOST_KNOWN) known.clear();
  known.set(said, stored);
  return stored;
}

export const keyOf = ({ pk, sk }: ItemKey): Record<string, AttributeValue> => marshall({ pk, sk });

export const kindKey = (kind: string, shard: number): string => `${kind}#${shard}`;

/** Items of one partition share a shard; partitions spread evenly. */
const shardOf = (pk: string): number => Number.parseInt(sha256Hex(pk).slice(0, 8), 16) % KIND_SHARDS;

/** What is stored is what JSON says: members that are `undefined` are left out, dates become texts. */
export const plainJson = (value: unknown): unknown => JSON.parse(JSON.stringify(value));
