import type { Reason } from '../../../core/contracts/step-result.ts';
import type { AuditItem } from '../../../core/ports/table.ts';

type Detail = Readonly<Record<string, unknown>>;

/** An audit item in a few words; undefined for items that add nothing to the next one. */
export function eventText({ event, detail }: Pick<AuditItem, 'event' | 'detail'>): string | undefined {
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
