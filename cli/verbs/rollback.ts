import { given } from '../../core/model/given.ts';
import type { RollbackPlan } from '../../core/queries/rollback-plan.ts';
import { clusterParam } from '../client/paths.ts';
import type { OutputOption, Session } from '../command/session.ts';
import { facts, inTheWay, listed, reasonLines, section, shown } from '../output/print.ts';
import { kindOf } from './kind.ts';
import { tellPlan } from './upgrade.ts';

interface RollbackOptions extends OutputOption {
  readonly approve?: boolean;
  readonly extendSupport?: boolean;
  readonly reason?: string;
}

/** The default shows the plan (exit 3, or 6 where something blocks it); only `--approve` starts the rollback. */
export async function rollback(session: Session, kindText: string, name: string, options: RollbackOptions) {
  kindOf(kindText, ['clusters']);
  const { approve = false, extendSupport, reason, output } = options;
  const { rollback: of } = (await session.client()).v1.clusters[':id'];
  const param = clusterParam(name);
  const asked = approve
    ? of.$post({ param, json: { approve, ...given({ extendSupport, reason }) } })
    : of.$get({ param, query: extendSupport === true ? { extendSupport: 'true' } : {} });
  return tellPlan(session, output, asked, 'RollbackBlocked', planText);
}

function planText(session: Session, plan: RollbackPlan): string[] {
  return [
    ...facts([
      ['Cluster', shown(plan.cluster)],
      ['From', shown(plan.from)],
      ['Back to', shown(plan.to)],
      ['Until', shown(plan.until)],
      ['Execution', shown(plan.execution)],
    ]),
    ...listed('Steps', [...plan.checks.entries()], ([index, check]) => `${index + 1}. ${check}`),
    ...section('Notes', reasonLines(plan.notes)),
    ...inTheWay(session, plan.refusals),
  ];
}
