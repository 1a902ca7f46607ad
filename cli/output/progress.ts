import type { Io } from '../command/io.ts';

const FIRST_MILLISECONDS = 2_000;
const EACH_MILLISECONDS = 2_000;

/** Writes the progress of a scan to stderr once it takes longer than a moment, and again when it has changed. */
export class Progress {
  readonly #io: Io;
  #next: number;
  #last = '';

  constructor(io: Io) {
    this.#io = io;
    this.#next = io.now().getTime() + FIRST_MILLISECONDS;
  }

  tell(text: () => string): void {
    const now = this.#io.now().getTime();
    if (now < this.#next) return;
    this.#next = now + EACH_MILLISECONDS;
    const said = text();
    if (said !== this.#last) this.#io.err(`${said}\n`);
    this.#last = said;
  }
}
