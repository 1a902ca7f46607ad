import { invalid } from './failure.ts';

const RFC_3339 = /^(\d{4}-\d{2}-\d{2}T\d{2}:\d{2}(?::\d{2}(?:\.\d{1,9})?)?)(?:Z|[+-]\d{2}:\d{2})$/i;

/** Parses `--at` and `--now`: RFC 3339 with a zone; seconds are optional. Fails with exit code 2. */
export function instantOf(text: string, option = '--at'): Date {
  const local = RFC_3339.exec(text)?.[1];
  const date = new Date(text);
  // Some engines read 30 February as 2 March.
  const isReal = local !== undefined && sameMinute(local);
  if (isReal && !Number.isNaN(date.getTime())) return date;
  throw invalid(`liftlock: ${option} is "${text}"; write an instant with its zone, such as 2026-11-24T22:00:00+01:00.`);
}

function sameMinute(local: string): boolean {
  const read = new Date(`${local}Z`);
  return !Number.isNaN(read.getTime()) && read.toISOString().slice(0, 16) === local.slice(0, 16).toUpperCase();
}
