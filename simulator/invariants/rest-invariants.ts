import { firstBreak } from '../../core/store/audit.ts';
import { ClusterControls, Grants, Intents, Ledgers, Upgrades } from '../../core/store/entities.ts';
import { decode, load } from '../../core/store/entity.ts';
import type { History, Violation } from './history.ts';

/** 14 `audit`: every chain holds from its first item to its last. */
export function unbrokenAudit({ audit }: History): Violation[] {
  return [...audit.entries()].flatMap(([subject, items]) => {
    const broken = firstBreak(items);
    return broken === undefined
      ? []
      : [{ invariant: 'audit', message: `${subject} #${broken.sequence}: ${broken.problem}` }];
  });
}

/** 16 `rest`: with the faults over, nothing is left behind: no grant, count, open intent, running upgrade or execution. */
export async function atRest({ world }: History): Promise<Violation[]> {
  const violations: Violation[] = [];
  const left = (message: string) => violations.push({ invariant: 'rest', message });
  for (const item of await world.table.queryKind(Grants.kind)) {
    const grant = decode(Grants, item).data;
    if (grant.status !== 'free') left(`the grant ${grant.number} of ${grant.clusterKey} is ${grant.status}`);
  }
  const counts = (await load(world.table, Ledgers))?.data.counts ?? {};
  if (Object.keys(counts).length > 0) left(`the ledger counts ${JSON.stringify(counts)}`);
  for (const item of await world.table.queryKind(Intents.kind)) {
    const intent = decode(Intents, item).data;
    if (intent.outcome === undefined)
      left(`${intent.clusterKey} ${intent.step} ${intent.subject} #${intent.attempt} has no outcome`);
  }
  const held = new Set(
    (await world.table.queryKind(ClusterControls.kind))
      .map((item) => decode(ClusterControls, item).data)
      .filter((one) => one.held !== undefined)
      .map((one) => one.clusterKey),
  );
  for (const item of await world.table.queryKind(Upgrades.kind)) {
    const upgrade = decode(Upgrades, item).data;
    if (upgrade.status === 'Running') left(`${upgrade.clusterKey} ${upgrade.id} is Running`);
    if (upgrade.status === 'Failed' && !held.has(upgrade.clusterKey))
      left(`${upgrade.clusterKey} ${upgrade.id} failed and its cluster is not held`);
  }
  for (const { arn } of world.runner.machines.records()) {
    const { executions } = world.runner.listExecutions({ machineArn: arn, statusFilter: 'RUNNING', maxResults: 1000 });
    for (const execution of executions) left(`${execution.name} is RUNNING`);
  }
  return violations;
}
