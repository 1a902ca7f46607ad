import { whyNotWaived } from '../contracts/scan-words.ts';
import { noCheck, ruleAsReason } from './checks/no-check.ts';
import { waiverEnd } from './day-or-instant.ts';
import type { ConfigDocument, ConfigIssue } from './issue.ts';
import { scanWaiverSchema } from './schema/scan-waiver.ts';
import { parseBySchema } from './schema-issues.ts';
import { fieldOf, soundFields } from './sound-fields.ts';
import type { ScanWaiver } from './types.ts';

/** A year and some days; after that somebody should look again. */
const maxWaiverDays = 400;

/** A waiver, and the instant at which it ends. */
export interface CheckedWaiver {
  readonly document: ScanWaiver;
  readonly end: Date;
  /** Who applied it to the controller, and when; undefined where a file was read. */
  readonly applied?: { readonly by: string; readonly at: string };
}

/** Checks one document of kind ScanWaiver. An expired waiver is no error, because reports list it. `now` undefined = every end is accepted. */
export function checkWaiver(
  document: ConfigDocument,
  now: Date | undefined,
  issues: ConfigIssue[],
): CheckedWaiver | undefined {
  const { value, issues: found } = parseBySchema(scanWaiverSchema, document);
  const asReason = ruleAsReason(fieldOf(document.value, 'spec', 'match', 'reason'));
  // Its message replaces the schema's list of all reasons.
  issues.push(...found.filter(({ path }) => asReason === undefined || path !== 'spec.match.reason'));
  if (asReason !== undefined) issues.push(document.issue('error', ['spec', 'match', 'reason'], asReason));
  const named = fieldOf(document.value, 'spec', 'match', 'rule');
  const never = typeof named === 'string' ? whyNotWaived(named) : undefined;
  const rule = noCheck(named) ?? (never && `${never}.`);
  if (rule !== undefined) issues.push(document.issue('error', ['spec', 'match', 'rule'], rule));
  const { expires } = value?.spec ?? soundFields(scanWaiverSchema.shape.spec, fieldOf(document.value, 'spec'));
  if (expires === undefined) return undefined;
  const end = waiverEnd(expires);
  const latest = now === undefined ? undefined : lastDay(now);
  if (end !== undefined && (latest === undefined || end <= (waiverEnd(latest) ?? end)))
    return value === undefined ? undefined : { document: value, end };
  const message =
    end === undefined
      ? `"${expires}" is no day or time of the calendar.`
      : `"${expires}" is more than ${maxWaiverDays} days ahead. The last day is ${latest}; look again then.`;
  issues.push(document.issue('error', ['spec', 'expires'], message));
  return undefined;
}

const lastDay = (now: Date): string =>
  new Date(now.getTime() + maxWaiverDays * 24 * 60 * 60 * 1000).toISOString().slice(0, 10);
