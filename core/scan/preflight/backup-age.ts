import { durationMilliseconds } from '../../config/schema/quantities.ts';
import { foundOf, type PreflightCheck } from './preflight-check.ts';

const name = 'BackupTooOld';

export const backupAge: PreflightCheck = {
  name,
  finds: 'No backup of the cluster has completed within the time that the policy asks for (`scan.backups`).',
  observe({ cluster, backup, now }) {
    if (backup === undefined) return [];
    const { namespace, within, newest } = backup;
    if (newest !== null && Date.parse(newest) >= now.getTime() - durationMilliseconds(within)) return [];
    const last =
      newest === null ? 'Velero has completed no backup' : `the last backup of Velero completed at ${newest}`;
    return [
      foundOf(name, 'server', cluster, {
        message: `In the namespace ${namespace} ${last}; the policy wants one of the last ${within} before a hop.`,
        fix: `velero backup create before-upgrade --namespace ${namespace} --wait`,
      }),
    ];
  },
};
