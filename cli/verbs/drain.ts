import { given } from '../../core/model/given.ts';
import { visible } from '../../core/model/visible.ts';
import type { RequestedDrain } from '../../core/operations/request-drain.ts';
import { clusterParam } from '../client/paths.ts';
import { invalid } from '../command/failure.ts';
import { NO_REASON, type OutputOption, type Session } from '../command/session.ts';
import { facts, inTheWay, print, shown } from '../output/print.ts';
import { tellPlan } from './upgrade.ts';

interface DrainOptions extends OutputOption {
  readonly cluster: string;
  readonly approve?: boolean;
  readonly cancel?: boolean;
  readonly reason?: string;
}

/** The default shows what a drain would do (exit 3, or 6 where something blocks it); `--approve` starts it, `--cancel` ends and undoes it. */
export async function drain(session: Session, kind: string, nodegroup: string, options: DrainOptions) {
  if (!['nodegroup', 'nodegroups'].includes(kind.toLowerCase()))
    throw invalid(`liftlock: "${kind}" is not a kind of thing here; there is nodegroup.`);
  if (options.cancel === true) return cancel(session, nodegroup, options);
  const { cluster, approve = false, reason, output } = options;
  const { drain: of } = (await session.client()).v1.clusters[':id'];
  const param = clusterParam(cluster);
  const asked = approve
    ? of.$post({ param, json: { nodegroup, approve, ...given({ reason }) } })
    : of.$get({ param, query: { nodegroup } });
  return tellPlan(session, output, asked, 'DrainBlocked', planText);
}

async function cancel(session: Session, nodegroup: string, { cluster, reason, output }: DrainOptions) {
  const of = (await session.client()).v1.clusters[':id'];
  const json = { nodegroup, reason: reason ?? NO_REASON };
  const canceled = await of.drain.cancel.$post({ param: clusterParam(cluster), json });
  const undo = canceled.undo === null ? 'It had cordoned nothing.' : 'Its cordons are being taken back.';
  return print(session, output, canceled, () => [`The drain ${shown(canceled.upgrade)} is canceled. ${undo}`]);
}

function planText(session: Session, plan: RequestedDrain): string[] {
  const { drain: settings } = plan;
  return [
    ...facts([
      ['Cluster', shown(plan.cluster)],
      ['Node group', shown(plan.nodegroup)],
      ['Policy', shown(plan.policy)],
      ['Execution', shown(plan.execution)],
      ...(settings === null
        ? []
        : ([
            ['Nodes down at once', String(settings.maxUnavailable)],
            ['Pause between nodes', `${settings.pauseSeconds} s`],
            ['A pod may stand in the way', `${settings.podTimeoutSeconds / 60} min`],
            ['Taint beside the cordon', shown(settings.taint)],
            ['Rules for pods', String(settings.rules.length)],
            ['Bare pods', settings.barePods === 'evict' ? 'are evicted, and end' : 'are waited for'],
            ['Pods with emptyDir', settings.emptyDirs === 'evict' ? 'are evicted, and lose it' : 'are waited for'],
          ] as const)),
    ]),
    ...plan.foreseen.map(visible),
    ...inTheWay(session, plan.refusals),
  ];
}
