import { reason } from '../../core/contracts/step-result.ts';
import { deleteConfig } from '../../core/operations/delete-config.ts';
import { stopFleet } from '../../core/operations/fleet-switch.ts';
import { cancelDrain } from '../../core/operations/request-drain.ts';
import { requestRollback } from '../../core/operations/request-rollback.ts';
import { abortRollout, pauseRollout } from '../../core/operations/rollout-orders.ts';
import type { Ports } from '../../core/ports/ports.ts';
import { closeGrant } from '../../core/protocol/free-grant.ts';
import { settleUpgrade } from '../../core/protocol/settle.ts';
import type { UpgradeEnd } from '../../core/protocol/settle-decision.ts';
import { Clusters, Grants, Rollouts } from '../../core/store/entities.ts';
import { load, loadKind } from '../../core/store/entity.ts';
import type { StepMoment } from './step-moments.ts';

export type StepOrder = (ports: Ports) => Promise<unknown>;

const BY = 'arn:aws:iam::000000000000:role/Approver';

async function clusterIn({ table }: Ports) {
  const [cluster] = await loadKind(table, Clusters);
  if (cluster === undefined) throw new Error('there is no cluster');
  return cluster;
}

const rolloutIn = async ({ table }: Ports): Promise<string> => (await loadKind(table, Rollouts))[0]?.id ?? '';

/** The reconciler finds that the execution of the step has ended. */
async function closeItsGrant(ports: Ports): Promise<void> {
  const { clusterKey } = await clusterIn(ports);
  const grant = await load(ports.table, Grants, clusterKey);
  if (grant !== undefined) await closeGrant(ports, clusterKey, grant.data.number);
}

/** What ends or parks the upgrade of a step while the step still runs: its execution waits for no function that it has given up. */
const settles =
  (status: UpgradeEnd['status']): StepOrder =>
  async (ports) => {
    const { clusterKey } = await clusterIn(ports);
    const { number = 0 } = (await load(ports.table, Grants, clusterKey))?.data ?? {};
    await settleUpgrade(ports, clusterKey, number, {
      status,
      reasons: [reason('StoppedFromOutside', 'It was stopped.')],
    });
  };
export const STEP_ENDS: Readonly<Record<string, StepOrder>> = {
  parking: settles('parked'),
  failing: settles('failed'),
  'closing its grant': closeItsGrant,
};

/** What may meet a step, by person or reconciler; what has nothing to do there is refused. */
export const stepOrdersOf = ({ name }: StepMoment): Readonly<Record<string, StepOrder>> => ({
  stop: (ports) => stopFleet(ports, BY, 'why'),
  'the end of its grant': closeItsGrant,
  ...(name === 'drain-nodes'
    ? { cancel: async (ports) => cancelDrain(ports, await clusterIn(ports), 'legacy', BY, 'why') }
    : {
        pause: async (ports) => pauseRollout(ports, await rolloutIn(ports), BY, 'why'),
        abort: async (ports) => abortRollout(ports, await rolloutIn(ports), BY, 'why'),
        'a rollback': async (ports) =>
          requestRollback(ports, await clusterIn(ports), BY, { approve: true, reason: 'why' }),
        'no policy': (ports) => deleteConfig(ports, { kind: 'UpgradePolicy', name: 'policy-0' }, BY, 'why'),
      }),
});
