import type { Reason } from '../../core/contracts/step-result.ts';
import type { AuditItem } from '../../core/ports/table.ts';
import { acceptedMutations } from '../../simulator/eks/log/timeline.ts';
import { spokePrincipal, type World } from '../../simulator/process/world.ts';

interface Line {
  readonly at: number;
  readonly who: string;
  readonly what: string;
}

const WHO_COLUMNS = 22;

/** The events of a run, one line each, with the time since its beginning: for people to review. */
export function timelineText(world: World, start: Date): string[] {
  const lines = [...recorded(world), ...byOthers(world)].sort((a, b) => a.at - b.at);
  return lines.map(({ at, who, what }) => `${elapsed(at - start.getTime())}  ${who.padEnd(WHO_COLUMNS)}  ${what}`);
}

function recorded(world: World): Line[] {
  return world.table.auditTimeline().flatMap((item) => {
    const what = eventText(item);
    const at = world.writtenAt(item) ?? Date.parse(item.at);
    return what === undefined ? [] : [{ at, who: whoOf(item), what: `${withoutIds(what)}${byWhom(item)}` }];
  });
}

/** Changes by others at EKS, which no record of Liftlock contains. */
function byOthers(world: World): Line[] {
  return acceptedMutations(world.eks.state)
    .filter((mutation) => mutation.principal !== spokePrincipal(mutation))
    .map(({ at, clusterArn, operation, principal }) => ({
      at,
      who: nameOf(clusterArn),
      what: `EKS takes ${operation} from ${nameOf(principal)}, who is not Liftlock`,
    }));
}

/** Ids come from a random source that all parts share. They have no meaning, and change whenever any other draw does. */
const withoutIds = (text: string): string =>
  text
    .replaceAll(/ ?\(?[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}\)?/g, '')
    .replaceAll(/(rollout [\w-]+)-[0-9a-f]{8}\b/g, '$1');

const byWhom = ({ principal }: AuditItem): string => (principal === 'liftlock' ? '' : ` [${nameOf(principal)}]`);

const whoOf = ({ subject }: AuditItem): string =>
  subject.startsWith('rollout/')
    ? `rollout ${subject.slice('rollout/'.length).replace(/-[0-9a-f]{8}$/, '')}`
    : nameOf(subject);

/** The last part of an ARN or of a cluster key. */
const nameOf = (text: string): string => text.replace(/@.*$/, '').replace(/^.*\//, '');

/** `1d 02:03:04` */
function elapsed(milliseconds: number): string {
  const seconds = Math.floor(milliseconds / 1000);
  const [days, hours, minutes] = [
    Math.floor(seconds / 86_400),
    Math.floor(seconds / 3600) % 24,
    Math.floor(seconds / 60) % 60,
  ];
  const clock = [hours, minutes, seconds % 60].map((number) => String(number).padStart(2, '0')).join(':');
  return `${days === 0 ? '   ' : `${days}d `}${clock}`;
}

type Detail = Readonly<Record<string, unknown>>;

/** An audit item in a few words; undefined for items that add nothing to the next one. */
function eventText({ event, detail }: Pick<AuditItem, 'event' | 'detail'>): string | undefined {
  const words = WORDS[event];
  return words === undefined ? withReasons(spaced(event), detail) : words(detail);
}

const WORDS: Readonly<Record<string, (detail: Detail) => string | undefined>> = {
  Installed: () => 'installed',
  ConfigApplied: ({ kind, name }) => `${kind} ${name} is applied`,
  ConfigDeleted: ({ kind, name, reason }) => `${kind} ${name} is deleted: ${reason}`,
  ClusterDiscovered: ({ version }) => `is discovered at ${version}`,
  VersionObserved: ({ before, version }) => `is seen at ${version}, was at ${before}`,
  RolloutPlanned: () => undefined,
  RolloutCreated: () => 'is created',
  Granted: ({ from, to, grantNumber }) => `gets grant ${grantNumber} for ${from} to ${to}`,
  GrantClosing: () => undefined,
  GrantFreed: ({ grantNumber }) => `gives grant ${grantNumber} back`,
  MutationCommitted: ({ call, subject, attempt, commits }) =>
    `commits ${(call as { name: string }).name} of ${subject}${again(attempt, commits)}`,
  MutationAccepted: ({ call, subject }) => `EKS takes ${call} of ${subject}`,
  UpdateEnded: ({ call, subject, outcome }) =>
    `${call} of ${subject} ended ${(outcome as { observed?: { status: string } }).observed?.status ?? 'somehow'}`,
  StepChanged: (detail) =>
    detail.status === 'running' ? undefined : withReasons(`${detail.step} is ${detail.status}`, detail),
};

const again = (attempt: unknown, commits: unknown): string =>
  `${attempt === 1 ? '' : `, attempt ${attempt}`}${commits === 1 ? '' : `, committed ${commits} times`}`;

function withReasons(text: string, detail: Detail): string {
  const wave = typeof detail.wave === 'string' ? ` (${detail.wave})` : '';
  const reasons = (detail.reasons ?? (detail.reason === undefined ? [] : [detail.reason])) as readonly Reason[];
  const [first, ...others] = reasons;
  const more = others.length === 0 ? '' : ` (and ${others.length} more)`;
  return first === undefined ? `${text}${wave}` : `${text}${wave}: ${first.message}${more}`;
}

/** `UpgradeSucceeded` → `upgrade succeeded`. */
const spaced = (event: string): string => event.replaceAll(/(?<!^)[A-Z]/g, (letter) => ` ${letter}`).toLowerCase();
