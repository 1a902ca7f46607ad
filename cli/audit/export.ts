import { writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { canonicalJson } from '../../core/hash/canonical-json.ts';
import { shellWord } from '../../core/model/shell-word.ts';
import { visible } from '../../core/model/visible.ts';
import { counted } from '../../core/model/words.ts';
import { makeFolder } from '../../simulator/cloud/state/make-folder.ts';
import { type ExitCode, invalid } from '../command/failure.ts';
import type { Session } from '../command/session.ts';
import { print } from '../output/print.ts';
import { type AuditOptions, EXPORTED_FILE, gather, PROBLEMS_FILE, RECORDS_FILE, recordNamed } from './records.ts';

/** The files name people, so no other user of this machine may read them. */
const OWN = { mode: 0o600 };

/** Writes records and anchors into a folder; `audit verify --from` proves them without AWS. */
export async function exportAudit(
  session: Session,
  subject: string | undefined,
  { to, ...options }: AuditOptions & { readonly to: string },
): Promise<ExitCode> {
  const { records, files, place } = await gather(session, subject, options);
  if (place === undefined)
    throw invalid(
      'liftlock: an export without anchors proves nothing. Say where they are: --anchors s3://<bucket>, or LIFTLOCK_ANCHORS.',
    );
  makeFolder(join(to, 'audit'), 0o700);
  for (const { name, text } of files) {
    const path = join(to, name);
    makeFolder(dirname(path), 0o700);
    await writeFile(path, text, OWN);
  }
  const problems = Object.fromEntries(files.map(({ name, problem }) => [name, problem]));
  await writeFile(join(to, PROBLEMS_FILE), JSON.stringify(problems), OWN);
  await writeFile(
    join(to, EXPORTED_FILE),
    JSON.stringify({ subject: subject === undefined ? null : recordNamed(subject) }),
    OWN,
  );
  const lines = records.map(({ subject: name, items }) => `${canonicalJson({ subject: name, items })}\n`);
  await writeFile(join(to, RECORDS_FILE), lines.join(''), OWN);
  const items = records.reduce((sum, record) => sum + record.items.length, 0);
  const done = { folder: to, records: records.length, items, anchors: files.length };
  return print(session, options.output, done, () => [
    visible(
      `${counted(records.length, 'record')} of ${counted(items, 'item')} and ${counted(files.length, 'anchor')} are in ${to}.`,
    ),
    visible(
      `Prove them anywhere, without AWS: liftlock audit verify ${subject === undefined ? '' : `${subject} `}--from ${shellWord(to)}`,
    ),
  ]);
}
