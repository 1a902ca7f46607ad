import { foreseeWayBack } from '../../model/way-back.ts';
import { KubeVersion } from '../../version/kube-version.ts';
import { SupportCalendar } from '../../version/support-calendar.ts';
import { preflightCheck, regionOf } from './preflight-check.ts';

/** It reports only exceptions: plans and explanations already say that EKS can roll a hop back for seven days. */
export const hopReversal = preflightCheck({
  name: 'HopNotReversible',
  source: 'eks',
  finds: 'EKS would not take the hop back for seven days as usual, or asks for extended support first.',
  observe({ cluster, hasMoved, versions, now }) {
    if (hasMoved) return [];
    const calendar = SupportCalendar.builtIn().with(versions);
    const { supportType } = cluster.upgradePolicy ?? {};
    const told = foreseeWayBack(KubeVersion.parse(cluster.version), {
      name: cluster.name ?? '',
      region: regionOf(cluster.arn),
      now,
      calendar,
      supportType,
    });
    return told
      .filter(({ code }) => code !== 'HopReversible')
      .map(({ code, message }) => ({
        severity: code === 'VersionUnsupported' ? 'warning' : 'info',
        cause: `eks:${code}`,
        message,
        fix: FIXES[code] ?? 'Know it before the hop.',
      }));
  },
});

const EXTEND =
  'Know what the way back costs, and say with rollback.extendSupport in the policy whether Liftlock may set it.';
const FIXES: Readonly<Record<string, string>> = {
  VersionUnsupported: 'Try the target on a cluster that may be lost, and have backups: this hop cannot be taken back.',
  WayBackIsShort: 'Let the hop end early enough before that day, or count it as one that cannot be taken back.',
  NeedsExtendedSupport: EXTEND,
  NeedsExtendedLater: EXTEND,
};
