import type { Reason } from '../contracts/step-result.ts';
import { isAccessErrorName } from '../ports/cluster-access.ts';
import type { ScanRunView } from '../queries/scan-history.ts';
import { type AccessCheck, type AccessReport, accessStatus } from './access-report.ts';

const AT_THE_SERVER = ['NoEndpoint', 'ScanIncomplete'];

/** A report, and what a scan met that was made for it: also one that ended without a report of its own. */
export function withScan(report: AccessReport, run: ScanRunView | undefined): AccessReport {
  if (run === undefined) return report;
  const denied = run.reasons.find(({ code }) => code === 'Denied');
  const refused = run.reasons.find(({ code }) => isAccessErrorName(code) || AT_THE_SERVER.includes(code));
  const checks = report.checks.map((check): AccessCheck => {
    if (check.part === 'API server')
      return refused !== undefined && check.status === 'NotChecked' ? refusedFor(check, run, refused) : check;
    if (denied !== undefined) return refusedFor(check, run, denied);
    // A scan that was not denied has described the cluster and listed its updates.
    return check.what === 'updates' || check.what === 'cluster' ? readAt(check, run) : check;
  });
  return { ...report, checks, status: accessStatus(checks, report.verification) };
}

const refusedFor = ({ part, what }: AccessCheck, run: ScanRunView, reason: Reason): AccessCheck => ({
  ...{ part, what, reason },
  status: 'Refused',
  asOf: run.startedAt,
});

const readAt = ({ part, what }: AccessCheck, run: ScanRunView): AccessCheck => ({
  ...{ part, what },
  status: 'Readable',
  asOf: run.startedAt,
});
