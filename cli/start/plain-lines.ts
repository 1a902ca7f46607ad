import { isLag } from '../../core/model/lag.ts';
import { visibleLine } from '../../core/model/visible.ts';
import { counted } from '../../core/model/words.ts';
import { newsText } from '../../core/notices/notice-of.ts';
import type { PublishedEvent } from '../../simulator/process/in-memory-bus.ts';

/** One line for each thing that happens, for logs and pipes. */
export function plainLines(write: (text: string) => void): (published: PublishedEvent) => void {
  return ({ at, event }) => {
    const text = lineOf(event);
    if (text !== undefined) write(`${at.toISOString().slice(0, 16).replace('T', ' ')}  ${visibleLine(text)}\n`);
  };
}

/** Undefined for what nobody wants to read in a log: steps that begin. */
export function lineOf(event: PublishedEvent['event']): string | undefined {
  switch (event.type) {
    case 'VersionAvailable':
      return `EKS offers ${event.detail.kubernetesVersion} in ${event.detail.region}`;
    case 'SupportDeadlineApproaching':
      return `${nameOf(event.detail.cluster)}: ${event.detail.support} support of ${event.detail.kubernetesVersion} ends in ${event.detail.daysLeft} days${event.detail.forced === true ? ', and EKS upgrades it by force from then on' : ''}`;
    case 'ReadinessChanged':
      return `${nameOf(event.detail.cluster)}: ${event.detail.verdict} for ${event.detail.target}${why(event.detail.reasons)}`;
    case 'OwnerNews':
      return `${event.detail.owner ?? 'owners that no label names'}: ${event.detail.news.map(newsText).join(' ')}`;
    case 'PlannedChangeApproaching':
      return `${nameOf(event.detail.cluster)}: AWS plans ${event.detail.code} in ${event.detail.daysLeft} days`;
    case 'RollbackDeadlineApproaching':
      return `${nameOf(event.detail.cluster)}: can be taken back from ${event.detail.kubernetesVersion} to ${event.detail.to} for ${counted(event.detail.hoursLeft, 'more hour')} only`;
    case 'RolloutChanged':
      return `rollout ${event.detail.rolloutId}: ${event.detail.status}${why(event.detail.reasons)}`;
    case 'WaveChanged':
      return `wave ${event.detail.wave}: ${event.detail.status}${why(event.detail.reasons)}`;
    case 'MemberChanged':
      return `${nameOf(event.detail.cluster)} in wave ${event.detail.wave}: ${event.detail.status}${why(event.detail.reasons)}`;
    case 'UpgradeChanged':
      return `${nameOf(event.detail.cluster)} ${event.detail.from} → ${event.detail.to}: ${event.detail.status}${why(event.detail.reasons)}`;
    case 'StepChanged':
      return event.detail.status === 'running'
        ? undefined
        : `${nameOf(event.detail.cluster)}   ${event.detail.step}: ${event.detail.status}${nothingDone(event.detail.reasons)}`;
    case 'DrainBlocked':
      return `${nameOf(event.detail.cluster)}   drain of ${event.detail.nodegroup}${why(event.detail.reasons)}`;
    case 'ClusterHeld':
      return `${nameOf(event.detail.cluster)}: held${why(event.detail.reasons)}`;
    case 'BreakGlassChanged':
      return `break-glass of the ${event.detail.of}: ${event.detail.status} by ${event.detail.by} (${event.detail.reason})`;
    case 'FleetStopped':
      return `fleet stopped by ${event.detail.by}: ${event.detail.reason}`;
    case 'FleetResumed':
      return `fleet resumed by ${event.detail.by}`;
  }
}

/** A step is done as well where it had nothing to do, or where nobody but the owner of the nodes can. */
const nothingDone = (reasons: Parameters<typeof why>[0]): string =>
  why(reasons.filter((one) => one.code === 'AtTarget' || isLag(one)));

const nameOf = (arn: string): string => arn.slice(arn.lastIndexOf('/') + 1);

function why(reasons: readonly { readonly code: string; readonly message: string }[]): string {
  // What was looked at where all is well is on record; here it would read like a cause.
  const first = reasons.find(({ code }) => code !== 'Looked');
  return first === undefined ? '' : ` (${first.code}: ${first.message})`;
}
