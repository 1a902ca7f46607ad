import { given } from '../../core/model/given.ts';
import { visible } from '../../core/model/visible.ts';
import type { AskedPlan } from '../../core/queries/asked-plan.ts';
import type { RefusalName } from '../../core/queries/refusal.ts';
import type { UpgradePlan } from '../../core/queries/upgrade-plan.ts';
import { ApiFailure } from '../client/api-failure.ts';
import { clusterParam } from '../client/paths.ts';
import { EXIT, type ExitCode } from '../command/failure.ts';
import type { OutputOption, Session } from '../command/session.ts';
import { facts, inTheWay, listed, print, reasonLines, section, shown } from '../output/print.ts';
import { kindOf } from './kind.ts';

interface UpgradeOptions extends OutputOption {
  readonly to: string;
  readonly approve?: boolean;
  readonly reason?: string;
}

/** The default shows the plan (exit 3, or 6 where something blocks it); only `--approve` starts the upgrade. */
export async function upgrade(session: Session, kindText: string, name: string, options: UpgradeOptions) {
  kindOf(kindText, ['clusters']);
  const { to, approve = false, reason, output } = options;
  const { upgrade: of } = (await session.client()).v1.clusters[':id'];
  const param = clusterParam(name);
  const asked = approve
    ? of.$post({ param, json: { to, approve, ...given({ reason }) } })
    : of.$get({ param, query: { to } });
  return tellPlan(session, output, asked, 'UpgradeBlocked', planText);
}

/**
 * Prints the plan unless it is approved, and the result otherwise. A refused approval (`blocked`) includes the plan, so that users see the same as
 * without.
 */
export async function tellPlan<Plan extends AskedPlan>(
  session: Session,
  output: OutputOption['output'],
  asked: Promise<Plan>,
  blocked: RefusalName,
  planText: (session: Session, plan: Plan) => string[],
): Promise<ExitCode> {
  const plan = await asked.catch((error: unknown) => {
    if (!(error instanceof ApiFailure) || error.errorName !== blocked) throw error;
    return error.details.plan as Plan;
  });
  await print(session, output, plan, () => planText(session, plan));
  if (plan.status === 'Started') {
    session.io.err(visible(`Started. Follow it with: liftlock explain cluster ${plan.cluster}\n`));
    return EXIT.ok;
  }
  if (plan.status === 'Blocked') {
    session.io.err('Nothing was started: see what is in the way above.\n');
    return EXIT.blocked;
  }
  session.io.err('Nothing was started. Run it again with --approve.\n');
  return EXIT.pending;
}

function planText(session: Session, plan: UpgradePlan): string[] {
  return [
    ...facts([
      ['Cluster', shown(plan.cluster)],
      [
        'From',
        visible(plan.version === plan.from ? plan.from : `${plan.from}; its control plane is at ${plan.version}`),
      ],
      ['To', shown(plan.to)],
      ['Hops', plan.hops.length === 0 ? 'none' : plan.hops.join(', ')],
      ['Execution', shown(plan.execution)],
    ]),
    ...listed('Each hop', [...plan.checks.entries()], ([index, check]) => `${index + 1}. ${check}`),
    ...section('Way back', reasonLines(plan.reversal)),
    ...section('Notes', reasonLines(plan.notes)),
    ...inTheWay(session, plan.refusals),
  ];
}
