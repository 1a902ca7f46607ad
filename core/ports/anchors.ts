/**
 * Where anchors of the audit are kept: outside the table, in a place that takes each number once and gives nothing back changed. Two
 * implementations: `adapters/memory` and `adapters/aws/anchors`; one contract suite runs on both.
 */
export interface AnchorStore {
  /** The highest number that is there; 0 when none is. */
  newest(): Promise<number>;
  /** Undefined where that number was never put. */
  read(number: number): Promise<string | undefined>;
  /** False when that number is taken, whoever took it and whatever it holds; the text is then not put. */
  put(number: number, text: string): Promise<boolean>;
}

/** An anchor as whoever verifies finds it; nothing of it is believed yet. */
export interface AnchorFile {
  /** `audit/999999999998.jsonl`, as it is called in the bucket and in an export. */
  readonly name: string;
  readonly text: string;
  /** What was done to the object since it was put; absent = nothing. */
  readonly problem?: string;
}
