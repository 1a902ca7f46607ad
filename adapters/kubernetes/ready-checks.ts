import { statusError } from './access-error.ts';

/** Reads `GET /readyz?verbose`: one line per check, `[+]ping ok` or `[-]etcd failed: reason withheld`; 200 when all are well. */
export function readyChecks(status: number, text: string): { ok: boolean; failed: string[] } {
  const lines = text.split('\n');
  if (status !== 200 && !lines.some((line) => /^\[[+-]\]/.test(line))) throw statusError(status, '');
  const failed = lines.flatMap((line) => /^\[-\](\S+)/.exec(line)?.[1] ?? []);
  return { ok: status === 200 && failed.length === 0, failed };
}
