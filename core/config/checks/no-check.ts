import { CHECK_NAMES } from '../../contracts/check-names.ts';
import { REASONS } from '../../contracts/scan-words.ts';
import { matchesGlob } from '../../selector/glob.ts';
import { didYouMean } from '../did-you-mean.ts';

/** Why the name of a check in a waiver is wrong; undefined where there is such a check, or where the schema reports it. `*` stands for any text. */
export function noCheck(name: unknown): string | undefined {
  if (typeof name !== 'string' || /^(names:.|list:.|.{301}|$)/s.test(name)) return undefined;
  if (CHECK_NAMES.some((known) => matchesGlob(name, known))) return undefined;
  const meant = didYouMean(name, CHECK_NAMES);
  const hint = meant ? `Did you mean ${meant}?` : 'Write the rule or the reason of a finding, as reports show it.';
  return `"${name}" is the name of no check, so that no waiver would hold by it. ${hint}`;
}

/** Why the reason of a waiver is wrong that is the name of a rule, as reports show it; undefined where it is no rule, or a reason too. */
export function ruleAsReason(reason: unknown): string | undefined {
  if (typeof reason !== 'string' || Object.hasOwn(REASONS, reason)) return undefined;
  const rule = CHECK_NAMES.find((name) => name.toLowerCase() === reason.toLowerCase());
  return rule && `"${reason}" is the name of a rule, and no reason. Write rule: ${rule}`;
}
