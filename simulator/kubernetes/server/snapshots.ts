import type { KubernetesObject } from '../objects/object-metadata.ts';
import type { Observed } from './object-history.ts';

/** etcd is compacted every five minutes, and what is older cannot be read any more. */
const lifetimeMilliseconds = 5 * 60_000;
const keptSnapshots = 20;

/** States that lists were begun on, so that their later pages show the same one. */
export class Snapshots {
  readonly #snapshots = new Map<string, { readonly objects: readonly KubernetesObject[]; readonly at: number }>();

  keep(resource: string, { revision, objects }: Observed, now: number): void {
    this.#snapshots.set(`${resource}@${revision}`, { objects, at: now });
    const [oldest] = this.#snapshots.keys();
    if (this.#snapshots.size > keptSnapshots && oldest !== undefined) this.#snapshots.delete(oldest);
  }

  /** Undefined when it is too old, or was never kept. */
  find(resource: string, revision: number, now: number): Observed | undefined {
    const found = this.#snapshots.get(`${resource}@${revision}`);
    if (found === undefined || now - found.at > lifetimeMilliseconds) return undefined;
    return { revision, objects: found.objects };
  }
}
