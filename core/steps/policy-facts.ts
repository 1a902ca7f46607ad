import type { UpgradePolicySpec } from '../config/types.ts';
import type { GateReading } from '../contracts/items/gate.ts';
import type { ApiServer } from '../ports/cluster-access.ts';
import type { Ports } from '../ports/ports.ts';
import type { PreflightFacts } from '../scan/preflight/preflight-check.ts';
import type { Coverage } from '../scan/report/report-schema.ts';
import type { StepContext } from './context.ts';
import { probeUrls } from './probe-urls.ts';
import { type ReadBackup, readRecoveryPoints, readVelero } from './read-backups.ts';

type Asked = Pick<UpgradePolicySpec['scan'], 'alarms' | 'backups' | 'urls'>;

interface PolicyFacts {
  readonly facts: Pick<PreflightFacts, 'alarms' | 'backups' | 'urls'>;
  readonly coverage: readonly Coverage[];
}

/** What the policy names that has to be so before a hop: alarms of CloudWatch, URLs that answer, and young backups of the cluster. */
export async function readPolicyFacts(
  ports: Pick<Ports, 'account' | 'gates' | 'probe' | 'readers'>,
  context: StepContext,
  server: ApiServer | undefined,
  { alarms = [], urls = [], backups: { velero, awsBackup } = {} }: Asked,
): Promise<PolicyFacts> {
  const readings = await Promise.all(alarms.map((alarm) => ports.gates.read({ alarm }, [])));
  const backups: ReadBackup[] = [];
  if (velero !== undefined) backups.push(await readVelero(ports, context, server, velero));
  if (awsBackup !== undefined) backups.push(await readRecoveryPoints(ports, context, awsBackup));
  return {
    facts: {
      alarms: readings.filter(({ status }) => status !== 'unknown'),
      urls: await probeUrls(ports, urls),
      backups: backups.flatMap(({ backup }) => backup ?? []),
    },
    coverage: [...readings.map(alarmCoverage), ...backups.map(({ coverage }) => coverage)],
  };
}

/** An alarm that cannot be read, or has no data, proves nothing. */
const alarmCoverage = ({ gate, status, message }: GateReading): Coverage => ({
  what: `alarm ${gate}`,
  source: 'eks',
  ...(status === 'unknown' ? { status: 'error', detail: message, count: 0 } : { status: 'read', detail: '', count: 1 }),
});
