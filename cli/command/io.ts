import { text } from 'node:stream/consumers';
import { setTimeout as delay } from 'node:timers/promises';
import { writeError, writeOut } from './streams.ts';

/** Everything that a command touches outside itself; tests give their own. */
export interface Io {
  /** Data: nothing else goes to stdout. What would steer a terminal or hide stands escaped, here and in `err`. */
  out(text: string): void;
  /** Progress, warnings, errors. */
  err(text: string): void;
  /** Empties the screen. */
  clear(): void;
  readonly env: Readonly<Record<string, string | undefined>>;
  /** Whether stdout is a terminal. */
  readonly isTerminal: boolean;
  /** Columns of the terminal; undefined elsewhere. */
  readonly columns: number | undefined;
  stdin(): Promise<string>;
  /** The same as it comes in, for what may be large. */
  stdinChunks(): AsyncIterable<Buffer | string>;
  now(): Date;
  /** Less long when a person presses Ctrl-C. */
  sleep(milliseconds: number): Promise<void>;
  /** Aborted when a person presses Ctrl-C. */
  readonly interrupted: AbortSignal;
}

const CLEAR = '\u001b[H\u001b[2J\u001b[3J';

/** Real time, until the signal is aborted. */
export async function sleepUnless(interrupted: AbortSignal, milliseconds: number): Promise<void> {
  await delay(milliseconds, undefined, { signal: interrupted }).catch(() => undefined);
}

/** What a command that has lost its reader may still take. */
const UNHEARD_MILLISECONDS = 2_000;

/** Aborted by the next Ctrl-C; one after that ends the process. SIGTERM is what CI sends when somebody cancels. */
export function interruption(): AbortSignal {
  const controller = new AbortController();
  for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => controller.abort());
  return controller.signal;
}

/**
 * The real thing. Once somebody has asked for `interrupted`, the first Ctrl-C ends the command in order and the second one at once; before
 * that Ctrl-C does what it always does.
 */
export function processIo(): Io {
  let interrupted: AbortSignal | undefined;
  // The reader of our output may stop early (`| head`): that is no error, and does not change what the command found out. Commands that go on
  // for ever end then.
  let unheard = false;
  process.stdout.on('error', (error: NodeJS.ErrnoException) => {
    if (error.code !== 'EPIPE') process.exit(1);
    unheard = true;
    setTimeout(() => process.exit(), UNHEARD_MILLISECONDS).unref();
  });
  const io: Io = {
    out: (chunk) => {
      if (!unheard) writeOut(chunk);
    },
    err: writeError,
    clear: () => void process.stdout.write(CLEAR),
    env: process.env,
    isTerminal: process.stdout.isTTY === true,
    columns: process.stdout.columns,
    stdin: () => text(process.stdin),
    stdinChunks: () => process.stdin,
    now: () => new Date(),
    sleep: (milliseconds) => sleepUnless(io.interrupted, milliseconds),
    get interrupted() {
      interrupted ??= interruption();
      return interrupted;
    },
  };
  return io;
}
