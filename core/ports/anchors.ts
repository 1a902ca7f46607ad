/**
 * The store of the audit's anchors: a place outside of the table that takes each number once and never returns changed contents. There are two
 * implementations, `adapters/memory` and `adapters/aws/anchors`, and one contract suite runs on both.
 */
export interface AnchorStore {
  /** The highest number in the store; 0 when it is empty. */
  newest(): Promise<number>;
  /** Undefined where that number was never put. */
  read(number: number): Promise<string | undefined>;
  /** False when the number is taken, by any writer and with any text; then nothing is put. */
  put(number: number, text: string): Promise<boolean>;
}

/** An anchor as the verification finds it, before anything of it is trusted. */
export interface AnchorFile {
  /** Its name in the bucket and in an export: `audit/999999999998.jsonl`. */
  readonly name: string;
  readonly text: string;
  /** What happened to the object since it was put; absent = nothing. */
  readonly problem?: string;
}
