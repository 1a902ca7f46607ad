import { readFile } from 'node:fs/promises';
import { accountOf } from '../../core/evidence/account.ts';
import { type VerifiedEvidence, verifyEvidence } from '../../core/evidence/verify-evidence.ts';
import { visible } from '../../core/model/visible.ts';
import { counted } from '../../core/model/words.ts';
import { anchorFiles } from '../audit/records.ts';
import { packageVersion } from '../command/package-version.ts';
import { EXIT, type ExitCode, invalid, type OutputOption, type Session } from '../command/session.ts';
import { print } from '../output/print.ts';
import { type ReadEvidence, readEvidence } from './evidence-file.ts';
import { scopeText } from './page.ts';

/** Judges a file on this machine alone: nothing is asked of the API, and of AWS only where the anchors are named as a bucket. */
export async function verifyFile(
  session: Session,
  path: string,
  options: OutputOption & { readonly anchors?: string },
): Promise<ExitCode> {
  const file = await readFile(path).catch((error: Error) => {
    throw invalid(
      `liftlock: ${path} cannot be read: ${error.message}. Name a file that liftlock evidence export wrote.`,
    );
  });
  const read = readEvidence(file, await packageVersion());
  const place = options.anchors ?? session.io.env.LIFTLOCK_ANCHORS;
  const anchors = place === undefined ? undefined : await anchorFiles(session, place);
  const judged = read.document === undefined ? NOTHING : verifyEvidence(read.document, anchors);
  const problems = [...read.problems, ...judged.problems];
  const unchecked = [...read.unchecked, ...judged.unchecked];
  const isRight = problems.length === 0 && judged.verdict !== 'broken';
  const verdict = !isRight ? 'broken' : read.unchecked.length > 0 ? 'unproved' : judged.verdict;
  const account = isRight && read.document !== undefined ? accountOf(read.document) : null;
  const document = {
    verdict,
    sha256: read.sha256,
    scope: read.document?.scope ?? null,
    problems,
    records: judged.records,
    unchecked,
    account,
  };
  await print(session, options.output, document, () => [
    ...problems.map((problem) => session.paint('red', visible(problem))),
    ...judged.records.flatMap((record) => recordLines(record, session)),
    ...unchecked.map((line) => visible(`Not checked: ${line}`)),
    visible(`${path}: ${verdict}.${about(read, judged)} SHA-256 ${read.sha256}`),
  ]);
  return CODES[verdict];
}

const NOTHING: VerifiedEvidence = { verdict: 'broken', problems: [], records: [], unchecked: [] };
const CODES: Readonly<Record<VerifiedEvidence['verdict'], ExitCode>> = {
  holds: EXIT.ok,
  unproved: EXIT.pending,
  broken: EXIT.failure,
};

function recordLines(
  { subject, items, proved, verdict, tampering }: VerifiedEvidence['records'][number],
  { paint }: Session,
): string[] {
  const line = visible(`${subject}: ${counted(items, 'item')}, ${proved} proved: ${verdict}.`);
  if (verdict !== 'broken') return [line];
  return [
    paint('red', line),
    ...tampering.map(({ kind, sequence, problem }) => visible(`  item ${sequence} ${kind}: ${problem}`)),
  ];
}

function about({ document }: ReadEvidence, { records }: VerifiedEvidence): string {
  if (document === undefined) return '';
  const items = records.reduce((sum, record) => sum + record.items, 0);
  return ` It is about ${scopeText(document.scope)}, made ${document.madeAt}, with ${counted(items, 'item')}.`;
}
