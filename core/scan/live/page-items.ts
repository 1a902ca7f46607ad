import type { ItemSink } from '../../ports/cluster-reader.ts';
import type { Observation } from '../judge/observation.ts';
import { isMapping, type Mapping } from '../manifest/manifest-object.ts';

/** What the items of one page say. Each is looked at as it comes and let go again. */
export class PageItems implements ItemSink {
  observations: Observation[] = [];
  count = 0;
  /** Something among the items is no object: the page is not what it should be. */
  broken = false;
  readonly #observe: (item: Mapping) => readonly Observation[];

  constructor(observe: (item: Mapping) => readonly Observation[]) {
    this.#observe = observe;
  }

  begin(): void {
    this.observations = [];
    this.count = 0;
    this.broken = false;
  }

  item(value: unknown): void {
    if (!isMapping(value)) {
      this.broken = true;
      return;
    }
    this.count += 1;
    this.observations.push(...this.#observe(value));
  }
}
