import type { ConfigObject, Fleet, UpgradePolicy } from '../config/types.ts';
import type { AppliedConfig } from '../contracts/items/rollout.ts';
import { revisionOf } from '../hash/revision.ts';
import { labelsOf } from '../inventory/observe-cluster.ts';
import { allRecords } from '../inventory/records.ts';
import { authorOf, FLEET, upgradePolicy } from '../policy/applied.ts';
import type { WriteOperation } from '../ports/table.ts';
import { agreesAlike } from '../rollout/plan-hash.ts';
import type { AuditEntry } from '../store/audit.ts';
import { change, markDirty } from '../store/change.ts';
import { Clusters, Configs } from '../store/entities.ts';
import { load, replace } from '../store/entity.ts';
import { decideAndWrite } from '../store/retry.ts';
import { writeUnrecorded } from '../store/unrecorded.ts';
import type { OperatorPorts } from './fleet-switch.ts';

export interface Applied {
  readonly kind: AppliedConfig['kind'];
  readonly name: string;
  readonly change: 'created' | 'changed' | 'unchanged';
}

/** Applies objects that were validated, all in one transaction or none. An object that is as applied is not written again. */
export async function applyConfig(
  ports: OperatorPorts,
  objects: readonly ConfigObject[],
  by: string,
): Promise<Applied[]> {
  const applied = await change(ports, async (now) => {
    const results: Applied[] = [];
    const operations: WriteOperation[] = [];
    const entries: AuditEntry[] = [];
    for (const object of objects) {
      const { kind } = object;
      const name = object.metadata.name;
      const stored = kind === 'Fleet' ? FLEET : name;
      const read = await load(ports.table, Configs, kind, stored);
      const revision = revisionOf(object);
      if (read?.data.revision === revision) {
        results.push({ kind, name, change: 'unchanged' });
        continue;
      }
      const document = JSON.parse(JSON.stringify(object)) as Record<string, unknown>;
      const authoredBy = object.kind === 'UpgradePolicy' ? authorStays(object, read?.data) : undefined;
      const author = authoredBy === undefined ? {} : { authoredBy };
      const next = { kind, name: stored, document, revision, appliedBy: by, appliedAt: now.toISOString(), ...author };
      operations.push(replace(Configs, read, next));
      entries.push({
        subject: 'fleet',
        event: 'ConfigApplied',
        principal: by,
        detail: { kind, name, revision, before: read?.data.revision },
      });
      results.push({ kind, name, change: read === undefined ? 'created' : 'changed' });
    }
    return { result: results, ...(operations.length === 0 ? {} : { writes: operations, record: entries }) };
  });
  const fleet = objects.find((object) => object.kind === 'Fleet');
  if (fleet !== undefined) await relabel(ports, fleet.spec);
  if (applied.some((one) => one.change !== 'unchanged')) await markDirty(ports);
  return applied;
}

/**
 * Who changes a cap, a concurrency or an estimate is not the author of what the policy plans: approvals do not agree to these. Undefined = who
 * applies it is.
 */
function authorStays(policy: UpgradePolicy, before: AppliedConfig | undefined): string | undefined {
  const was = upgradePolicy(before);
  return was !== undefined && agreesAlike(was, policy) ? authorOf(before) : undefined;
}

/** Labels come from tags by the Fleet's rule: a new rule changes them at once, not at the next discovery. */
async function relabel(ports: OperatorPorts, fleet: Fleet['spec']): Promise<void> {
  for (const record of await allRecords(ports.table)) {
    const labels = labelsOf(record.tags, fleet);
    if (JSON.stringify(labels) === JSON.stringify(record.labels)) continue;
    await decideAndWrite(async () => {
      const read = await load(ports.table, Clusters, record.clusterKey);
      if (read !== undefined)
        await writeUnrecorded(ports.table, [
          replace(Clusters, read, { ...read.data, labels: labelsOf(read.data.tags, fleet) }),
        ]);
    });
  }
}
