import { compareTexts } from '../model/compare-texts.ts';
/**
 * The one store: a transactional table of items with revisions, and beside it the append-only audit. Nothing is deleted by anybody; what is
 * kept for a while only says when it may go (`expiresAt`).
 * Every safety rule that a transaction must hold is expressed as "these items are still as I read them": the decision is a pure
 * function of the items read, and the transaction checks their revisions (docs/adr/0002). Two implementations:
 * `adapters/memory` and `adapters/dynamodb`; one contract suite runs on both.
 */
export interface Table {
  /** Strongly consistent. */
  get(key: ItemKey): Promise<StoredItem | undefined>;
  /**
   * Any number of items in as few requests as it takes, in the order of their keys. Each is strongly consistent, all of them are not one
   * instant: what a decision rests on is checked by revision in its transaction, as if it had been read one by one.
   */
  getAll(keys: readonly ItemKey[]): Promise<(StoredItem | undefined)[]>;
  /** Strongly consistent, ordered by `sk`, all pages. */
  queryPartition(pk: string, skPrefix?: string): Promise<StoredItem[]>;
  /** Items written with `active: true`: what is not at rest. Eventually consistent. */
  queryActive(): Promise<StoredItem[]>;
  /** All items of a kind, unless it is one of `UNLISTED_KINDS`. Eventually consistent. */
  queryKind(kind: string): Promise<StoredItem[]>;
  /**
   * All or nothing; at most 100 operations, no key twice. Fails with `ConditionFailed` when an item is not at the expected revision
   * (or an audit item exists already), with `TransactionConflict` when another transaction holds one of the items: decide anew.
   */
  transact(operations: readonly WriteOperation[]): Promise<void>;
  /** Of a subject's newest audit item what the next one follows. Strongly consistent. */
  auditHead(subject: string): Promise<AuditHead | undefined>;
  /** A subject's audit, oldest first. */
  auditOf(subject: string): Promise<AuditItem[]>;
  /** The audit of every subject from an instant on, in no order. Reads the whole audit, which may be more than fits into memory. */
  auditSince(since: Date): AsyncIterable<AuditItem>;
}

/** What a restore works on, with everything else stopped. No role of a function is granted what it asks for beyond `Table`. */
export interface RestoredTable extends Table {
  /** Sets an item to an exact revision, unless one that is no older is there: somebody may write to the table meanwhile. */
  restore(item: StoredItem): Promise<void>;
}

export interface ItemKey {
  readonly pk: string;
  readonly sk: string;
}

/** A key as one text, for maps and sets; no part of a key has U+0000. */
export const itemId = ({ pk, sk }: ItemKey): string => `${pk}\u0000${sk}`;

/** The order in which a table gives what it gives. */
export const byKey = (a: ItemKey, b: ItemKey): number => compareTexts(a.pk, b.pk) || compareTexts(a.sk, b.sk);

export interface StoredItem extends ItemKey {
  readonly kind: string;
  /** Grows with every write: by one, or to what the write says (core/store/audit.ts). */
  readonly revision: number;
  readonly active: boolean;
  readonly data: unknown;
}

/** A revision that was read, `absent`, or `any` (only for items that no decision depends on). */
export type Expected = number | 'absent' | 'any';

/** No more characters than this has the item's JSON; known where it was hashed, so that nobody makes that text again to measure it. */
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

/** One link of a subject's chain. `hash` covers every other member; `previousHash` is the hash of the item before (`''` for the first). */
export interface AuditItem {
  /** A cluster key, `rollout/<id>`, or `fleet`. */
  readonly subject: string;
  /** 1, 2, 3, … without gaps. */
  readonly sequence: number;
  readonly event: string;
  /** Role ARN without session, a person's Identity Center name, `liftlock`, or `unknown`. */
  readonly principal: string;
  /** RFC 3339 UTC. */
  readonly at: string;
  readonly detail: Readonly<Record<string, unknown>>;
  readonly previousHash: string;
  readonly hash: string;
}
