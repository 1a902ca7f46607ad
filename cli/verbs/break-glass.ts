import type { BreakGlass } from '../../core/contracts/items/break-glass.ts';
import { visible } from '../../core/model/visible.ts';
import type { BreakGlassAnswer } from '../../core/operations/break-glass.ts';
import { clusterPath } from '../client/cluster-path.ts';
import { rolloutPath } from '../client/rollout-path.ts';
import { EXIT, type ExitCode } from '../exit-codes.ts';
import { invalid } from '../failure.ts';
import { print } from '../output/print.ts';
import type { Session } from '../session.ts';
import { NO_REASON } from './no-reason.ts';

interface BreakGlassOptions {
  readonly output: string;
  readonly for: string;
  readonly end?: boolean;
  readonly reason?: string;
}

/** Passes windows and freezes over for one cluster or wave, agrees to that, or ends it. Opening them needs a reason. */
export async function breakGlass(
  session: Session,
  kind: string,
  names: readonly string[],
  { output, end, reason, ...options }: BreakGlassOptions,
): Promise<ExitCode> {
  const path = `${pathOf(kind, names)}/break-glass`;
  if (end !== true && reason === undefined)
    throw invalid('liftlock: break-glass needs --reason: whoever reads the audit will ask.');
  const client = await session.client();
  const answer = await (end === true
    ? client.send<BreakGlassAnswer>('POST', `${path}/end`, { reason: reason ?? NO_REASON })
    : client.send<BreakGlassAnswer>('POST', path, { reason, for: options.for }));
  await print(session, output, answer, () => [visible(wordsOf(answer))]);
  return EXIT.ok;
}

function pathOf(kind: string, [first, second, ...more]: readonly string[]): string {
  if (kind === 'cluster' && first !== undefined && second === undefined) return clusterPath(first);
  if (kind === 'wave' && first !== undefined && second !== undefined && more.length === 0)
    return `${rolloutPath(first)}/waves/${encodeURIComponent(second)}`;
  throw invalid('liftlock: write break-glass cluster NAME, or break-glass wave ROLLOUT NAME.');
}

function wordsOf({ of, status, until, by, peopleNeeded }: BreakGlassAnswer): string {
  if (status === 'Ended') return `The windows and freezes of the ${of} hold again.`;
  if (status === 'Opened') return `Until ${until} no window and no freeze holds the ${of}. Everything else does.`;
  return `${by.length} of ${peopleNeeded} people have asked for the ${of}, until ${until}: another one has to run the same command.`;
}

/** An order as it stands: of one that needs a second person nobody here knows the policy, so it only says who asked. */
export function glassText({ until, reason, by }: BreakGlass, now: Date): string {
  const people = by.map(({ principal }) => principal).join(' and ');
  return `${Date.parse(until) > now.getTime() ? 'until' : 'was over at'} ${until}, asked for by ${people}: ${reason}`;
}
