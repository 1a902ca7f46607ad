import { DeprecatedRequests } from './deprecated-requests.ts';
import { ObjectHistory, type RevisionCounter } from './object-history.ts';
import { Snapshots } from './snapshots.ts';

/** What the face remembers of a cluster between requests. */
export interface Memory {
  readonly history: ObjectHistory;
  readonly snapshots: Snapshots;
  readonly deprecatedRequests: DeprecatedRequests;
}

/** Objects are kept for that many clusters only: a fleet has thousands. */
const keptClusters = 50;

/** Memories of the clusters that were asked last. What clients remember of the others is outdated, never wrong. */
export class Histories {
  readonly #memories = new Map<string, Memory>();
  // Above all that an earlier run on this machine has given, so that clients which outlive a run are told to begin anew.
  readonly #counter: RevisionCounter = { last: Date.now() };

  /** A cluster that was made anew under the same ARN is another one. */
  of({ arn, createdAt }: { readonly arn: string; readonly createdAt: number }): Memory {
    const key = `${arn}@${createdAt}`;
    const memory = this.#memories.get(key) ?? {
      history: new ObjectHistory(this.#counter),
      snapshots: new Snapshots(),
      deprecatedRequests: new DeprecatedRequests(),
    };
    this.#memories.delete(key);
    this.#memories.set(key, memory);
    const [oldest] = this.#memories.keys();
    if (this.#memories.size > keptClusters && oldest !== undefined) this.#memories.delete(oldest);
    return memory;
  }
}
