import { writeFile } from 'node:fs/promises';
import { anchoredSubjects, readChain } from '../../core/anchors/read-chain.ts';
import { writesOf } from '../../core/evidence/account.ts';
import {
  type AuditRecord,
  coveredRecords,
  FLEET_SUBJECT,
  ROLLOUT_SUBJECT,
} from '../../core/evidence/covered-records.ts';
import { disclose } from '../../core/evidence/disclose.ts';
import { EVIDENCE_FORMAT, type EvidenceDocument, type EvidenceScope } from '../../core/evidence/evidence-document.ts';
import { proofsOf, saltOf } from '../../core/evidence/verify-evidence.ts';
import { shellWord } from '../../core/model/shell-word.ts';
import { visible } from '../../core/model/visible.ts';
import { counted } from '../../core/model/words.ts';
import { dateOf, startOf } from '../../core/queries/report-period.ts';
import { Members } from '../../core/store/entities.ts';
import { anchorFiles, placeOfAnchors } from '../audit/records.ts';
import { recordsOf } from '../audit/show.ts';
import { clusterParam } from '../client/paths.ts';
import { EXIT, type ExitCode, Failure, invalid } from '../command/failure.ts';
import { packageVersion } from '../command/package-version.ts';
import type { Session } from '../command/session.ts';
import { printLines } from '../output/print.ts';
import { writeEvidence } from './evidence-file.ts';
import { scopeText } from './page.ts';

interface ExportOptions {
  readonly upgrade?: string;
  readonly rollout?: string;
  readonly since?: string;
  readonly until?: string;
  readonly anchors?: string;
  readonly redact?: 'people';
  readonly output?: string;
}

/** Reads the records of one upgrade, rollout or period with the permissions of a viewer only, and writes them into one file. */
export async function exportEvidence(session: Session, options: ExportOptions): Promise<ExitCode> {
  const client = await session.client();
  await client.v1.fleet.$get();
  const madeAt = (client.time ?? session.io.now()).toISOString();
  const scope = await scopeOf(session, options, madeAt);
  const place = options.anchors ?? placeOfAnchors(session);
  const files = (await anchorFiles(session, place)) ?? [];
  const chain = readChain(files);
  const known = (await recordsFor(session, scope, anchoredSubjects(chain))).map(({ subject, items }) => ({
    subject,
    items: items.filter(({ at }) => at <= madeAt),
  }));
  const covered = coveredRecords(known, scope);
  if (!covered.some(({ subject }) => subject !== FLEET_SUBJECT) && scope.kind !== 'period')
    throw new Failure(
      `liftlock: nothing is on record of ${scopeText(scope)}. What there is: liftlock get upgrades --all, liftlock get rollouts.`,
    );
  const of = chain.of || null;
  const { redact: redacted = null } = options;
  const salt = saltOf({ redacted, of });
  const document: EvidenceDocument = {
    ...{ evidence: EVIDENCE_FORMAT, scope, madeWith: await packageVersion(), madeAt, redacted, of },
    anchors: proofsOf(files, covered),
    records: covered.map(({ subject, items }) => ({ subject, items: items.map((item) => disclose(item, salt)) })),
  };
  const name = `evidence-${options.upgrade ?? options.rollout ?? options.since}.html`;
  const path = options.output ?? name.replaceAll(/[^\w.-]/g, '-');
  // The file names people and their systems, so no other user of this machine may read it.
  await writeFile(path, writeEvidence(document), { mode: 0o600 });
  const items = covered.reduce((sum, record) => sum + record.items.length, 0);
  const proofs =
    of === null
      ? 'No anchors prove it: name them with --anchors, or LIFTLOCK_ANCHORS.'
      : `${counted(document.anchors.length, 'anchor')} of ${of} hold them.`;
  printLines(session, [
    visible(
      `${path} has ${counted(items, 'item')} of ${counted(covered.length, 'record')} on ${scopeText(scope)}. ${proofs}`,
    ),
    visible(
      `Verify it: liftlock evidence verify ${shellWord(path)}${of === null ? '' : ` --anchors ${shellWord(`${place}`)}`}`,
    ),
    ...chain.problems.map((problem) => session.paint('red', visible(`anchors: ${problem}`))),
  ]);
  return chain.problems.length === 0 ? EXIT.ok : EXIT.failure;
}

