import type { AuditItem } from '../../../core/ports/table.ts';
import { acceptedMutations } from '../../eks/log/timeline.ts';
import { spokePrincipal, type World } from '../../process/world.ts';
import { eventText } from './event-text.ts';

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
