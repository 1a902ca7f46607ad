import type { CheckedWaiver } from '../config/check-waiver.ts';
import { durationMilliseconds } from '../config/schema/quantities.ts';
import type { UpgradePolicySpec } from '../config/types.ts';
import { namesPrincipal } from '../model/principal.ts';
import type { Finding } from '../scan/report/report-schema.ts';
import { matchesGlob } from '../selector/glob.ts';

/**
 * Whether the policy of a cluster lets a waiver cover a finding: it judges what the finding is about, who applied the waiver, and how long after that
 * the waiver ends. A policy that says nothing of waivers lets all of them count.
 */
export function allowsWaiver(
  rules: Pick<UpgradePolicySpec['scan'], 'waivers'> | undefined,
  { end, applied }: CheckedWaiver,
  { rule, reason }: Pick<Finding, 'rule' | 'reason'>,
): boolean {
  const { waivers } = rules ?? {};
  if (waivers === undefined) return true;
  if (applied === undefined) return false;
  return waivers.some(({ checks, from, longest }) => {
    const isAbout = checks === undefined || checks.some((one) => matchesGlob(one, rule ?? reason));
    const isBy = from === undefined || from.some((pattern) => namesPrincipal(pattern, applied.by));
    const lasts = end.getTime() - Date.parse(applied.at);
    return isAbout && isBy && (longest === undefined || lasts <= durationMilliseconds(longest));
  });
}
