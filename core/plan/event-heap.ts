/** Things that happen at an instant, the earliest first; those of one instant come in the order in which they were added. */
export class EventHeap<Item> {
  readonly #entries: { readonly at: number; readonly order: number; readonly item: Item }[] = [];
  #added = 0;

  /** The instant of the earliest thing, in milliseconds since the epoch; undefined when nothing is left. */
  get nextAt(): number | undefined {
    return this.#entries[0]?.at;
  }

  add(at: number, item: Item): void {
    this.#added += 1;
    const entries = this.#entries;
    entries.push({ at, order: this.#added, item });
    let index = entries.length - 1;
    while (index > 0) {
      const parent = (index - 1) >> 1;
      if (!this.#before(index, parent)) break;
      this.#swap(index, parent);
      index = parent;
    }
  }

  /** Takes everything that happens at this instant or before it. */
  takeUntil(at: number): Item[] {
    const taken: Item[] = [];
    while (this.nextAt !== undefined && this.nextAt <= at) taken.push(this.take());
    return taken;
  }

  /** Takes the earliest thing; there must be one. */
  take(): Item {
    const entries = this.#entries;
    const [first] = entries;
    const last = entries.pop();
    if (first === undefined || last === undefined) throw new Error('unreachable: the heap is empty');
    if (entries.length > 0) {
      entries[0] = last;
      this.#sink();
    }
    return first.item;
  }

  #sink(): void {
    let index = 0;
    for (;;) {
      const left = index * 2 + 1;
      const right = left + 1;
      let least = index;
      if (left < this.#entries.length && this.#before(left, least)) least = left;
      if (right < this.#entries.length && this.#before(right, least)) least = right;
      if (least === index) return;
      this.#swap(index, least);
      index = least;
    }
  }

  #before(a: number, b: number): boolean {
    const [one, other] = [this.#entries[a], this.#entries[b]];
    if (one === undefined || other === undefined) return false;
    return one.at === other.at ? one.order < other.order : one.at < other.at;
  }

  #swap(a: number, b: number): void {
    const entries = this.#entries;
    const [one, other] = [entries[a], entries[b]];
    if (one === undefined || other === undefined) return;
    entries[a] = other;
    entries[b] = one;
  }
}