async function scopeOf(
  session: Session,
  { upgrade, rollout, since, until }: ExportOptions,
  now: string,
): Promise<EvidenceScope> {
  const asked = [upgrade, rollout, since].filter((one) => one !== undefined);
  if (asked.length !== 1 || (until !== undefined && since === undefined))
    throw invalid(
      'liftlock: evidence of what? Name one of --upgrade CLUSTER/HOP (web/1.36-1.37), --rollout ID, or --since DATE with --until DATE.',
    );
  if (rollout !== undefined) return { kind: 'rollout', rolloutId: rollout };
  if (upgrade === undefined) {
    const period = {
      since: instant(startOf(since ?? '', new Date(now)), `since "${since}" is no date, and no duration such as 90d`),
      until: until === undefined ? now : instant(dateOf(until), `until "${until}" is no date`),
    };
    if (period.since >= period.until)
      throw invalid(
        `liftlock: the period from ${period.since} to ${period.until} is none: --since comes before --until and before now.`,
      );
    return { kind: 'period', ...period };
  }
  const [, cluster = '', upgradeId = ''] = /^(.+)\/([^/]+)$/.exec(upgrade) ?? [];
  if (cluster === '')
    throw invalid(
      `liftlock: "${upgrade}" names no upgrade. Write the cluster and the hop, as liftlock get upgrades --all tells them: web/1.36-1.37`,
    );
  const client = await session.client();
  const { key: clusterKey } = await client.v1.clusters[':id'].$get({ param: clusterParam(cluster) });
  return { kind: 'upgrade', clusterKey, upgradeId };
}

function instant(date: Date | undefined, otherwise: string): string {
  if (date !== undefined) return date.toISOString();
  throw invalid(`liftlock: --${otherwise}. Write it as 2026-07-01 or 2026-07-01T08:00:00Z.`);
}

async function recordsFor(session: Session, scope: EvidenceScope, anchored: readonly string[]): Promise<AuditRecord[]> {
  const read = (subjects: readonly string[]) => readRecords(session, scope, subjects);
  const fleet = await read([FLEET_SUBJECT]);
  if (scope.kind === 'rollout') {
    const rollout = await read([`${ROLLOUT_SUBJECT}${scope.rolloutId}`]);
    return [...fleet, ...rollout, ...(await read(rollout.flatMap(membersOf)))];
  }
  if (scope.kind === 'period') return [...fleet, ...(await read(await subjectsKnown(session, anchored)))];
  const cluster = await read([scope.clusterKey]);
  const rollouts = cluster.flatMap(({ items }) => items.map(({ detail }) => detail.rolloutId));
  const named = rollouts.filter((id) => typeof id === 'string');
  return [...fleet, ...cluster, ...(await read(named.map((id) => `${ROLLOUT_SUBJECT}${id}`)))];
}

/** For clusters it keeps only what the file contains, because the records of a large fleet do not fit into memory. */
async function readRecords(
  session: Session,
  scope: EvidenceScope,
  subjects: readonly string[],
): Promise<AuditRecord[]> {
  const records: AuditRecord[] = [];
  for await (const record of recordsOf(session, [...new Set(subjects)]))
    records.push(...(isOfCluster(record) ? coveredRecords([record], scope) : [record]));
  return records;
}

const isOfCluster = ({ subject }: AuditRecord): boolean =>
  subject !== FLEET_SUBJECT && !subject.startsWith(ROLLOUT_SUBJECT);

/** Clusters of every plan of a rollout, also those that the rollout no longer lists. */
const membersOf = ({ items }: AuditRecord): string[] =>
  items
    .flatMap(writesOf)
    .filter(({ kind }) => kind === Members.kind)
    .flatMap(({ data }) => Members.schema.safeParse(data).data?.clusterKey ?? []);

async function subjectsKnown(session: Session, anchored: readonly string[]): Promise<string[]> {
  const client = await session.client();
  const { items: rollouts } = await client.whole('items', (query) => client.v1.rollouts.$get({ query }));
  const { items: clusters } = await client.whole('items', (query) =>
    client.v1.clusters.$get({ query: { gone: 'true', ...query } }),
  );
  // A cluster that was removed from the inventory is still in the anchors.
  return [...rollouts.map(({ id }) => `${ROLLOUT_SUBJECT}${id}`), ...clusters.map(({ key }) => key), ...anchored];
}
