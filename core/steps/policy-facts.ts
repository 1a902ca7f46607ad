import type { UpgradePolicySpec } from '../config/types.ts';
import { isOutage } from '../contracts/errors.ts';
import type { GateReading } from '../contracts/items/gate.ts';
import type { ApiServer } from '../ports/cluster-access.ts';
import type { Ports } from '../ports/ports.ts';
import { placeOf } from '../scan/preflight/component-version.ts';
import type { Backup, PreflightFacts } from '../scan/preflight/preflight-check.ts';
import type { Coverage } from '../scan/report/report-schema.ts';
import { askServer } from './ask-server.ts';
import type { StepContext } from './context.ts';
import { probeUrls } from './probe-urls.ts';
import { refusedBy } from './read-capacity.ts';
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

type Backups = NonNullable<UpgradePolicySpec['scan']['backups']>;

/** Without `backup` it could not be read, and the coverage says why. */
interface ReadBackup {
  readonly backup?: Backup;
  readonly coverage: Coverage;
  /** Why it could not be read, where that is a fault that may pass. */
  readonly passing?: string;
}

/** Backups are listed by name, so the newest may be on any page. A backup beyond the last page that is read does not count. */
const PAGE = 500;
const MOST_PAGES = 20;

/** Velero records its backups as objects of `backups.velero.io` (velero.io, API types, Backup: `status.phase`, `completionTimestamp`). */
async function readVelero(
  ports: Pick<Ports, 'readers'>,
  context: StepContext,
  server: ApiServer | undefined,
  { namespace, within }: NonNullable<Backups['velero']>,
): Promise<ReadBackup> {
  const what = { what: `backups.velero.io in the namespace ${namespace}`, source: 'server' } as const;
  const unread = (why: Pick<Coverage, 'status' | 'detail'>) => ({ coverage: { ...what, ...why, count: 0 } });
  if (server === undefined)
    return unread({ status: 'error', detail: 'The API server is not asked (verification: eks-api, or no endpoint).' });
  const asked = await askServer(ports, context, server, async (get) => {
    const times: string[] = [];
    let next = '';
    for (let page = 0; page < MOST_PAGES; page += 1) {
      const path = `/apis/velero.io/v1/namespaces/${namespace}/backups?limit=${PAGE}${next}`;
      const list = await get(path, 'list of backups in the API group velero.io');
      if (list === undefined) return undefined;
      const { items = [], metadata } = list as BackupList;
      const whole = items.filter(({ spec, status: is }) => is?.phase === 'Completed' && isWhole(spec));
      times.push(...whole.flatMap(({ status: is }) => is?.completionTimestamp ?? []));
      const token = metadata?.continue ?? '';
      if (token === '') break;
      next = `&continue=${encodeURIComponent(token)}`;
    }
    return times;
  });
  if ('unread' in asked) return unread(asked.unread);
  const { found: times } = asked;
  if (times === undefined)
    return unread({ status: 'error', detail: 'The API server knows no velero.io/v1: Velero is not installed there.' });
  const valid = times.filter((time) => !Number.isNaN(Date.parse(time)));
  return {
    backup: { namespace, within, newest: newestOf(valid) },
    coverage: { ...what, status: 'read', detail: '', count: times.length },
  };
}

/** What a backup of Velero is limited to, each absent or empty for everything. */
const LIMITS = [
  ...['includedNamespaces', 'includedResources', 'includedNamespaceScopedResources'],
  ...['labelSelector', 'orLabelSelectors'],
];

/** A backup of some namespaces, kinds or labels is no backup of the cluster; whoever leaves some out has said that they are not needed. */
const isWhole = (spec: Readonly<Record<string, unknown>> = {}): boolean =>
  LIMITS.every((name) => {
    const limits = [spec[name] ?? []].flat();
    return limits.length === 0 || limits.some(isEverything);
  });

/** An empty label selector matches all objects (https://kubernetes.io/docs/reference/kubernetes-api/common-definitions/label-selector). */
const isEverything = (limit: unknown): boolean =>
  typeof limit === 'object'
    ? Object.values(limit ?? {}).every((part) => Object.keys(part ?? {}).length === 0)
    : limit === '*';

interface BackupList {
  readonly items?: readonly {
    readonly spec?: Readonly<Record<string, unknown>>;
    readonly status?: { readonly phase?: string; readonly completionTimestamp?: string };
  }[];
  readonly metadata?: { readonly continue?: string };
}

/** Recovery points with these statuses are complete; a `PARTIAL` one lacks some parts (AWS Backup, API reference of RecoveryPointByBackupVault). */
const WHOLE = new Set(['COMPLETED', 'AVAILABLE']);

/** The parts of a backup have recovery points of their own, and some may name the cluster. A part is no backup of the whole. */
async function readRecoveryPoints(
  { account }: Pick<Ports, 'account'>,
  { cluster, scope }: StepContext,
  { vault, within }: NonNullable<Backups['awsBackup']>,
): Promise<ReadBackup> {
  const what = { what: `recovery points of AWS Backup in the vault ${vault}`, source: 'eks' } as const;
  try {
    const points = await account.listRecoveryPoints(scope, vault, cluster.arn);
    const whole = points.filter((one) => WHOLE.has(one.status) && one.parentRecoveryPointArn === undefined);
    return {
      backup: { vault, within, newest: newestOf(whole.map((one) => one.creationDate.toISOString())) },
      coverage: { ...what, status: 'read', detail: '', count: points.length },
    };
  } catch (error) {
    const { status, detail } = refusedBy(error);
    // As observed (boto/boto3#2269): AWS Backup does not tell a caller without permission whether the vault exists.
    const hint = status === 'denied' ? ` AWS Backup says so, too, where ${scope.region} has no such vault.` : '';
    const said = `backup:ListRecoveryPointsByBackupVault: ${detail}${hint}`;
    return {
      coverage: { ...what, status, detail: said, count: 0 },
      ...(isOutage(error) ? { passing: said } : {}),
    };
  }
}

/** Compares texts of RFC 3339 in UTC. */
const newestOf = (times: readonly string[]): string | null => times.toSorted().at(-1) ?? null;
