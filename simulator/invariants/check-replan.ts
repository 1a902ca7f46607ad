import type { Wave } from '../../core/contracts/items/rollout.ts';
import { Members, Waves } from '../../core/store/entities.ts';
import type { Check } from './history.ts';

const REPLANS = new Set(['RolloutReplanned', 'RolloutPlanned']);

/** A wave in which no member could begin may be Undecided, though it has begun nothing. */
const hasBegun = ({ status, openedAt }: Wave): boolean =>
  status !== 'Pending' && !(status === 'Undecided' && openedAt === undefined);

/**
 * 9 `approval`: a changed plan leaves waves that have begun unchanged: no member joins, leaves or moves there, and their hash and limits stay
 * (rollouts.md, Approvals). It also changes no member that is in flight.
 */
export const checkReplan =
  (): Check =>
  ({ item, store }) => {
    if (!REPLANS.has(item.event)) return [];
    const waves = store
      .written(Waves)
      .filter(({ before }) => before !== undefined && hasBegun(before))
      .map(({ after }) => `the wave ${after.name} of ${after.rolloutId}`);
    const members = store
      .written(Members)
      .filter(({ before, after }) => {
        const wave = store.was(Waves, after.rolloutId, after.waveIndex);
        return before?.inFlight === true || (wave !== undefined && hasBegun(wave));
      })
      .map(({ after }) => `${after.name} in wave ${after.waveIndex}`);
    return [...waves, ...members].map((what) => ({
      invariant: 'approval',
      message: `${item.event} at ${item.at} changed ${what}, which had begun`,
    }));
  };
