import { performance } from 'node:perf_hooks';

/** Where the seconds of a start went, part after part; the first begins with the process, which loads what it needs. */
export class Timings {
  readonly #parts: { readonly name: string; readonly milliseconds: number }[] = [];
  #last = 0;

  constructor() {
    this.end('load the command');
  }

  /** Ends a part; the next one begins. */
  end(name: string): void {
    const now = performance.now();
    this.#parts.push({ name, milliseconds: now - this.#last });
    this.#last = now;
  }

  /** `12.3 s`. */
  total(): string {
    return seconds(this.#last);
  }

  table(): string {
    const width = Math.max(...this.#parts.map(({ name }) => name.length));
    const rows = this.#parts.map(({ name, milliseconds }) => `  ${name.padEnd(width)}  ${seconds(milliseconds)}\n`);
    return `Timings\n${rows.join('')}`;
  }
}

const seconds = (milliseconds: number): string => `${(milliseconds / 1000).toFixed(1)} s`;
