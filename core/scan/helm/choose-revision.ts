/** One revision of a release, as the labels of its Secret or ConfigMap tell it. */
export interface ReleaseHead {
  /** The object that holds it: `sh.helm.release.v1.api.v7`. */
  readonly object: string;
  readonly namespace: string;
  readonly release: string;
  readonly revision: number;
  /** `deployed`, `superseded`, `failed`, `pending-install`, `pending-upgrade`, `pending-rollback`, `uninstalling`, `uninstalled`. */
  readonly status: string;
}

/** The revision that Helm compares the next upgrade with, and what stands in the way of that upgrade. */
export interface ChosenRevision extends ReleaseHead {
  /** The newest revision, where it is another one: `failed`, `pending-upgrade`. */
  readonly newest?: { readonly revision: number; readonly status: string };
}

/**
 * Chooses as `helm upgrade` does (helm/helm v3, pkg/action/upgrade.go prepareUpgrade): the newest revision when it is deployed, else the
 * newest deployed one, else the newest if it failed or was superseded. A release that is uninstalled, or was never deployed and is
 * pending, has none: the next command installs it anew. Older revisions that still say `deployed` are left over and do not count.
 */
export function chooseRevisions(heads: readonly ReleaseHead[]): ChosenRevision[] {
  const releases = Map.groupBy(heads, ({ namespace, release }) => `${namespace}/${release}`);
  return [...releases.values()].flatMap((revisions): ChosenRevision[] => {
    const sorted = [...revisions].sort((a, b) => b.revision - a.revision);
    const [newest] = sorted;
    if (newest === undefined || newest.status === 'uninstalled') return [];
    if (newest.status === 'deployed') return [newest];
    const deployed = sorted.find(({ status }) => status === 'deployed');
    const { revision, status } = newest;
    if (deployed !== undefined) return [{ ...deployed, newest: { revision, status } }];
    return status === 'failed' || status === 'superseded' ? [newest] : [];
  });
}
