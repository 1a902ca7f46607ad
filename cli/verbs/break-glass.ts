import type { BreakGlass } from '../../core/contracts/items/break-glass.ts';
import { visible } from '../../core/model/visible.ts';
import type { BreakGlassAnswer } from '../../core/operations/break-glass.ts';
import type { GlassStanding } from '../../core/queries/glass-standing.ts';
import { clusterParam, part } from '../client/paths.ts';
import { type ExitCode, invalid } from '../command/failure.ts';
import { NO_REASON, type ReasonOption, type Session } from '../command/session.ts';
import { print } from '../output/print.ts';

interface BreakGlassOptions extends ReasonOption {
  readonly for: string;
  readonly end?: boolean;
}

/** Overrides windows and freezes for one cluster or wave, approves that, or ends it. Opening needs a reason. */
export async function breakGlass(
  session: Session,
  kindText: string,
  names: readonly string[],
  { output, end, reason, ...options }: BreakGlassOptions,
): Promise<ExitCode> {
  const kind = kindText.toLowerCase().replace(/s$/, '');
  const param = paramOf(kind, names);
  if (end !== true && reason === undefined)
    throw invalid('liftlock: break-glass needs --reason: whoever reads the audit will ask.');
  const { v1 } = await session.client();
  const of = kind === 'cluster' ? v1.clusters[':id'] : v1.rollouts[':id'].waves[':wave'];
  const answer = await (end === true || reason === undefined
    ? of['break-glass'].end.$post({ param, json: { reason: reason ?? NO_REASON } })
    : of['break-glass'].$post({ param, json: { reason, for: options.for } }));
  return print(session, output, answer, () => [visible(wordsOf(answer))]);
}

/** The parameters of the route; that of a cluster has no wave. */
function paramOf(kind: string, [first, second, ...more]: readonly string[]) {
  if (kind === 'cluster' && first !== undefined && second === undefined) return { ...clusterParam(first), wave: '' };
  if (kind === 'wave' && first !== undefined && second !== undefined && more.length === 0)
    return { id: part(first), wave: part(second) };
  throw invalid('liftlock: write break-glass cluster NAME, or break-glass wave ROLLOUT NAME.');
}

function wordsOf(answer: BreakGlassAnswer): string {
  const { of, status, until, reason, by, peopleNeeded, keptSince } = answer;
  if (status === 'Ended') return `The windows and freezes of the ${of} hold again.`;
  const stands =
    keptSince === undefined ? '' : ` That was asked for at ${keptSince}, and its time and reason stand: ${reason}.`;
  if (status === 'Opened')
    return `Until ${until} no window and no freeze holds the ${of}. Everything else does.${stands}`;
  const other = keptSince === undefined ? '' : ' For another time or reason end it first (--end).';
  return `${by.length} of ${peopleNeeded} people have asked for the ${of}, until ${until}: another one has to run the same command.${stands}${other}`;
}

/** The state of an order: an order that lacks an approval is not open. */
export function glassText(glass: BreakGlass, { status, people, peopleNeeded }: GlassStanding): string {
  const { until, reason } = glass;
  const asked = askedText(glass);
  switch (status) {
    case 'Opened':
      return openGlassText(glass);
    case 'Requested':
      return `${asked}, ${people} of ${peopleNeeded} people; not open yet, and at most until ${until}: ${reason}`;
    case 'Replaced':
      return `${asked} for a plan that has changed since; not open: ${reason}`;
    case 'Over':
      return `was over at ${until}, ${asked}: ${reason}`;
  }
}

/** The same for an order that is in force. */
export const openGlassText = (glass: BreakGlass): string =>
  `open until ${glass.until}, ${askedText(glass)}: ${glass.reason}`;

const askedText = ({ by }: BreakGlass): string => `asked for by ${by.map(({ principal }) => principal).join(' and ')}`;
