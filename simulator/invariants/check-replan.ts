import { Members, Waves } from '../../core/store/entities.ts';
import type { Check } from './check-history.ts';

const REPLANS = new Set(['RolloutReplanned', 'RolloutPlanned']);

/**
 * 9 `approval`: a plan that changes leaves waves that have begun as they are: nobody joins, leaves or moves there, and their hash and their
 * limits stay (semantics.md, Approval: frozen when the wave opens). Nor does it touch a member that is in flight.
 */
export const checkReplan =
  (): Check =>
  ({ item, store }) => {
    if (!REPLANS.has(item.event)) return [];
    const waves = store
      .written(Waves)
      .filter(({ before }) => before !== undefined && before.status !== 'Pending')
      .map(({ after }) => `the wave ${after.name} of ${after.rolloutId}`);
    const members = store
      .written(Members)
      .filter(({ before, after }) => {
        const wave = store.was(Waves, after.rolloutId, after.waveIndex);
        return before?.inFlight === true || (wave !== undefined && wave.status !== 'Pending');
      })
      .map(({ after }) => `${after.name} in wave ${after.waveIndex}`);
    return [...waves, ...members].map((what) => ({
      invariant: 'approval',
      message: `${item.event} at ${item.at} changed ${what}, which had begun`,
    }));
  };
