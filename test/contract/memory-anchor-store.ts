import type { AnchorStore } from '../../core/ports/anchors.ts';

/** Anchors in memory. `texts` is what a bucket would hold, by number; a test may do to it what nobody can do to a bucket. */
export class MemoryAnchorStore implements AnchorStore {
  readonly texts = new Map<number, string>();

  async newest(): Promise<number> {
    return Math.max(0, ...this.texts.keys());
  }

  async read(number: number): Promise<string | undefined> {
    return this.texts.get(number);
  }

  async put(number: number, text: string): Promise<boolean> {
    if (this.texts.has(number)) return false;
    this.texts.set(number, text);
    return true;
  }
}
