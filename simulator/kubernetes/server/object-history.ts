import { hash } from 'node:crypto';
import type { Source } from '../api-objects.ts';
import type { KubernetesObject } from '../objects/object-metadata.ts';

/** A change of one object. `before` is absent for a new one, `after` for a removed one. */
export interface Change {
  readonly revision: number;
  readonly before?: KubernetesObject;
  readonly after?: KubernetesObject;
}

/** All objects of a resource at one revision of the cluster. */
export interface Observed {
  readonly revision: number;
  readonly objects: readonly KubernetesObject[];
}

/** All histories share it, so that a new history does not repeat revisions which clients have seen. */
export interface RevisionCounter {
  last: number;
}

/** The last seen state of an object. */
interface Seen {
  readonly digest: string;
  readonly basis?: string | undefined;
  readonly object: KubernetesObject;
}

interface ResourceHistory {
  current: Map<string, Seen>;
  changes: Change[];
  /** Changes up to here were dropped. */
  forgotten: number;
}

const keptChanges = 2_000;

/**
 * The `resourceVersion`s of one cluster. The model has no revisions: an object gets a new one when it differs from its last read, so a change that
 * was reverted between two reads is not seen.
 */
export class ObjectHistory {
  readonly #counter: RevisionCounter;
  #revision: number;
  readonly #resources = new Map<string, ResourceHistory>();

  constructor(counter: RevisionCounter) {
    this.#counter = counter;
    this.#revision = counter.last;
  }

  get revision(): number {
    return this.#revision;
  }

  /** `sources` are all objects of that resource, sorted by key; the result has them with their `resourceVersion`. */
  observe(resource: string, sources: readonly Source[]): Observed {
    const known = this.#resources.get(resource);
    const history = known ?? { current: new Map(), changes: [], forgotten: 0 };
    const seen: ResourceHistory['current'] = new Map();
    for (const source of sources) seen.set(source.key, this.#revise(history, source));
    for (const [key, { object }] of history.current) if (!seen.has(key)) this.#note(history, { before: object });
    history.current = seen;
    // Objects that are seen for the first time are no changes.
    if (known === undefined) Object.assign(history, { changes: [], forgotten: this.#revision });
    this.#forget(history);
    this.#resources.set(resource, history);
    return { revision: this.#revision, objects: [...seen.values()].map(({ object }) => object) };
  }

  /**
   * The same for a part: `sources` contain at least the requested objects. The next complete read sees changes of the others. Undefined where the
   * resource was never read completely, because there is nothing to compare a part with.
   */
  observePart(
    resource: string,
    sources: readonly Source[],
    isAmong: (object: KubernetesObject) => boolean,
  ): Observed | undefined {
    const history = this.#resources.get(resource);
    if (history === undefined) return undefined;
    const keys = new Set(sources.map(({ key }) => key));
    for (const [key, { object }] of history.current) {
      if (keys.has(key) || !isAmong(object)) continue;
      this.#note(history, { before: object });
      history.current.delete(key);
    }
    const objects = sources.map((source) => {
      const seen = this.#revise(history, source);
      history.current.set(source.key, seen);
      return seen.object;
    });
    this.#forget(history);
    return { revision: this.#revision, objects };
  }

  /** Changes of a resource after that revision, oldest first; undefined where they were dropped. */
  changesSince(resource: string, revision: number): readonly Change[] | undefined {
    const history = this.#resources.get(resource);
    if (history === undefined || revision < history.forgotten) return undefined;
    return history.changes.filter((change) => change.revision > revision);
  }

  #revise(history: ResourceHistory, { key, basis, make }: Source): Seen {
    const last = history.current.get(key);
    if (last !== undefined && basis !== undefined && last.basis === basis) return last;
    const object = make();
    const digest = hash('sha1', JSON.stringify(object), 'base64');
    if (last?.digest === digest) return { ...last, basis };
    const same = last?.object.metadata.uid === object.metadata.uid;
    if (last !== undefined && !same) this.#note(history, { before: last.object });
    const revision = this.#counter.last + 1;
    const after = { ...object, metadata: { ...object.metadata, resourceVersion: String(revision) } };
    this.#note(history, same && last !== undefined ? { before: last.object, after } : { after });
    return { digest, basis, object: after };
  }

  #note(history: ResourceHistory, change: Omit<Change, 'revision'>): void {
    this.#counter.last += 1;
    this.#revision = this.#counter.last;
    history.changes.push({ revision: this.#revision, ...change });
  }

  #forget(history: ResourceHistory): void {
    const dropped = history.changes.splice(0, Math.max(0, history.changes.length - keptChanges));
    history.forgotten = dropped.at(-1)?.revision ?? history.forgotten;
  }
}
