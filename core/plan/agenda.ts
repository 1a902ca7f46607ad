/**
 * Things that happen at an instant, the earliest first; those of one instant come in the order in which they were added. What is added happens after
 * nearly everything that is there, so it is put in its place from the end.
 */
export class Agenda<Item> {
  readonly #entries: { readonly at: number; readonly item: Item }[] = [];

  /** The instant of the earliest thing, in milliseconds since the epoch; undefined when nothing is left. */
  get nextAt(): number | undefined {
    return this.#entries[0]?.at;
  }

  add(at: number, item: Item): void {
    const before = this.#entries.findLastIndex((one) => one.at <= at);
    this.#entries.splice(before + 1, 0, { at, item });
  }

  /** Takes everything that happens at this instant or before it. */
  takeUntil(at: number): Item[] {
    const last = this.#entries.findLastIndex((one) => one.at <= at);
    return this.#entries.splice(0, last + 1).map(({ item }) => item);
  }

  /** Takes the earliest thing; there must be one. */
  take(): Item {
    const first = this.#entries.shift();
    if (first === undefined) throw new Error('unreachable: nothing is left');
    return first.item;
  }
}
