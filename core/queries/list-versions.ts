import { loadLivingRecords } from '../inventory/records.ts';
import type { Ports } from '../ports/ports.ts';
import { Regions } from '../store/entities.ts';
import { decode } from '../store/entity.ts';
import { KubeVersion } from '../version/kube-version.ts';
import { type SupportView, supportView } from './support-view.ts';

/** One minor in one Region. */
export interface VersionView extends SupportView {
  readonly region: string;
  readonly version: string;
  readonly isDefault: boolean;
  readonly releaseDate: string | null;
  readonly endOfStandardSupport: string | null;
  readonly endOfExtendedSupport: string | null;
  /** Clusters of the fleet that run it there. */
  readonly clusters: number;
}

/** What EKS offers in each Region, oldest first, and how much of the fleet runs what. Versions that only clusters have are listed too. */
export async function listVersions(ports: Pick<Ports, 'table' | 'clock'>): Promise<{ items: VersionView[] }> {
  const now = ports.clock.now();
  const regions = (await ports.table.queryPartition('VERSIONS')).map((item) => decode(Regions, item).data);
  const living = await loadLivingRecords(ports.table);
  const names = [...new Set([...regions.map(({ region }) => region), ...living.map(({ region }) => region)])].sort();
  const items = names.flatMap((region) => {
    const known = regions.find((one) => one.region === region);
    const here = living.filter((cluster) => cluster.region === region);
    const versions = new Set([
      ...(known?.versions ?? []).map(({ version }) => version),
      ...here.map((one) => one.version),
    ]);
    return [...versions].sort(byVersion).map((version): VersionView => {
      const row = known?.versions.find((one) => one.version === version);
      return {
        region,
        version,
        isDefault: row?.defaultVersion ?? false,
        ...supportView({ version }, known, now),
        releaseDate: row?.releaseDate ?? null,
        endOfStandardSupport: row?.endOfStandardSupport ?? null,
        endOfExtendedSupport: row?.endOfExtendedSupport ?? null,
        clusters: here.filter((cluster) => cluster.version === version).length,
      };
    });
  });
  return { items };
}

function byVersion(a: string, b: string): number {
  const [left, right] = [KubeVersion.tryParse(a), KubeVersion.tryParse(b)];
  return left === undefined || right === undefined ? (a < b ? -1 : 1) : left.compare(right);
}
