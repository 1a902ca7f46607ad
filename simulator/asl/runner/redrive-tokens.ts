import type { ExecutionRecord, RedriveToken } from './execution-record.ts';

/** "The last 10 client tokens used to successfully redrive the execution … up to 15 minutes after they are first used." Source: API reference of RedriveExecution. */
const REMEMBERED = 10;
const VALID_MILLISECONDS = 15 * 60_000;

/** When an execution was redriven with a token that still counts. */
export function dateOfToken(record: ExecutionRecord, token: string | undefined, now: Date): Date | undefined {
  const used = record.redriveTokens?.findLast((one) => one.token === token);
  if (used === undefined || now.getTime() - Date.parse(used.date) > VALID_MILLISECONDS) return undefined;
  return new Date(used.date);
}

/** The tokens to remember once this one was used. */
export function withToken(record: ExecutionRecord, token: string, now: Date): readonly RedriveToken[] {
  return [...(record.redriveTokens ?? []), { token, date: now.toISOString() }].slice(-REMEMBERED);
}
