import type { CheckedWaiver } from '../config/check-waiver.ts';
import { durationMilliseconds } from '../config/schema/quantities.ts';
import type { UpgradePolicySpec } from '../config/types.ts';
import { namesPrincipal } from '../model/principal.ts';
import { some } from '../model/words.ts';
import type { Finding } from '../scan/report/report-schema.ts';
import { matchesGlob } from '../selector/glob.ts';

/**
 * Says why the policy of a cluster does not let a waiver cover a finding: it judges what the finding is about, who applied the waiver, and how long
 * after that the waiver ends. Undefined where the waiver counts. A policy that says nothing of waivers lets all of them count.
 */
export function refusedWaiver(
  rules: Pick<UpgradePolicySpec['scan'], 'waivers'> | undefined,
  waiver: CheckedWaiver,
  finding: Pick<Finding, 'rule' | 'reason'>,
): string | undefined {
  const { waivers } = rules ?? {};
  if (waivers === undefined) return undefined;
  if (waivers.length === 0) return 'scan.waivers allows none';
  const refusals = waivers.map((rule) => conditionsAgainst(rule, waiver, finding));
  if (refusals.some((conditions) => conditions.length === 0)) return undefined;
  const each = refusals.map((conditions, index) => `scan.waivers[${index}] has ${conditions.join(', and ')}`);
  return each.join('; ');
}

type WaiverRule = NonNullable<UpgradePolicySpec['scan']['waivers']>[number];

/** The conditions of one rule that are not met, as its policy has them. */
function conditionsAgainst(
  { checks, from, longest }: WaiverRule,
  { end, applied }: CheckedWaiver,
  { rule, reason }: Pick<Finding, 'rule' | 'reason'>,
): string[] {
  const about = rule ?? reason;
  const by = applied?.by;
  const lasts = applied === undefined ? Number.POSITIVE_INFINITY : end.getTime() - Date.parse(applied.at);
  return [
    checks === undefined || checks.some((one) => matchesGlob(one, about))
      ? []
      : `checks ${some(checks, 5)}, and this is ${about}`,
    by !== undefined && (from === undefined || from.some((pattern) => namesPrincipal(pattern, by)))
      ? []
      : `from ${some(from ?? ['anybody'], 5)}, and it was applied by ${by ?? 'nobody who is known'}`,
    longest === undefined || lasts <= durationMilliseconds(longest)
      ? []
      : `longest ${longest}, and it ends ${daysText(lasts)} after it was applied`,
  ].flat();
}

/** Rounded up: 30 days and an hour are more than 30d. */
const daysText = (milliseconds: number): string =>
  Number.isFinite(milliseconds) ? `${Math.ceil(milliseconds / 86_400_000)}d` : 'nobody knows how long';
