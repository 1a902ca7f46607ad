import { type Io, sleepUnless } from '../../../cli/command/io.ts';
import { runCommand } from '../../../cli/program.ts';
import { visibleAround } from '../../../core/model/visible.ts';

export interface Ran {
  readonly code: number;
  readonly out: string;
  readonly err: string;
}

export interface RunOptions {
  readonly url?: string;
  readonly env?: Readonly<Record<string, string>>;
  readonly stdin?: string;
  readonly terminal?: boolean;
  readonly interrupted?: AbortSignal;
  readonly now?: Date;
  /** Real time when absent. */
  readonly sleep?: (milliseconds: number) => Promise<void>;
}

/** One command line in this process, with its streams caught. */
export async function runInProcess(argv: readonly string[], options: RunOptions = {}): Promise<Ran> {
  const { io, caught } = caughtIo(options);
  const code = await runCommand(argv, io);
  return { code, ...caught };
}

/** What surrounds a command here, and what it has written so far. */
export function caughtIo(options: RunOptions = {}): { io: Io; caught: { out: string; err: string } } {
  const caught = { out: '', err: '' };
  const interrupted = options.interrupted ?? new AbortController().signal;
  const io: Io = {
    out: (text) => {
      caught.out += visibleAround(text);
    },
    err: (text) => {
      caught.err += visibleAround(text);
    },
    clear: () => {
      caught.out += '<clear>';
    },
    env: { ...(options.url === undefined ? {} : { LIFTLOCK_API_URL: options.url }), ...options.env },
    isTerminal: options.terminal === true,
    columns: options.terminal === true ? 120 : undefined,
    stdin: async () => options.stdin ?? '',
    stdinChunks: async function* () {
      yield options.stdin ?? '';
    },
    now: () => options.now ?? new Date('2026-11-20T08:00:00Z'),
    sleep: options.sleep ?? ((milliseconds) => sleepUnless(interrupted, milliseconds)),
    interrupted,
  };
  return { io, caught };
}
