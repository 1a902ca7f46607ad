import { durationMilliseconds } from '../../config/schema/quantities.ts';
import { inRegion, preflightCheck } from './preflight-check.ts';

export const policyAlarms = preflightCheck({
  name: 'AlarmNotOk',
  source: 'eks',
  finds: 'An alarm that the policy names (`scan.alarms`) is not OK.',
  observe({ alarms = [] }) {
    return alarms
      .filter(({ status }) => status === 'red')
      .map(({ gate, message }) => ({
        subject: { kind: 'Alarm', name: gate },
        cause: `alarm:${gate}`,
        message: `The alarm ${gate}, which the policy wants OK before a hop, is not. ${message}`,
        fix: 'Mend what it tells of, and look again once it is OK.',
      }));
  },
});

export const policyUrls = preflightCheck({
  name: 'UrlNotReady',
  source: 'eks',
  finds: 'A URL that the policy names (`scan.urls`) does not answer with success.',
  observe({ urls = [] }) {
    return urls
      .filter(({ isReady }) => !isReady)
      .map(({ url, answer }) => ({
        subject: { kind: 'URL', name: url },
        cause: `url:${url}`,
        message: `The URL ${url}, which the policy wants to answer with success before a hop, does not: ${answer}.`,
        fix: 'Bring back what answers there, and look again.',
      }));
  },
});

/** The smoke check after the hop would fail for such a Deployment, whatever the hop did. */
export const smokeDeployments = preflightCheck({
  name: 'WorkloadMissing',
  source: 'server',
  finds: 'A Deployment that the policy names (`smoke.deployments`) does not exist.',
  observe: ({ hasMoved, server }) =>
    (hasMoved ? [] : (server?.missing ?? [])).map((named) => {
      const [namespace = '', name = ''] = named.split('/');
      return {
        subject: { kind: 'Deployment', namespace, name },
        cause: `workload:${named}`,
        message: `The policy has the smoke check look at the Deployment ${named}, and it does not exist.`,
        fix: 'Correct smoke.deployments, or bring it there.',
      };
    }),
});

export const backupAge = preflightCheck({
  name: 'BackupTooOld',
  source: 'server',
  finds: 'No backup of the cluster is as young as the policy asks for (`scan.backups`).',
  observe({ cluster, backups = [], now }) {
    const old = backups.filter(
      ({ newest, within }) => newest === null || Date.parse(newest) < now.getTime() - durationMilliseconds(within),
    );
    return old.map(({ newest, within, ...backup }) => {
      const { source, place, maker, fix } =
        'vault' in backup
          ? {
              source: 'eks' as const,
              place: `vault ${backup.vault}`,
              maker: 'AWS Backup',
              fix: `aws backup start-backup-job ${inRegion(cluster.arn)} --backup-vault-name ${backup.vault} --resource-arn ${cluster.arn} --iam-role-arn …`,
            }
          : {
              source: 'server' as const,
              place: `namespace ${backup.namespace}`,
              maker: 'Velero',
              fix: `velero backup create before-upgrade --namespace ${backup.namespace} --wait`,
            };
      const last =
        newest === null ? `${maker} has no whole backup` : `the last whole backup of ${maker} is of ${newest}`;
      return {
        source,
        message: `In the ${place} ${last}; the policy wants one of the last ${within} before a hop.`,
        fix,
      };
    });
  },
});
