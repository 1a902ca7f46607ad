import { given } from '../../core/model/given.ts';
import { accessReport } from '../../simulator/cloud/access-report.ts';
import { apiRequest } from '../../simulator/cloud/api-request.ts';
import { liftlockEvents } from '../../simulator/cloud/events/liftlock-events.ts';
import { exportLines } from '../../simulator/cloud/export-lines.ts';
import { startCloudFleet } from '../../simulator/cloud/start-cloud-fleet.ts';
import type { PublishedEvent } from '../../simulator/process/in-memory-bus.ts';
import { untilRest } from '../../simulator/process/until-rest.ts';
import { clusterParam } from '../client/paths.ts';
import { accessLines } from './access-lines.ts';
import type { LocalRun, StartLocalRun } from './local-run.ts';

/** The identities that may approve there: the administrator of the account, and those with a managed policy that permits it. */
const APPROVERS = [undefined, 'liftlock-approver', 'liftlock-admin'];

/** Runs the output of `cdk synth` in the local cloud. */
export const startInCloud: StartLocalRun = async (prepared, { seed, speed, port, onNote }): Promise<LocalRun> => {
  const { cloud, close } = await startCloudFleet(prepared, {
    seed,
    onNote,
    functionsHere: true,
    ...given({ speed, port }),
  });
  return {
    clock: cloud.clock,
    table: cloud.table,
    eks: cloud.eks,
    runner: cloud.runner,
    muteRules: cloud.muteRules,
    auditTimeline: () => cloud.auditTimeline(),
    set onEvent(listener: (published: PublishedEvent) => void) {
      liftlockEvents(cloud, listener);
    },
    untilRest: (options) => untilRest(cloud, cloud.clock, options),
    person: {
      approve: async (id, wave, person = 0) => {
        if (person >= APPROVERS.length)
          throw new Error(`The local cloud has ${APPROVERS.length} people who may approve, so that no more can.`);
        const path = `/v1/rollouts/${id}/waves/${encodeURIComponent(wave)}/approve`;
        await apiRequest(cloud, 'POST', path, { comment: 'given automatically' }, APPROVERS[person]);
      },
      promote: async (id, reason) => {
        await apiRequest(cloud, 'POST', `/v1/rollouts/${id}/promote`, { reason });
      },
      create: async (policy) => {
        await apiRequest(cloud, 'POST', '/v1/rollouts', { policy });
      },
      scan: async (clusterKey) => {
        await apiRequest(cloud, 'POST', `/v1/clusters/${clusterParam(clusterKey).id}/scans`, {});
      },
    },
    introduction: [`in the local cloud at ${cloud.wire.origin}, from the synthesized templates`],
    conclusion: async () => accessLines(await accessReport(cloud), cloud.faults),
    exports: exportLines({ origin: cloud.wire.origin, anchors: cloud.anchorBucket, ...cloud.hub }),
    close,
  };
};
