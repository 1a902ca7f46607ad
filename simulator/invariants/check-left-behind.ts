import { calendarStateAt } from '../../core/calendar/calendar-state.ts';
import { durationMilliseconds } from '../../core/config/schema/quantities.ts';
import type { Member } from '../../core/contracts/items/rollout.ts';
import { Clusters, Grants, Members } from '../../core/store/entities.ts';
import { compiled, selectedNow, tagNames } from './check-window.ts';
import { type Check, type Moment, placeAt, SKEW_MILLISECONDS } from './history.ts';

const YEARS_MILLISECONDS = 3 * 365 * 86_400_000;

/**
 * `left`: a cluster is left behind as one that never starts only where its policy says so, after its wave has been open for that long, and where the
 * calendars applied at that moment have no opening for its hop. It is not left behind in the middle of its work, or in a rollout that does not run.
 */
export const checkLeftBehind = (): Check => (moment) =>
  moment.store.written(Members).flatMap(({ before, after }) => {
    const isLeft = after.status === 'Blocked' && after.reasons.some(({ code }) => code === 'NeverStarts');
    if (!isLeft || before === undefined || before.status === 'Blocked') return [];
    return whatIsWrong(moment, before).map((wrong) => ({
      invariant: 'left',
      message: `${after.clusterKey} #${moment.item.sequence} was left behind, and ${wrong}`,
    }));
  });

function whatIsWrong(moment: Moment, { clusterKey, rolloutId, waveIndex, status, inFlight }: Member): string[] {
  const { store, at } = moment;
  const planned = placeAt(store, { rolloutId, waveIndex });
  const { rollout, wave } = planned ?? {};
  const cluster = store.get(Clusters, clusterKey);
  // A member whose wave the policy no longer has follows the wave that selects it now.
  const { policy, spec } = (planned?.spec === undefined ? selectedNow(moment, cluster) : planned) ?? {};
  const grant = store.get(Grants, clusterKey);
  const { cannotStart = 'wait' } = policy ?? {};
  if (cannotStart === 'wait' || spec === undefined) return ['its policy waits for it'];
  const since = Date.parse(wave?.openedAt ?? '9999-01-01T00:00:00Z');
  const calendars = [...[spec.calendar ?? []].flat(), ...tagNames(moment, cluster)].map((name) =>
    compiled(store, name),
  );
  const estimate = policy?.estimates.upgrade;
  const whole = estimate === undefined ? (wave?.estimateSeconds ?? 0) * 1000 : durationMilliseconds(estimate);
  const needed = spec.mayOverrun ? SKEW_MILLISECONDS : spec.bake === undefined ? whole : whole / 2;
  return [
    ...(rollout?.status === 'Running' ? [] : [`its rollout is ${rollout?.status}`]),
    ...(status === 'Pending' && !inFlight && (grant === undefined || grant.status === 'free') ? [] : ['it was begun']),
    ...(at - since >= durationMilliseconds(cannotStart.leaveBehindAfter) - 2 * SKEW_MILLISECONDS
      ? []
      : [`its wave is open since ${wave?.openedAt}`]),
    ...(opensFor(calendars, at, needed) ? ['its calendars leave an opening'] : []),
  ];
}

/** It goes from one state of the calendars to the next. */
function opensFor(calendars: Parameters<typeof calendarStateAt>[0], from: number, needed: number): boolean {
  for (let at = from; at < from + YEARS_MILLISECONDS; ) {
    const { open, opensAt, closesAt } = calendarStateAt(calendars, new Date(at));
    if (open && (closesAt === null || closesAt.getTime() - at >= needed)) return true;
    const next = open ? closesAt : opensAt;
    if (next === null) return false;
    at = next.getTime();
  }
  return false;
}
