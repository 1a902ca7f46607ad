import { durationMilliseconds } from '../../config/schema/quantities.ts';
import { inRegion, preflightCheck } from './preflight-check.ts';

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
