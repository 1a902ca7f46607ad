import { hash } from 'node:crypto';
import type { Source } from '../api-objects.ts';
import type { KubernetesObject } from '../objects/object-metadata.ts';

/** What happened to one object. `before` is absent for a new one, `after` for one that is gone. */
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

/** Shared by all histories, so that one that is begun anew does not give revisions which clients have seen before. */
export interface RevisionCounter {
  last: number;
}

/** An object as it was last seen. */
interface Seen {
  readonly digest: string;
  readonly basis?: string | undefined;
  readonly object: KubernetesObject;
}

interface ResourceHistory {
  current: Map<string, Seen>;
  changes: Change[];
  /** Changes up to here are forgotten. */
  forgotten: number;
}

const keptChanges = 2_000;

/**
 * The `resourceVersion`s of one cluster. The model keeps no revisions: an object gets a new one when it is seen to be another than
 * last time, so what changed and changed back between two looks is not seen.
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

  /** `sources` are all of that resource, ordered by key; they come back as objects with their `resourceVersion`. */
  observe(resource: string, sources: readonly Source[]): Observed {
    const known = this.#resources.get(resource);
    const history = known ?? { current: new Map(), changes: [], forgotten: 0 };
    const seen: ResourceHistory['current'] = new Map();
    for (const source of sources) seen.set(source.key, this.#revise(history, source));
    for (const [key, { object }] of history.current) if (!seen.has(key)) this.#note(history, { before: object });
    history.current = seen;
    // What is seen for the first time is no news.
    if (known === undefined) Object.assign(history, { changes: [], forgotten: this.#revision });
    this.#forget(history);
    this.#resources.set(resource, history);
    return { revision: this.#revision, objects: [...seen.values()].map(({ object }) => object) };
  }

  /**
   * The same of a part: `sources` are at least those of which the objects are among it. What becomes of the others is seen by the next look at
   * them. Undefined where the resource was never seen as a whole: there is nothing to compare a part with.
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

  /** Changes of a resource after that revision, oldest first; undefined where they are forgotten. */
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
