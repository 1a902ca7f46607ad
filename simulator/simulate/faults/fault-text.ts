import type { PlannedFault } from './planned-fault.ts';

const TRANSACTION_TEXT = {
  conflict: 'refused for a conflict',
  'in-progress': 'written, and answered as in progress',
  'too-large': 'refused, since an item is too large',
} as const;

const at = (minute: number): string => `minute ${minute}:`;
const within = (minute: number, minutes: number): string => `minute ${minute} to ${minute + minutes}:`;

/** One fault in words, for readers of a history. */
export function faultText(fault: PlannedFault): string {
  switch (fault.kind) {
    case 'effect': {
      const { when, operation, effect, skip, times } = fault;
      const where = fault.function === undefined ? '' : ` in ${fault.function}`;
      return `${effectText(effect)} ${when} ${operation}${where}, ${times} times after ${skip} others`;
    }
    case 'call':
      return `${fault.operation ?? 'calls to EKS'} ${fault.effect}, ${fault.times} times after ${fault.skip} others`;
    case 'list-lag':
      return `ListUpdates shows no update that is younger than ${fault.seconds} s`;
    case 'slow-insights':
      return `EKS takes up to ${fault.seconds} s to refresh the insights of a cluster`;
    case 'update-fails':
      return `the next update of the ${fault.part} of ${fault.cluster} fails`;
    case 'update-hangs':
      return `the next update of the ${fault.part} of ${fault.cluster} takes ${fault.hours} hours more`;
    case 'foreign-update':
      return `${at(fault.minute)} somebody else updates the ${fault.part} of ${fault.cluster}`;
    case 'deleted':
      return `${at(fault.minute)} ${fault.cluster} is deleted${fault.recreated ? ' and created anew' : ''}`;
    case 'denied':
      return `${within(fault.minute, fault.minutes)} the account ${fault.account} denies every call`;
    case 'blocked': {
      const what = fault.by === 'budget' ? 'a budget lets no pod of CoreDNS go' : 'EKS cannot tell the insights';
      return `${within(fault.minute, fault.minutes)} ${what} of ${fault.cluster}`;
    }
    case 'excluded':
      return `${within(fault.minute, fault.minutes)} a tag keeps Liftlock away from ${fault.cluster}`;
    case 'tag': {
      const then = fault.changed ?? 'no more';
      const late = fault.seen ? '' : ', which nobody notices at once';
      return `${within(fault.minute, fault.minutes)} the tag ${fault.tag} of ${fault.cluster} says ${fault.value}, then ${then}${late}`;
    }
    case 'node-group-deleted':
      return `a node group of ${fault.cluster} is deleted${fault.recreated ? ' and created anew' : ''} ${fault.minutes} minutes after its roll has begun`;
    case 'hub-denied':
      return `${within(fault.minute, fault.minutes)} ${fault.function ?? 'every function'} is denied ${fault.operation}`;
    case 'transactions':
      return `${within(fault.minute, fault.minutes)} transactions of ${fault.function ?? 'every function'}${fault.entity === undefined ? '' : ` that write ${fault.entity}`} are ${TRANSACTION_TEXT[fault.answer]}`;
    case 'history-limit':
      return `${at(fault.minute)} the history of ${fault.nested ? 'an execution nested in ' : ''}the execution that was granted last is full`;
    case 'redriven': {
      const what = fault.nested ? 'an execution nested in that of an upgrade' : 'the execution of an upgrade';
      const how = fault.stops ? 'is stopped, and' : 'that then ends without success is';
      return `${at(fault.minute)} ${what} ${how} redriven ${fault.minutes} minutes after its end`;
    }
    case 'person':
      return `${at(fault.minute)} a person: ${fault.does}${fault.minutes > 0 ? ` (${fault.minutes} minutes)` : ''}`;
    case 'config': {
      const { kind: _, minute, ...numbers } = fault;
      return `${at(minute)} the config is applied with ${JSON.stringify(numbers)}`;
    }
    case 'newer-config': {
      const what = fault.policy === undefined ? 'a Fleet' : `a policy ${fault.policy}`;
      return `${within(fault.minute, fault.minutes)} ${what} of a later release is in force`;
    }
    case 'approvals':
      return fault.answer === 'never'
        ? `nobody answers when ${fault.wave} asks for approval`
        : `people reject the wave ${fault.wave}`;
    case 'on-call':
      return 'somebody deals with rollouts that halt';
    case 'created':
      return `${at(fault.minute)} a cluster like ${fault.cluster} appears`;
    case 'gate':
      return `${within(fault.minute, fault.minutes)} the gate ${fault.gate} is ${fault.status}`;
    case 'calendar':
      return `${at(fault.minute)} the calendar ${fault.calendar} is changed: ${fault.change} (${fault.minutes} minutes)`;
    case 'policy':
      return `${at(fault.minute)} the policy ${fault.policy} is changed at ${fault.wave}: ${fault.change}`;
    case 'policy-meanwhile':
      return `the policy of a cluster is changed at its wave right before the ${fault.operation} after ${fault.skip} others: ${fault.change}`;
    case 'regression':
      return fault.of === 'rates'
        ? `requests to ${fault.cluster} fail more often from ${fault.from} on`
        : `pods of shop/web in ${fault.cluster} crash on ${fault.from}`;
    case 'deployment':
      return `${at(fault.minute)} the state machines are deployed again`;
    case 'restored':
      return `${at(fault.minute)} the table is restored to ${fault.back} minutes before${(fault.again ?? []).map(({ after, back }) => `, ${after} minutes later to ${back} minutes before that`).join('')}`;
    case 'clock':
      return `the clock of ${fault.function} is ${Math.abs(fault.seconds)} s ${fault.seconds < 0 ? 'slow' : 'fast'}`;
    case 'events':
      return `${within(fault.minute, fault.minutes)} events are ${fault.fate === 'twice' ? 'delivered twice' : fault.fate}`;
    case 'stale-index':
      return `${within(fault.minute, fault.minutes)} the sparse index is ${fault.seconds} s old`;
  }
}

function effectText(effect: Extract<PlannedFault, { kind: 'effect' }>['effect']): string {
  if (effect.kind === 'error') return effect.name;
  return effect.kind === 'hang' ? `a hang of ${effect.seconds} s` : effect.kind;
}
