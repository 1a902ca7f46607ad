import type { AuditRecord } from '../../core/evidence/covered-records.ts';
import { batchesOf } from '../../core/model/batches.ts';
import { visible } from '../../core/model/visible.ts';
import type { AuditItem } from '../../core/ports/table.ts';
import type { AuditTrail } from '../../core/queries/audit-trail.ts';
import { clusterParam, part } from '../client/paths.ts';
import { EXIT, type ExitCode, invalid } from '../command/failure.ts';
import type { OutputOption, Session } from '../command/session.ts';
import { print, tableLines } from '../output/print.ts';

export async function showAudit(session: Session, subject: string, { output }: OutputOption): Promise<ExitCode> {
  const trail = await trailOf(session, subject);
  const broken = trail.break;
  await print(session, output, trail, () => [
    ...tableLines(HEADERS, trail.items.map(row), session.io.columns),
    ...(broken === null ? [] : [session.paint('red', brokenText(subject, broken))]),
  ]);
  return broken === null ? EXIT.ok : EXIT.failure;
}

/** The API tells only that the chain is broken; a comparison with anchors finds the wrong item. */
const brokenText = (subject: string, { sequence, problem }: NonNullable<AuditTrail['break']>): string =>
  visible(
    `Broken at item ${sequence}: ${problem}. Somebody tampered with this record. Hold it against its anchors: liftlock audit verify ${subject}`,
  );

/** The whole record of the subject that a user named: `fleet`, `rollout/<id>` or `cluster/<name>`. */
export async function trailOf(session: Session, subject: string): Promise<AuditTrail> {
  const client = await session.client();
  const { audit } = client.v1;
  const [kind = '', ...rest] = subject.split('/');
  const id = rest.join('/');
  if (subject === 'fleet') return client.whole('items', (query) => audit.fleet.$get({ query }));
  if (/^rollouts?$/.test(kind) && id !== '')
    return client.whole('items', (query) => audit.rollouts[':id'].$get({ param: { id: part(id) }, query }));
  if (/^clusters?$/.test(kind) && id !== '')
    return client.whole('items', (query) => audit.clusters[':id'].$get({ param: clusterParam(id), query }));
  throw invalid(
    `liftlock: "${subject}" has no record. Write fleet, rollout/<id> or cluster/<name>. What becomes of policies, calendars, channels and waivers is in that of fleet.`,
  );
}

/** The number of records that are requested at once. */
const AT_ONCE = 4;

/** The whole record of each subject by the audit's own name; empty where there is none. */
export async function* recordsOf(session: Session, subjects: readonly string[]): AsyncGenerator<AuditRecord> {
  const client = await session.client();
  const read = (subject: string) =>
    client.whole('items', (page) => client.v1.audit.subjects.$get({ query: { subject, ...page } }));
  for (const some of batchesOf(subjects, AT_ONCE)) {
    const trails = await Promise.all(some.map(read));
    // The subject of the answer is not used, because a forged answer could name another subject whose record is intact.
    for (const [index, { items }] of trails.entries()) yield { subject: some[index] ?? '', items };
  }
}

const HEADERS = ['#', 'AT', 'EVENT', 'BY', 'DETAIL'];

/** The written items serve restores; users read the decision only. */
function row({ sequence, at, event, principal, detail }: AuditItem): string[] {
  const { writes: _, ...told } = detail;
  return [String(sequence), at, visible(event), visible(principal), visible(JSON.stringify(told))];
}
