import type { ParseOptions } from '../../../core/config/check-policy.ts';
import { formatIssue } from '../../../core/config/issue.ts';
import { parseConfig } from '../../../core/config/parse-config.ts';
import { SupportCalendar } from '../../../core/version/support-calendar.ts';
import { fleet } from './documents.ts';

/** All issues of a policy with these waves (flow YAML, from line 8 on) and these further lines of its spec, and of documents beside it. */
export function issuesOf(
  waves: string,
  { spec = '', others = '', selector = '{}' }: { spec?: string; others?: string; selector?: string } = {},
  options: ParseOptions = {},
): string[] {
  const text = `apiVersion: liftlock/v1alpha1
kind: UpgradePolicy
metadata: { name: standard }
spec:
  selector: ${selector}
  ${/^target:/m.test(spec) ? '' : 'target: latest'}
  ${spec.replaceAll('\n', '\n  ')}
  waves: [${waves}]
---
${others}`;
  const now = new Date('2026-11-20T12:00:00Z');
  const all = { calendar: SupportCalendar.builtIn(), now, ...options };
  const { errors, warnings } = parseConfig([{ path: 'p.yaml', text }], all);
  return [...errors, ...warnings].map(formatIssue);
}

/** A Fleet with these further lines of its spec. */
export const fleetWith = (spec: string): string => `${fleet}  ${spec}\n`;
