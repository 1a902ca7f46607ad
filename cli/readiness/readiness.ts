import { READINESS_VERDICTS } from '../../core/contracts/scan-words.ts';
import { withIdInCommands } from '../../core/model/cluster-key.ts';
import { visible } from '../../core/model/visible.ts';
import { apart } from '../../core/model/words.ts';
import type { ReadinessView } from '../../core/queries/list-clusters.ts';
import { clusterParam } from '../client/paths.ts';
import { EXIT, type ExitCode, invalid } from '../command/failure.ts';
import type { Session } from '../command/session.ts';
import { facts, print, reasonLines, relativeTime, section, shown, tableLines } from '../output/print.ts';
import { readinessText } from '../verbs/cluster-text.ts';
import { readinessWord, shownAt } from '../verbs/columns.ts';
import { kindOf } from '../verbs/kind.ts';
import type { ReadinessOptions } from './live-readiness.ts';

const EXITS: Readonly<Record<ReadinessView['verdict'], ExitCode>> = {
  ready: EXIT.ok,
  readyAfterHops: EXIT.ok,
  blocked: EXIT.blocked,
  incomplete: EXIT.incomplete,
  stale: EXIT.incomplete,
};

/** Shows the readiness of the fleet, of one cluster of it, or of the cluster in a kubeconfig. */
export async function readiness(
  session: Session,
  kind: string | undefined,
  name: string | undefined,
  options: ReadinessOptions,
): Promise<ExitCode> {
  const { kubeconfig, context, to, selector, output } = options;
  const isLive = kubeconfig !== undefined || context !== undefined;
  if (isLive && (kind ?? to ?? selector) !== undefined)
    throw invalid('liftlock: --kubeconfig asks one cluster about its drains; leave out names, --to and -l.');
  if (isLive && (output === 'junit' || output === 'sarif'))
    throw invalid(`liftlock: -o ${output} is for clusters of the fleet, not for --kubeconfig.`);
  if (isLive) return (await import('./live-readiness.ts')).liveReadiness(session, options);
  if (kind === undefined) {
    if (to !== undefined) throw invalid('liftlock: --to is about one cluster: readiness cluster NAME --to 1.37.');
    return fleetReadiness(session, options);
  }
  kindOf(kind, ['clusters']);
  if (name === undefined) throw invalid('liftlock: say which cluster: readiness cluster NAME.');
  if (selector !== undefined) throw invalid('liftlock: -l chooses among the fleet; leave it out for one cluster.');
  return clusterReadiness(session, name, options);
}

/** Blocked clusters come first. */
async function fleetReadiness(session: Session, { selector, output }: ReadinessOptions): Promise<ExitCode> {
  const client = await session.client();
  const { items: clusters } = await client.whole('items', (page) =>
    client.v1.clusters.$get({ query: { selector, ...page } }),
  );
  const items = clusters
    .map((cluster) => cluster.readiness)
    .sort((a, b) => READINESS_VERDICTS.indexOf(a.verdict) - READINESS_VERDICTS.indexOf(b.verdict));
  const { now } = shownAt(session, client);
  const nameOf = apart(
    items,
    ({ name }) => name,
    ({ cluster }) => cluster,
  );
  await show(session, output, items, { items }, () => [
    ...tableLines(
      ['CLUSTER', 'VERSION', 'FOR', 'READINESS', 'LOOKED', 'WHY'],
      items.map((item) => [
        ...[visible(nameOf(item)), visible(item.version), item.for ?? '-', readinessWord(item)],
        ...[
          relativeTime(item.scannedAt, now),
          visible(withIdInCommands(whyText(item), { name: item.name, id: nameOf(item) })),
        ],
      ]),
      session.io.columns,
    ),
    ...section('In all', [`  ${allText(items)}`]),
  ]);
  // A blocked cluster decides the exit code before an unknown one.
  const codes = items.map(({ verdict }) => EXITS[verdict]);
  return codes.find((code) => code === EXIT.blocked) ?? codes.find((code) => code !== EXIT.ok) ?? EXIT.ok;
}

/** `2 blocked, 7 ready, 3 nothing newer`, in the words of the table. */
function allText(items: readonly ReadinessView[]): string {
  const words = [...Map.groupBy(items, readinessWord)].map(([word, { length }]) => `${length} ${word}`);
  return words.join(', ') || 'no clusters';
}

/** The first reason, and how many more there are. */
function whyText({ name, reasons: [first, ...more], waivedUntil }: ReadinessView): string {
  if (waivedUntil !== undefined) return `Findings are waived until ${waivedUntil}.`;
  const rest = more.length === 0 ? '' : ` And ${more.length} more: liftlock readiness cluster ${name}`;
  return `${first?.message ?? ''}${rest}`;
}

async function clusterReadiness(session: Session, name: string, { to, output }: ReadinessOptions): Promise<ExitCode> {
  const client = await session.client();
  const view = await client.v1.clusters[':id'].readiness.$get({ param: clusterParam(name), query: { to } });
  const { now } = shownAt(session, client);
  await show(session, output, [view], view, () => [
    ...facts([
      ['Cluster', shown(view.cluster)],
      ['Version', shown(view.version)],
      ['Target', shown(view.target)],
      ['Readiness', readinessText(view, now)],
    ]),
    ...section('What is in the way', reasonLines(view.reasons)),
  ]);
  return EXITS[view.verdict];
}

/** JUnit and SARIF use each of the items; every other format shows the document. */
async function show(
  session: Session,
  output: string,
  items: readonly ReadinessView[],
  document: object,
  text: () => readonly string[],
): Promise<void> {
  if (output === 'junit') session.io.out((await import('./readiness-junit.ts')).readinessJunit(items));
  else if (output === 'sarif') session.io.out(await (await import('./readiness-sarif.ts')).readinessSarif(items));
  else await print(session, output, document, text);
}
