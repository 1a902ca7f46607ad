import { readFile } from 'node:fs/promises';
import { accountOf } from '../../core/evidence/account.ts';
import { type VerifiedEvidence, verifyEvidence } from '../../core/evidence/verify-evidence.ts';
import { visible } from '../../core/model/visible.ts';
import { anchorFiles } from '../audit/records.ts';
import { CODES, recordLines } from '../audit/verify.ts';
import { type ExitCode, invalid } from '../command/failure.ts';
import { packageVersion } from '../command/package-version.ts';
import type { OutputOption, Session } from '../command/session.ts';
import { print } from '../output/print.ts';
import { readEvidence } from './evidence-file.ts';
import { scopeText } from './page.ts';

/** Judges a file on this machine only: nothing is requested from the API, and from AWS only where a bucket of anchors is named. */
export async function verifyFile(
  session: Session,
  path: string,
  options: OutputOption & { readonly anchors?: string },
): Promise<ExitCode> {
  const bytes = await readFile(path).catch((error: Error) => {
    throw invalid(
      `liftlock: ${path} cannot be read: ${error.message}. Name a file that liftlock evidence export wrote.`,
    );
  });
  const { document, sha256, ...file } = readEvidence(bytes, await packageVersion());
  const anchors = await anchorFiles(session, options.anchors);
  const judged = document === undefined ? NOTHING : verifyEvidence(document, anchors);
  const problems = [...file.problems, ...judged.problems];
  const unchecked = [...file.unchecked, ...judged.unchecked];
  const sound = file.unchecked.length > 0 ? 'unproved' : judged.verdict;
  const verdict = problems.length > 0 || judged.verdict === 'broken' ? 'broken' : sound;
  const account = verdict === 'broken' || document === undefined ? null : accountOf(document);
  const { records } = judged;
  const answer = { verdict, sha256, scope: document?.scope ?? null, problems, records, unchecked, account };
  await print(session, options.output, answer, () => [
    ...problems.map((problem) => session.paint('red', visible(problem))),
    ...records.flatMap((record) => recordLines(record, session)),
    ...unchecked.map((line) => visible(`Not checked: ${line}`)),
    visible(`${path}: ${verdict}. SHA-256 ${sha256}`),
    ...(document === undefined ? [] : [visible(`It is about ${scopeText(document.scope)}, as of ${document.madeAt}.`)]),
  ]);
  return CODES[verdict];
}

/** Without a verdict the file itself says why: its problems, or that it has another format. */
const NOTHING: VerifiedEvidence = { verdict: 'unproved', problems: [], records: [], unchecked: [] };
