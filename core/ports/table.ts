import { compareTexts } from '../model/compare-texts.ts';
/**
 * The one store: a transactional table of items with revisions, and beside it the append-only audit. Nobody deletes anything; an item that is kept
 * for some time only says when it may be removed (`expiresAt`). Every safety rule of a transaction has the form "these items are still as I read
 * them": the decision is a pure function of the items read, and the transaction checks their revisions (docs/adr/0002). There are two
 * implementations, `adapters/memory` and `adapters/dynamodb`, and one contract suite runs on both.
 */
export interface Table {
  /** Strongly consistent. */
  get(key: ItemKey): Promise<StoredItem | undefined>;
  /**
   * Any number of items in as few requests as possible, in the order of their keys. Each read is strongly consistent, but they are not of one
   * instant. A transaction checks the revisions of the items on which its decision depends, as after single reads.
   */
  getAll(keys: readonly ItemKey[]): Promise<(StoredItem | undefined)[]>;
  /** Strongly consistent, ordered by `sk`, all pages. */
  queryPartition(pk: string, skPrefix?: string): Promise<StoredItem[]>;
  /** Items written with `active: true`, which are not at rest. Eventually consistent. */
  queryActive(): Promise<StoredItem[]>;
  /** All items of a kind, unless it is one of `UNLISTED_KINDS`. Eventually consistent. */
  queryKind(kind: string): Promise<StoredItem[]>;
  /**
   * All or nothing; at most 100 operations, and no key twice. Fails with `ConditionFailed` when an item is not at the expected revision (or an audit
   * item exists already), and with `TransactionConflict` when another transaction changes one of the items. The caller decides anew.
   */
  transact(operations: readonly WriteOperation[]): Promise<void>;
  /** Sequence and hash of a subject's newest audit item, which the next one follows. Strongly consistent. */
  auditHead(subject: string): Promise<AuditHead | undefined>;
  /** A subject's audit, oldest first. */
  auditOf(subject: string): Promise<AuditItem[]>;
  /** The audit of every subject from an instant on, in no order. It reads the whole audit, which may not fit into memory. */
  auditSince(since: Date): AsyncIterable<AuditItem>;
}

/** The table that a restore works on while everything else is stopped. No role of a function has the permissions that it needs beyond `Table`. */
export interface RestoredTable extends Table {
  /** Sets an item to an exact revision, unless a revision that is no older exists: somebody may write to the table meanwhile. */
  restore(item: StoredItem): Promise<void>;
}

export interface ItemKey {
  readonly pk: string;
  readonly sk: string;
}

/** A key as one text, for maps and sets. No part of a key contains U+0000. */
export const itemId = ({ pk, sk }: ItemKey): string => `${pk}\u0000${sk}`;

/** The order of a table's results. */
export const byKey = (a: ItemKey, b: ItemKey): number => compareTexts(a.pk, b.pk) || compareTexts(a.sk, b.sk);

export interface StoredItem extends ItemKey {
  readonly kind: string;
  /** Grows with every write: by one, or to the revision of the write (core/store/audit.ts). */
  readonly revision: number;
  readonly active: boolean;
  readonly data: unknown;
}

/** A revision that was read, `absent`, or `any` (only for items on which no decision depends). */
export type Expected = number | 'absent' | 'any';

/** The item's JSON has at most this many characters. It is known where the item was hashed, so that nobody makes the text again to measure it. */
type TextLength = number | undefined;

export type WriteOperation =
  | {
      readonly type: 'put';
      readonly item: ItemKey & {
        readonly kind: string;
        readonly active: boolean;
        readonly data: unknown;
        readonly expiresAt?: Date;
      };
      readonly expect: Expected;
      /** Absent = 1, or one more than expected. */
      readonly revision?: number;
      readonly textLength?: TextLength;
    }
  | { readonly type: 'check'; readonly key: ItemKey; readonly expect: number | 'absent' }
  | {
      readonly type: 'append';
      readonly item: AuditItem;
      readonly textLength?: TextLength;
    };

export type AuditHead = Pick<AuditItem, 'sequence' | 'hash'>;

/** One link of a subject's chain. `hash` covers every other member; `previousHash` is the hash of the previous item (`''` for the first one). */
export interface AuditItem {
  /** A cluster key, `rollout/<id>`, or `fleet`. */
  readonly subject: string;
  /** 1, 2, 3, … without gaps. */
  readonly sequence: number;
  readonly event: string;
  /** As `principalOf` writes it, such as `role:111111111111/platform`, or `liftlock`, or `unknown`; older items have ARNs and bare names. */
  readonly principal: string;
  /** RFC 3339 UTC. */
  readonly at: string;
  readonly detail: Readonly<Record<string, unknown>>;
  readonly previousHash: string;
  readonly hash: string;
}
