import type { UpgradePolicySpec } from '../config/types.ts';
import type { GateReading } from '../contracts/items/gate.ts';
import { parseJson } from '../model/parse-json.ts';
import type { ApiServer } from '../ports/cluster-access.ts';
import type { Ports } from '../ports/ports.ts';
import type { PreflightFacts } from '../scan/preflight/preflight-check.ts';
import type { Coverage } from '../scan/report/report-schema.ts';
import { accessReason, isAccessError } from './api-server.ts';
import type { StepContext } from './context.ts';

type Asked = Pick<UpgradePolicySpec['scan'], 'alarms' | 'backups'>;

interface PolicyFacts {
  readonly facts: Pick<PreflightFacts, 'alarms' | 'backup'>;
  readonly coverage: readonly Coverage[];
}

/** What the policy names that has to be so before a hop: alarms of CloudWatch, and backups that Velero has made of the cluster. */
export async function readPolicyFacts(
  ports: Pick<Ports, 'gates' | 'readers'>,
  context: StepContext,
  server: ApiServer | undefined,
  { alarms = [], backups }: Asked,
): Promise<PolicyFacts> {
  const readings = await Promise.all(alarms.map((alarm) => ports.gates.read({ alarm }, [])));
  const ofAlarms = readings.map((reading) => alarmCoverage(reading));
  const known = readings.filter(({ status }) => status !== 'unknown');
  if (backups === undefined) return { facts: { alarms: known }, coverage: ofAlarms };
  const ofBackups = await readBackups(ports, context, server, backups.velero);
  return {
    facts: { alarms: known, ...(ofBackups.backup === undefined ? {} : { backup: ofBackups.backup }) },
    coverage: [...ofAlarms, ofBackups.coverage],
  };
}

/** An alarm that cannot be read, or has no data, proves nothing. */
const alarmCoverage = ({ gate, status, message }: GateReading): Coverage => ({
  what: `alarm ${gate}`,
  source: 'eks',
  ...(status === 'unknown' ? { status: 'error', detail: message, count: 0 } : { status: 'read', detail: '', count: 1 }),
});

/** They are listed by name, so that the newest may be on any page; one beyond the last page that is asked for does not count. */
const PAGE = 500;
const MOST_PAGES = 20;

/** Velero keeps what it has backed up as objects of `backups.velero.io` (velero.io, API types, Backup: `status.phase`, `completionTimestamp`). */
async function readBackups(
  ports: Pick<Ports, 'readers'>,
  context: StepContext,
  server: ApiServer | undefined,
  { namespace, within }: NonNullable<Asked['backups']>['velero'],
): Promise<{ readonly backup?: PreflightFacts['backup']; readonly coverage: Coverage }> {
  const what = { what: `backups.velero.io in the namespace ${namespace}`, source: 'server' } as const;
  const unread = (status: 'denied' | 'error', detail: string) => ({ coverage: { ...what, status, detail, count: 0 } });
  if (server === undefined)
    return unread('error', 'The API server is not asked (verification: eks-api, or no endpoint).');
  const opened = ports.readers.open(server);
  const times: string[] = [];
  try {
    let next = '';
    for (let page = 0; page < MOST_PAGES; page += 1) {
      const path = `/apis/velero.io/v1/namespaces/${namespace}/backups?limit=${PAGE}${next}`;
      const { status, text } = await opened.reader.get({ path });
      if (status === 404)
        return unread('error', 'The API server knows no velero.io/v1: Velero is not installed there.');
      if (status === 401 || status === 403)
        return unread('denied', `It answered ${status}: the role needs list of backups in the API group velero.io.`);
      if (status !== 200) return unread('error', `It answered ${status}.`);
      const { items = [], metadata } = (parseJson(text) ?? {}) as BackupList;
      times.push(
        ...items.flatMap(({ status: is }) => (is?.phase === 'Completed' ? (is.completionTimestamp ?? []) : [])),
      );
      const token = metadata?.continue ?? '';
      if (token === '') break;
      next = `&continue=${encodeURIComponent(token)}`;
    }
  } catch (error) {
    if (!isAccessError(error)) throw error;
    const { code, message } = accessReason(error, context);
    return unread('error', `${code}: ${message}`);
  } finally {
    opened.close();
  }
  const newest = times
    .filter((time) => !Number.isNaN(Date.parse(time)))
    .toSorted()
    .at(-1);
  return {
    backup: { namespace, within, newest: newest ?? null },
    coverage: { ...what, status: 'read', detail: '', count: times.length },
  };
}

interface BackupList {
  readonly items?: readonly { readonly status?: { readonly phase?: string; readonly completionTimestamp?: string } }[];
  readonly metadata?: { readonly continue?: string };
}
