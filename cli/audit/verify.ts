import { type ComparedRecord, compareWithAnchors } from '../../core/anchors/compare-with-anchors.ts';
import { shellWord } from '../../core/model/shell-word.ts';
import { visible } from '../../core/model/visible.ts';
import { counted } from '../../core/model/words.ts';
import { EXIT, type ExitCode } from '../command/failure.ts';
import type { Session } from '../command/session.ts';
import { print } from '../output/print.ts';
import { type AuditOptions, type Evidence, gather } from './records.ts';

/**
 * `verify` does not trust the API's statement about its own record: it computes the hashes itself and compares them with anchors that the API cannot
 * write.
 */
export async function verifyAudit(session: Session, subject: string | undefined, options: AuditOptions) {
  const evidence = await gather(session, subject, options);
  const { chain, records, alone, place = null } = evidence;
  const compared = records.map((record) => compareWithAnchors(record.subject, record.items, chain));
  const found = chain.problems.length > 0 ? 'broken' : worst(compared);
  const isPart = alone !== undefined && alone.others.length > 0;
  // Whoever asks about everything is not told that it holds by a folder that says that it is only a part.
  const verdict = found === 'holds' && isPart ? 'unproved' : found;
  const { of, first, newest, newestAt = null, problems } = chain;
  const document = {
    verdict,
    anchors: { place, of, first, newest, newestAt, problems },
    records: compared,
    ...(isPart && { exportedFor: alone.subject, notExported: alone.others }),
  };
  await print(session, options.output, document, () => [
    ...problems.map((problem) => session.paint('red', visible(`anchors: ${problem}`))),
    ...compared.flatMap((record) => recordLines(record, session)),
    ...summary(evidence, compared),
    ...(isPart
      ? [
          visible(
            `The folder was exported for ${alone.subject} alone: nothing is proved of ${counted(alone.others.length, 'other record')} that the anchors name. All of them: liftlock audit export --to ${shellWord(options.from ?? '')}`,
          ),
        ]
      : []),
  ]);
  return CODES[verdict];
}

type Verdict = ComparedRecord['verdict'];

export const CODES: Readonly<Record<Verdict, ExitCode>> = {
  holds: EXIT.ok,
  unproved: EXIT.pending,
  broken: EXIT.failure,
};

const worst = (records: readonly ComparedRecord[]): Verdict =>
  (['broken', 'unproved'] as const).find((verdict) => records.some((record) => record.verdict === verdict)) ??
  (records.length === 0 ? 'unproved' : 'holds');

/** The verdict on a record, for people. */
export function recordLines(
  { subject, items, proved, unproved, verdict, tampering }: ComparedRecord,
  { paint }: Session,
): string[] {
  const head = `${subject}: ${counted(items, 'item')}, ${proved} proved, ${unproved} unproved`;
  const tail = verdict === 'broken' && tampering.length === 0 ? 'the anchors are broken' : verdict;
  const line = visible(`${head}: ${tail}.`);
  if (verdict !== 'broken') return [line];
  return [
    paint('red', line),
    ...tampering.map(({ kind, sequence, problem }) => visible(`  item ${sequence} ${kind}: ${problem}`)),
  ];
}

function summary({ chain, place }: Evidence, records: readonly ComparedRecord[]): string[] {
  if (place === undefined)
    return [
      'Held against no anchors: whoever may write the table could have made it so. Name them: --anchors s3://<bucket>, or LIFTLOCK_ANCHORS (output AnchorBucket of the stack LiftlockState).',
    ];
  if (chain.newestAt === undefined) return [visible(`There is no anchor in ${place} yet.`)];
  const unproved = records.reduce((sum, record) => sum + record.unproved, 0);
  const said = `Anchors ${chain.first} to ${chain.newest} of ${chain.of}, the newest of ${chain.newestAt}.`;
  return [
    visible(
      unproved === 0 ? said : `${said} ${counted(unproved, 'item')} younger than that or not anchored: unproved.`,
    ),
  ];
}
