import { ownedBy, versionOwners } from '../../model/version-owners.ts';
import { preflightCheck } from './preflight-check.ts';

/** EKS treats a lower version within seven days of an upgrade as a rollback (facts: eks.md §4, IaC with the old `version`). */
export const versionOwner = preflightCheck({
  name: 'WillBeReverted',
  source: 'eks',
  finds: 'A tool has made the cluster and knows which version it is to have (its marks are in the tags).',
  observe({ cluster, hasMoved, holdsOwned }) {
    const owners = versionOwners(cluster.tags ?? {});
    if (hasMoved || owners.length === 0) return [];
    return [
      {
        severity: holdsOwned === true ? 'error' : 'warning',
        message: `${ownedBy(owners.map(({ tool }) => tool))} (${owners.map(({ evidence }) => evidence).join('; ')}).`,
        fix: 'Raise the version there too, or waive this where that is taken care of.',
      },
    ];
  },
});
