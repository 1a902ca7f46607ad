import { hopRefusals } from '../../model/hop.ts';
import { preflightCheck } from './preflight-check.ts';

/** A user may ask about a minor further ahead, which takes several hops, but never about an older one. */
export const oneHop = preflightCheck({
  name: 'NotOneHop',
  source: 'eks',
  finds: 'The target is older than the cluster, or an upgrade that moves one minor would have to move several.',
  observe({ cluster, target, isHop, hasMoved }) {
    if (hasMoved) return [];
    const refusals = hopRefusals(cluster, target).filter(({ code }) => isHop || code !== 'NotOneHop');
    return refusals.map(({ message }) => ({ message, fix: 'Ask for the next minor.' }));
  },
});
