import { parseJson } from '../../model/parse-json.ts';
import type { ItemSink } from '../../ports/cluster-reader.ts';
import type { Observation } from '../judge/observation.ts';
import { isMapping, type Mapping } from '../manifest/manifest-object.ts';
import { type ClusterFacts, noFacts } from '../reference/cluster-facts.ts';

/** What to do with one item, and where to note what other parts of the scan need of it. */
export type ObserveItem = (item: Mapping, facts: ClusterFacts) => readonly Observation[];

/** What the items of one page say. Each is looked at as it comes and let go again. */
export class PageItems implements ItemSink {
  observations: Observation[] = [];
  /** Of this page alone, so that one that has to be asked for again leaves nothing twice. */
  facts = noFacts();
  count = 0;
  /** Something among the items is no object: the page is not what it should be. */
  broken = false;
  readonly #observe: ObserveItem;
  readonly #mayMatter: (text: string) => boolean;

  /** What cannot matter by its text is counted, and not even parsed: nearly all of a large cluster. */
  constructor(observe: ObserveItem, mayMatter: (text: string) => boolean) {
    this.#observe = observe;
    this.#mayMatter = mayMatter;
  }

  begin(): void {
    this.observations = [];
    this.facts = noFacts();
    this.count = 0;
    this.broken = false;
  }

  item(text: string): void {
    if (text.endsWith('}') && !this.#mayMatter(text)) {
      this.count += 1;
      return;
    }
    const value = parseJson(text);
    if (!isMapping(value)) {
      this.broken = true;
      return;
    }
    this.count += 1;
    this.observations.push(...this.#observe(value, this.facts));
  }
}
