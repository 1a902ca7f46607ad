import { text } from 'node:stream/consumers';
import { setTimeout as delay } from 'node:timers/promises';
import { writeError, writeOut } from './streams.ts';

/** Everything outside of a command that it uses; tests replace it. */
export interface Io {
  /** Writes data: nothing else goes to stdout. Control characters are escaped, here and in `err`. */
  out(text: string): void;
  /** Writes progress, warnings and errors. */
  err(text: string): void;
  /** Clears the screen. */
  clear(): void;
  readonly env: Readonly<Record<string, string | undefined>>;
  /** Whether stdout is a terminal. */
  readonly isTerminal: boolean;
  /** Columns of the terminal; undefined without one. */
  readonly columns: number | undefined;
  stdin(): Promise<string>;
  /** The same in chunks, for large inputs. */
  stdinChunks(): AsyncIterable<Buffer | string>;
  now(): Date;
  /** It ends early when a user presses Ctrl-C. */
  sleep(milliseconds: number): Promise<void>;
  /** Aborted when a user presses Ctrl-C. */
  readonly interrupted: AbortSignal;
}

const CLEAR = '\u001b[H\u001b[2J\u001b[3J';

/** Waits in real time, until the signal is aborted. */
export async function sleepUnless(interrupted: AbortSignal, milliseconds: number): Promise<void> {
  await delay(milliseconds, undefined, { signal: interrupted }).catch(() => undefined);
}

/** How long a command may still run when its output has no reader any more. */
const UNHEARD_MILLISECONDS = 2_000;

/** The next Ctrl-C aborts it, and one after that ends the process. CI sends SIGTERM when a user cancels a job. */
export function interruption(): AbortSignal {
  const controller = new AbortController();
  for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => controller.abort());
  return controller.signal;
}

/**
 * The real implementation. Once a command has read `interrupted`, the first Ctrl-C ends it in order and the second one at once; before that Ctrl-C
 * has its usual effect.
 */
export function processIo(): Io {
  let interrupted: AbortSignal | undefined;
  // The reader of the output may stop early (`| head`). That is no error and does not change the result of the command, but commands without an end
  // must stop then.
  let unheard = false;
  process.stdout.on('error', (error: NodeJS.ErrnoException) => {
    if (error.code !== 'EPIPE') {
      // A full disk, say. What is missing in the output would look as if it had never been there.
      writeError(`liftlock: the output cannot be written to its end: ${error.message}. Give it another place.\n`);
      process.exit(1);
    }
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

/** Options that every command takes. */
export interface GlobalOptions {
  readonly apiUrl?: string;
  readonly apiRegion?: string;
  readonly profile?: string;
  readonly timeout: number;
  readonly color: boolean;
}

export type Style = 'bold' | 'dim' | 'red' | 'green' | 'yellow' | 'cyan';

export type Paint = (style: Style, text: string) => string;
