import type { UpgradePolicySpec } from '../config/types.ts';
import type { GateReading } from '../contracts/items/gate.ts';
import type { ApiServer } from '../ports/cluster-access.ts';
import type { Ports } from '../ports/ports.ts';
import { placeOf } from '../scan/preflight/component-version.ts';
import type { PreflightFacts } from '../scan/preflight/preflight-check.ts';
import type { Coverage } from '../scan/report/report-schema.ts';
import type { StepContext } from './context.ts';
import { probeUrls } from './probe-urls.ts';
import { type ReadBackup, readRecoveryPoints, readVelero } from './read-backups.ts';
import { readComponent } from './read-component.ts';
import { readAlarms } from './read-probes.ts';

type Asked = Pick<UpgradePolicySpec['scan'], 'alarms' | 'backups' | 'urls'> & Pick<UpgradePolicySpec, 'components'>;

/**
 * What the policy demands before a hop: alarms of CloudWatch, URLs that answer, recent backups of the cluster, and its components. What does not
 * answer is waited for together (`readCapacity`).
 */
export async function readPolicyFacts(
  ports: Pick<Ports, 'account' | 'gates' | 'probe' | 'readers'>,
  context: StepContext,
  server: ApiServer | undefined,
  { alarms = [], urls, backups: { velero, awsBackup } = {}, components = [] }: Asked,
) {
  const readBackups: Promise<ReadBackup>[] = [];
  if (velero !== undefined) readBackups.push(readVelero(ports, context, server, velero));
  if (awsBackup !== undefined) readBackups.push(readRecoveryPoints(ports, context, awsBackup));
  const [readings, backups, seen, answers] = await Promise.all([
    readAlarms(ports, context.name, alarms),
    Promise.all(readBackups),
    readComponents(ports, context, server, components),
    probeUrls(ports, context.name, urls),
  ]);
  return {
    facts: {
      components: seen,
      alarms: readings.filter(({ status }) => status !== 'unknown'),
      urls: answers,
      backups: backups.flatMap(({ backup }) => backup ?? []),
    },
    coverage: [
      ...readings.map(alarmCoverage),
      ...backups.map(({ coverage }) => coverage),
      ...seen.map(componentCoverage),
    ],
    /** What was not read because of a fault that may pass, one sentence each. */
    passing: [
      ...readings.flatMap(({ gate, mayPass, message }) => (mayPass === true ? [`alarm ${gate}: ${message}`] : [])),
      ...backups.flatMap(({ passing }) => passing ?? []),
    ],
  };
}

async function readComponents(
  ports: Pick<Ports, 'readers'>,
  context: StepContext,
  server: ApiServer | undefined,
  components: Asked['components'],
): Promise<NonNullable<PreflightFacts['components']>[number][]> {
  const seen: NonNullable<PreflightFacts['components']>[number][] = [];
  for (const component of components ?? [])
    seen.push({ component, seen: await readComponent(ports, context, server, component) });
  return seen;
}

function componentCoverage({ component, seen }: NonNullable<PreflightFacts['components']>[number]): Coverage {
  const what = { what: `component ${component.name} (${placeOf(component)})`, source: 'server' } as const;
  if (seen.type === 'unread') return { ...what, status: seen.status, detail: seen.detail, count: 0 };
  return { ...what, status: 'read', detail: '', count: seen.type === 'runs' ? 1 : 0 };
}

/** An alarm that cannot be read, or has no data, proves nothing. */
const alarmCoverage = ({ gate, status, message }: GateReading): Coverage => ({
  what: `alarm ${gate}`,
  source: 'eks',
  ...(status === 'unknown' ? { status: 'error', detail: message, count: 0 } : { status: 'read', detail: '', count: 1 }),
});
