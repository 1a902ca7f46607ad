import type { ClusterRecord } from '../contracts/items/cluster.ts';
import type { Member } from '../contracts/items/rollout.ts';
import { given } from '../model/given.ts';
import { compareAddonVersions } from '../version/addon-version.ts';
import { compareReleases } from '../version/image-release.ts';
import type { KubeVersion } from '../version/kube-version.ts';
import type { Pins } from './candidates.ts';
import type { FleetSnapshot } from './snapshot.ts';

/** To which of what members have pinned a cluster goes that joins them: an image or add-on that is newer, or of another kind, nobody has proved. */
export function provedPins({ clusters }: FleetSnapshot, members: readonly Member[]) {
  const releases = members.flatMap((member) =>
    Object.entries(member.releases ?? {}).map(([group, pin]) => ({
      kind: imageOf(clusters.get(member.clusterKey), group, member.to),
      pin,
    })),
  );
  const addons = members.flatMap((member) =>
    Object.entries(member.addons ?? {}).map(([addon, pin]) => ({ kind: `${member.to} ${addon}`, pin })),
  );
  return (cluster: ClusterRecord, wanted: Pins, target: KubeVersion): Pins => {
    const to = target.toString();
    // Of another minor the own release says nothing: that of Bottlerocket has none in its name.
    const ownRelease = (group: string) =>
      cluster.version === to ? cluster.nodegroups.find(({ name }) => name === group)?.releaseVersion : undefined;
    const ownAddon = (addon: string) => cluster.addons.find(({ name }) => name === addon)?.version;
    const proved = {
      releases: newestOf(
        wanted.releases,
        (group) => imageOf(cluster, group, to),
        ownRelease,
        releases,
        compareReleases,
      ),
      addons: newestOf(wanted.addons, (addon) => `${to} ${addon}`, ownAddon, addons, compareAddonVersions),
    };
    // A hop has to be made, with nodes of whichever kind; inside its minor it waits for the next rollout.
    const isHop = cluster.version !== to && wanted.releases !== undefined;
    return given({ ...proved, releases: isHop ? { ...wanted.releases, ...proved.releases } : proved.releases });
  };
}

/** Of each that is wanted the newest that is pinned, no newer than what is wanted, and newer than its own. */
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

const imageOf = (cluster: ClusterRecord | undefined, group: string, to: string): string =>
  `${to} ${cluster?.nodegroups.find(({ name }) => name === group)?.amiType}`;
