import type { KubernetesObject } from '../objects/object-metadata.ts';
import { ObjectHistory, type Observed, type RevisionCounter } from './object-history.ts';

/** The server's memory of a cluster between requests. */
export interface Memory {
  readonly history: ObjectHistory;
  readonly snapshots: Snapshots;
  readonly deprecatedRequests: DeprecatedRequests;
}

/** Objects are kept for this number of clusters only, because a fleet has thousands. */
const keptClusters = 50;

/** Memories of the last requested clusters. Clients of the others may have outdated revisions, but never wrong ones. */
export class Histories {
  readonly #memories = new Map<string, Memory>();
  // Higher than all revisions of an earlier run on this machine, so that clients which outlive a run must begin anew.
  readonly #counter: RevisionCounter = { last: Date.now() };

  /** A cluster that was created again under the same ARN is another one. */
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

/** etcd is compacted every five minutes, and older states cannot be read any more. */
const lifetimeMilliseconds = 5 * 60_000;
const keptSnapshots = 20;

/** The states of begun lists, so that their later pages show the same one. */
class Snapshots {
  readonly #snapshots = new Map<string, { readonly objects: readonly KubernetesObject[]; readonly at: number }>();

  keep(resource: string, { revision, objects }: Observed, now: number): void {
    this.#snapshots.set(`${resource}@${revision}`, { objects, at: now });
    for (const [key, { at }] of this.#snapshots)
      if (this.#snapshots.size > keptSnapshots || now - at > lifetimeMilliseconds) this.#snapshots.delete(key);
  }

  /** Undefined when it is too old, or was never kept. */
  find(resource: string, revision: number, now: number): Observed | undefined {
    const found = this.#snapshots.get(`${resource}@${revision}`);
    if (found === undefined || now - found.at > lifetimeMilliseconds) return undefined;
    return { revision, objects: found.objects };
  }
}

/** Labels of `apiserver_requested_deprecated_apis`: the requested deprecated API. */
export interface DeprecatedRequest extends Readonly<Record<string, string>> {
  readonly group: string;
  readonly version: string;
  readonly resource: string;
  readonly subresource: string;
  /** Empty where no release is known to remove it. */
  readonly removed_release: string;
}

/** Requests since the start of the API server, which restarts when its version changes. */
export class DeprecatedRequests {
  #started = 0;
  readonly #requests = new Map<string, DeprecatedRequest>();

  note(started: number, request: DeprecatedRequest): void {
    this.#startedAt(started);
    this.#requests.set(JSON.stringify(request), request);
  }

  since(started: number): DeprecatedRequest[] {
    this.#startedAt(started);
    return [...this.#requests.values()];
  }

  #startedAt(started: number): void {
    if (started !== this.#started) this.#requests.clear();
    this.#started = started;
  }
}
