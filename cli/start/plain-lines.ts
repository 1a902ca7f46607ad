import { parseClusterArn, shortId, withIdInCommands } from '../../core/model/cluster-key.ts';
import { isLag } from '../../core/model/lag.ts';
import { visibleLine } from '../../core/model/visible.ts';
import { counted } from '../../core/model/words.ts';
import { newsText } from '../../core/notices/notice-of.ts';
import type { PublishedEvent } from '../../simulator/process/in-memory-bus.ts';

/** Writes one line for each event, for logs and pipes. */
export function plainLines(write: (text: string) => void): (published: PublishedEvent) => void {
  return ({ at, event }) => {
    const text = lineOf(event);
    if (text !== undefined) write(`${at.toISOString().slice(0, 16).replace('T', ' ')}  ${visibleLine(text)}\n`);
  };
}

type Event = PublishedEvent['event'];

/** Undefined for events that a log does not need: steps that begin. */
const LINES: {
  readonly [Type in Event['type']]: (detail: Extract<Event, { readonly type: Type }>['detail']) => string | undefined;
} = {
  VersionAvailable: ({ kubernetesVersion, region }) => `EKS offers ${kubernetesVersion} in ${region}`,
  SupportDeadlineApproaching: ({ cluster, support, kubernetesVersion, daysLeft, forced }) =>
    `${nameOf(cluster)}: ${support} support of ${kubernetesVersion} ends in ${counted(daysLeft, 'day')}${forced === true ? ', and EKS upgrades it by force from then on' : ''}`,
  ReadinessChanged: ({ cluster, verdict, target, reasons }) =>
    `${nameOf(cluster)}: ${verdict} for ${target}${why(reasons)}`,
  OwnerNews: ({ owner, news }) => `${owner ?? 'owners that no label names'}: ${news.map(newsText).join(' ')}`,
  PlannedChangeApproaching: ({ cluster, code, daysLeft }) =>
    `${nameOf(cluster)}: AWS plans ${code} in ${counted(daysLeft, 'day')}`,
  RollbackDeadlineApproaching: ({ cluster, kubernetesVersion, to, endsAt }) =>
    `${nameOf(cluster)}: can be taken back from ${kubernetesVersion} to ${to} until ${endsAt} only`,
  RolloutChanged: ({ rolloutId, status, reasons }) => `rollout ${rolloutId}: ${status}${why(reasons)}`,
  WaveChanged: ({ wave, status, reasons }) => `wave ${wave}: ${status}${why(reasons)}`,
  MemberChanged: ({ cluster, wave, status, reasons }) => `${nameOf(cluster)} in wave ${wave}: ${status}${why(reasons)}`,
  UpgradeChanged: (detail) => `${nameOf(detail.cluster)} ${whatOf(detail)}: ${detail.status}${why(detail.reasons)}`,
  StepChanged: (detail) =>
    detail.status === 'running'
      ? undefined
      : `${nameOf(detail.cluster)}   ${detail.step}: ${detail.status}${detail.status === 'done' ? nothingDone(detail.reasons) : ''}`,
  DrainBlocked: ({ cluster, nodegroup, reasons }) => `${nameOf(cluster)}   drain of ${nodegroup}${why(reasons)}`,
  ClusterHeld: ({ cluster, reasons }) => `${nameOf(cluster)}: held${why(reasons)}`,
  BreakGlassChanged: ({ of, status, by, reason }) => `break-glass of the ${of}: ${status} by ${by} (${reason})`,
  ConfigDeleted: ({ kind, name, by, reason }) => `${kind} ${name} deleted by ${by}: ${reason}`,
  FleetStopped: ({ by, reason }) => `fleet stopped by ${by}: ${reason}`,
  FleetResumed: ({ by }) => `fleet resumed by ${by}`,
};

export function lineOf({ type, detail }: Event): string | undefined {
  const text = (LINES[type] as ((one: Event['detail']) => string | undefined) | undefined)?.(detail);
  const place = 'cluster' in detail ? parseClusterArn(detail.cluster) : undefined;
  // Whoever reads a line does not see whether other clusters have that name too, so its commands can be pasted wherever they do.
  return text === undefined || place === undefined
    ? text
    : withIdInCommands(text, { name: place.name, id: shortId(place) });
}

/** A drain and an undo lead to no other version. */
function whatOf({ upgradeId, nodegroup, from, to }: Extract<Event, { readonly type: 'UpgradeChanged' }>['detail']) {
  if (nodegroup !== undefined) return `drain of ${nodegroup}`;
  return upgradeId.startsWith('undo-') ? `undo of ${upgradeId.slice('undo-'.length)}` : `${from} → ${to}`;
}

/** A step also ends well where it had nothing to do, or where only the owner of the nodes can act. */
const nothingDone = (reasons: Parameters<typeof why>[0]): string =>
  why(reasons.filter((one) => one.code === 'AtTarget' || isLag(one)));

const nameOf = (arn: string): string => arn.slice(arn.lastIndexOf('/') + 1);

function why(reasons: readonly { readonly code: string; readonly message: string }[]): string {
  // The reason `Looked` records that all is well; here it would read like a cause.
  const first = reasons.find(({ code }) => code !== 'Looked');
  return first === undefined ? '' : ` (${first.code}: ${first.message})`;
}
