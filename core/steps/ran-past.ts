import { calendarStateAt } from '../calendar/calendar-state.ts';
import { type Reason, reason } from '../contracts/step-result.ts';
import { compiledRules } from '../policy/load-rules.ts';
import type { Ports } from '../ports/ports.ts';
import type { StepContext } from './context.ts';
import { hopPolicy } from './hop-policy.ts';

/**
 * What EKS works on when a window closes finishes; whoever reads the report should know that it did so outside. Undefined where the window
 * is open, or nobody asked for one.
 */
export async function ranPast(
  ports: Pick<Ports, 'table' | 'clock'>,
  context: StepContext,
): Promise<Reason | undefined> {
  const { read } = await hopPolicy(ports, context);
  const calendars = read === undefined ? [] : compiledRules(read).calendars;
  if (calendars.length === 0) return undefined;
  const now = ports.clock.now();
  const { open, freeze } = calendarStateAt(calendars, now);
  if (open) return undefined;
  const what = freeze === null ? 'its window had closed' : `the freeze ${freeze} had begun`;
  return reason(
    'RanPastWindow',
    `It ended at ${now.toISOString()}, when ${what}: what EKS works on is not broken off.`,
  );
}
