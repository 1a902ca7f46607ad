import { hopRefusals } from '../../model/hop.ts';
import { foundOf, type PreflightCheck } from './preflight-check.ts';

const name = 'NotOneHop';

/** A person may ask about a minor further ahead, which takes several hops; never about one further down. */
export const oneHop: PreflightCheck = {
  name,
  finds: 'The target is older than the cluster, or an upgrade that moves one minor would have to move several.',
  observe({ cluster, target, isHop, hasMoved }) {
    if (hasMoved) return [];
    const refusals = hopRefusals(cluster.version, target).filter(({ code }) => isHop || code !== 'NotOneHop');
    return refusals.map(({ message }) => foundOf(name, 'eks', cluster, { message, fix: 'Ask for the next minor.' }));
  },
};
