import { visible } from '../../core/model/visible.ts';
import { counted, some } from '../../core/model/words.ts';
import type { OwnedRepair, OwnerReport } from '../../core/queries/owner-report.ts';
import { EXIT, type ExitCode } from '../command/failure.ts';
import type { OutputOption, Session } from '../command/session.ts';
import { listed, print, printLines } from '../output/print.ts';
import { markdownCode, markdownTable, markdownText } from '../output/scan/markdown.ts';

/** What one owner must repair, and by when. Exit 6 when a part of it stops a hop. */
export async function reportOwner(session: Session, owner: string, { output }: OutputOption): Promise<ExitCode> {
  const client = await session.client();
  const report = await client.v1.reports.owner.$get({ query: { owner } });
  if (output === 'markdown') printLines(session, markdownOf(report));
  else await print(session, output, report, () => textOf(report));
  return report.items.some(({ stops }) => stops) ? EXIT.blocked : EXIT.ok;
}

function textOf(report: OwnerReport): string[] {
  const lines = report.items.flatMap((item) => [
    '',
    `${item.before ?? 'no date'}  ${item.cluster}  ${item.version}, for ${item.target}: ${item.stops ? 'stops it' : 'warning'}`,
    `  ${item.cause}: ${item.what ?? `see liftlock scan cluster ${item.cluster} --target ${item.target}`}`,
    ...item.fixes.map((fix) => `  fix: ${fix}`),
    `  ${datesOf(item)}`,
  ]);
  return [totals(report), ...lines, ...listed('Not known', unknownOf(report), (line) => line)].map(visible);
}

const HEAD = ['Before', 'Cluster', 'For', 'What', 'Fix', 'Dates'];

function markdownOf(report: OwnerReport): string[] {
  const rows = report.items.map((item) => [
    item.before ?? 'no date',
    markdownCode(item.cluster),
    `${item.target}${item.stops ? ', stops it' : ''}`,
    markdownText(`${item.cause}${item.what === null ? '' : `: ${item.what}`}`),
    item.fixes.map((fix) => markdownCode(fix)).join(' '),
    markdownText(datesOf(item)),
  ]);
  return [
    `## ${markdownText(report.owner)}`,
    '',
    markdownText(totals(report)),
    ...(rows.length === 0 ? [] : ['', ...markdownTable(HEAD, rows)]),
    ...unknownOf(report).flatMap((line) => ['', markdownText(line)]),
  ];
}

function datesOf({ since, opensAt, deadline }: OwnedRepair): string {
  const opening = opensAt === null ? 'no opening is known' : `it can begin ${opensAt}`;
  const end = deadline === null ? [] : [`${deadline.kind} ${deadline.at}${deadline.forced ? ', then by force' : ''}`];
  return [...(since === null ? [] : [`known since ${since}`]), opening, ...end].join('; ');
}

function totals({ owner, items, left, clusterCount, unknown }: OwnerReport): string {
  const stopping = items.filter(({ stops }) => stops).length;
  const owns = `${owner} owns ${counted(clusterCount, 'cluster')}`;
  if (items.length === 0 && unknown.length > 0)
    return `${owns}. Nothing is known that it has to mend, and of ${counted(unknown.length, 'cluster')} too little is known to tell.`;
  if (items.length === 0 && clusterCount === 0)
    return `${owns}, and no finding that is known is its. Names count as labels have them: liftlock get clusters -o wide, liftlock scan fleet.`;
  if (items.length === 0)
    return `${owns}, and neither a look at a cluster nor a hop has found anything that it has to mend.`;
  return `${owns}, and has ${counted(items.length, 'thing')} to mend; ${stopping} of them ${stopping === 1 ? 'stops' : 'stop'} a hop.${left === 0 ? '' : ` ${left} more have no room here.`}`;
}

const unknownOf = ({ unknown }: OwnerReport): string[] =>
  unknown.length === 0
    ? []
    : [
        `Not looked at lately, or not in full, or more was found than fits here (liftlock scan cluster NAME): ${some(unknown, 20)}.`,
      ];
