import { visible } from '../../core/model/visible.ts';
import type { AuditItem } from '../../core/ports/table.ts';
import type { AuditTrail } from '../../core/queries/audit-trail.ts';
import { firstBreak } from '../../core/store/audit.ts';
import { clusterPath } from '../client/cluster-path.ts';
import { EXIT, type ExitCode } from '../exit-codes.ts';
import { invalid } from '../failure.ts';
import { print } from '../output/print.ts';
import { tableLines } from '../output/table.ts';
import type { Session } from '../session.ts';

/** `verify` does not believe what the API says of its own record: the hashes are computed here. */
export async function audit(
  session: Session,
  verb: 'show' | 'verify',
  subject: string,
  format: string,
): Promise<ExitCode> {
  const trail = await (await session.client()).all<AuditItem, AuditTrail>(pathOf(subject));
  if (verb === 'show') {
    await print(session, format, trail, () => tableLines(HEADERS, trail.items.map(row), session.io.columns));
    return EXIT.ok;
  }
  const broken = firstBreak(trail.items) ?? null;
  const verdict = { subject: trail.subject, items: trail.items.length, holds: broken === null, break: broken };
  await print(session, format, verdict, () => [
    broken === null
      ? visible(`${trail.subject}: ${trail.items.length} items, the chain holds.`)
      : session.paint('red', visible(`${trail.subject}: broken at item ${broken.sequence}: ${broken.problem}.`)),
  ]);
  return broken === null ? EXIT.ok : EXIT.failure;
}

function pathOf(subject: string): string {
  if (subject === 'fleet') return '/v1/audit/fleet';
  const [kind, ...rest] = subject.split('/');
  const id = rest.join('/');
  if (/^rollouts?$/.test(kind ?? '') && id !== '') return `/v1/audit/rollouts/${encodeURIComponent(id)}`;
  if (/^clusters?$/.test(kind ?? '') && id !== '') return clusterPath(id).replace('/v1/', '/v1/audit/');
  throw invalid(`liftlock: "${subject}" has no record. Write fleet, rollout/<id> or cluster/<name>.`);
}

const HEADERS = ['#', 'AT', 'EVENT', 'BY', 'DETAIL'];

/** What was written is for restores; people read what was decided. */
function row({ sequence, at, event, principal, detail }: AuditItem): string[] {
  const { writes: _, ...told } = detail;
  return [String(sequence), at, visible(event), visible(principal), visible(JSON.stringify(told))];
}
