import type { ClusterRecord } from '../contracts/items/cluster.ts';
import type { StepState, Upgrade } from '../contracts/items/protocol.ts';
import type { Reason } from '../contracts/step-result.ts';
import { arnOf, parseClusterArn } from '../model/cluster-key.ts';
import type { Table } from '../ports/table.ts';
import { Upgrades } from '../store/entities.ts';
import { decode } from '../store/entity.ts';
import { shortId } from './find-cluster.ts';
import { type Page, type PageRequest, pageOf } from './page.ts';

/** One upgrade of one cluster: a hop, or one step that was started by hand. */
export interface UpgradeView
  extends Pick<Upgrade, 'id' | 'clusterKey' | 'machine' | 'from' | 'to' | 'status' | 'mutated' | 'requestedBy'> {
  readonly cluster: string;
  readonly rollout: string | null;
  readonly steps: readonly StepView[];
  readonly reasons: readonly Reason[];
  readonly resumeAt: string | null;
  readonly startedAt: string | null;
  readonly endedAt: string | null;
}

export interface StepView {
  readonly step: string;
  readonly status: StepState['status'];
  readonly reasons: readonly Reason[];
  readonly startedAt: string;
  readonly endedAt: string | null;
}

/** What steps keep for each other (`detail`) is their own business and stays out. */
export function upgradeView(upgrade: Upgrade, cluster?: ClusterRecord): UpgradeView {
  const place = cluster ?? parseClusterArn(arnOf(upgrade.clusterKey));
  const steps = Object.entries(upgrade.steps).map(([step, { status, reasons, startedAt, endedAt }]) => ({
    step,
    status,
    reasons,
    startedAt,
    endedAt: endedAt ?? null,
  }));
  return {
    id: upgrade.id,
    cluster: place === undefined ? upgrade.clusterKey : shortId(place),
    clusterKey: upgrade.clusterKey,
    machine: upgrade.machine,
    from: upgrade.from,
    to: upgrade.to,
    status: upgrade.status,
    mutated: upgrade.mutated,
    requestedBy: upgrade.requestedBy,
    rollout: upgrade.rolloutId ?? null,
    steps: steps.sort((a, b) => (a.startedAt < b.startedAt ? -1 : 1)),
    reasons: upgrade.reasons,
    resumeAt: upgrade.resumeAt ?? null,
    startedAt: upgrade.startedAt ?? null,
    endedAt: upgrade.endedAt ?? null,
  };
}

/** Upgrades of all clusters, those that run or are parked unless `all`. */
export async function listUpgrades(
  table: Table,
  filter: PageRequest & { readonly all?: boolean | undefined },
): Promise<Page<UpgradeView>> {
  const items = filter.all === true ? await table.queryKind(Upgrades.kind) : await table.queryActive();
  const upgrades = items
    .filter((item) => item.kind === Upgrades.kind)
    .map((item) => upgradeView(decode(Upgrades, item).data));
  return pageOf(upgrades, (upgrade) => `${upgrade.cluster}/${upgrade.id}@${upgrade.clusterKey}`, filter);
}
