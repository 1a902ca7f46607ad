import type { ClusterRecord } from '../contracts/items/cluster.ts';
import type { Member } from '../contracts/items/rollout.ts';
import { given } from '../model/given.ts';
import { isOffered } from '../nodes/managed-groups/image-lag.ts';
import { compareAddonVersions } from '../version/addon-version.ts';
import { compareReleases, fittingPin } from '../version/image-release.ts';
import type { KubeVersion } from '../version/kube-version.ts';
import type { Pins } from './candidates.ts';
import type { FleetSnapshot } from './snapshot.ts';

/**
 * Which of the releases and versions that members have pinned a cluster goes to that joins these members: nobody has proved an image or add-on that
 * is newer or of another kind, and nobody gets a release that AWS has withdrawn.
 */
export function provedPins({ clusters, images }: FleetSnapshot, members: readonly Member[]) {
  const releases = members.flatMap((member) =>
    Object.entries(member.releases ?? {}).flatMap(([group, pinned]) => {
      const amiType = amiTypeOf(clusters.get(member.clusterKey), group);
      const pin = fittingPin(pinned, amiType);
      return pin === undefined ? [] : { kind: `${member.to} ${amiType}`, pin, amiType };
    }),
  );
  const addons = members.flatMap((member) =>
    Object.entries(member.addons ?? {}).map(([addon, pin]) => ({ kind: `${member.to} ${addon}`, pin })),
  );
  return (cluster: ClusterRecord, wanted: Pins, target: KubeVersion): Pins => {
    const to = target.toString();
    // The group's own release says nothing of another minor: a Bottlerocket release has no minor in its name.
    const ownRelease = (group: string) =>
      cluster.version === to ? cluster.nodegroups.find(({ name }) => name === group)?.releaseVersion : undefined;
    const ownAddon = (addon: string) => cluster.addons.find(({ name }) => name === addon)?.version;
    const proved = {
      releases: newestOf(
        wanted.releases,
        (group) => `${to} ${amiTypeOf(cluster, group)}`,
        ownRelease,
        releases.filter(({ pin, amiType }) => isOffered(pin, images?.get(cluster.region), to, amiType)),
        compareReleases,
      ),
      addons: newestOf(wanted.addons, (addon) => `${to} ${addon}`, ownAddon, addons, compareAddonVersions),
    };
    // A hop is made with nodes of whichever kind; inside its minor a cluster waits for the next rollout instead.
    const isHop = cluster.version !== to && wanted.releases !== undefined;
    return given({ ...proved, releases: isHop ? { ...wanted.releases, ...proved.releases } : proved.releases });
  };
}

/** For each wanted release or version the newest pinned one that is no newer than the wanted one and newer than what the cluster has. */
function newestOf(
  wanted: Readonly<Record<string, string>> = {},
  kindOf: (name: string) => string,
  ownOf: (name: string) => string | undefined,
  pinned: readonly { readonly kind: string; readonly pin: string }[],
  compare: (a: string, b: string) => number,
): Record<string, string> | undefined {
  const found = Object.entries(wanted).flatMap(([name, wants]) => {
    const known = pinned.filter(({ kind }) => kind === kindOf(name)).map(({ pin }) => pin);
    const fitting = known.filter((one) => compare(one, wants) <= 0 && compare(one, ownOf(name) ?? '') > 0);
    return fitting
      .sort((a, b) => compare(b, a))
      .slice(0, 1)
      .map((pin) => [name, pin] as const);
  });
  return found.length === 0 ? undefined : Object.fromEntries(found);
}

/** The type of image of a cluster's node group. */
export const amiTypeOf = (cluster: ClusterRecord | undefined, group: string): string | undefined =>
  cluster?.nodegroups.find(({ name }) => name === group)?.amiType;
