import { counted } from '../../core/model/words.ts';
import { type DataDescription, describeData } from '../../core/scan/data/data-age.ts';
import { tables } from '../../core/scan/data/tables.ts';
import type { ExitCode } from '../command/failure.ts';
import type { OutputOption, Session } from '../command/session.ts';
import { facts, print, section, tableLines } from '../output/print.ts';

/** How current the tables of a scan are. Offline, because they come with the release. */
export async function versionsData(session: Session, { output }: OutputOption): Promise<ExitCode> {
  const described = describeData(tables, session.io.now());
  const sources = tables.sources.map(({ id, title, url, readOn }) => ({ id, title, url, readOn }));
  return print(session, output, { ...described, sources }, () => textOf(described, sources));
}

type Sources = typeof tables.sources;

const TABLES: Readonly<Record<keyof DataDescription['counts'], string>> = {
  apis: 'versions of APIs that were deprecated or removed',
  unservedKinds: 'kinds that other lists carry and no release served',
  wirePayloads: 'payloads of webhooks and clients',
  componentConfigs: 'versions of component configuration',
  rules: 'fields, annotations, flags, images and nodes that break',
  controllers: 'controllers, and the minors that their releases support',
  customResources: 'versions of custom resources that their projects dropped',
  sources: 'sources',
};

function textOf(described: DataDescription, sources: Sources): string[] {
  const { updatedOn, ageInDays, oldestMinor, newestMinor, basis, counts, servedByDefault, disputed } = described;
  const names = Object.keys(TABLES) as (keyof typeof TABLES)[];
  const rows = names.map((name) => [String(counts[name]).padStart(5), TABLES[name]]);
  const days = sources.map(({ readOn }) => readOn).sort();
  return [
    ...facts([
      ['Updated', `${updatedOn}, ${counted(ageInDays, 'day')} ago`],
      ['Covers', `Kubernetes ${oldestMinor} to ${newestMinor}; a scan for a later one is incomplete`],
      ['Rests on', basis],
    ]),
    ...section('Tables', tableLines(['ROWS', 'WHAT'], rows)),
    '',
    `${servedByDefault} of the ${counts.apis} APIs are served without being turned on, by Kubernetes or by EKS; about ${disputed} of them sources disagree.`,
    `The sources were read from ${days.at(0) ?? '?'} to ${days.at(-1) ?? '?'}; -o json lists them.`,
    ...(ageInDays > STALE_DAYS
      ? ['', `Older than ${STALE_DAYS} days: Kubernetes has likely had a release since. Update Liftlock.`]
      : []),
  ];
}

/** Kubernetes has three releases a year. */
const STALE_DAYS = 120;
