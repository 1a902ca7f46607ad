import type { Condition, ConditionState } from '../contracts/items/common.ts';
import type { Rollout, Wave } from '../contracts/items/rollout.ts';
import { lastWords } from '../model/last-words.ts';
import type { WriteOperation } from '../ports/table.ts';
import { Rollouts, Waves } from './entities.ts';

/**
 * Writes a rollout or wave together with its conditions, in the same write: no caller can forget them, and they are never older than the item. Only
 * the state and its time are kept; the words follow from the item, which every tick reads, and are made anew for people (`toldRollout`, `toldWave`).
 */
export function withConditions(operation: WriteOperation, at: Date): WriteOperation {
  if (operation.type !== 'put') return operation;
  const { item } = operation;
  const stated = (data: Wave | Rollout, now: readonly ConditionNow[]): WriteOperation => {
    const conditions = since(data.conditions, now, at).map(
      ({ type, status, lastTransitionTime }): ConditionState => ({ type, status, lastTransitionTime }),
    );
    return { ...operation, item: { ...item, data: { ...data, conditions } } };
  };
  if (item.kind === Waves.kind) return stated(item.data as Wave, waveConditions(item.data as Wave));
  if (item.kind === Rollouts.kind) return stated(item.data as Rollout, rolloutConditions(item.data as Rollout));
  return operation;
}

/** An item as people read it, with its conditions in words; it has none before it was written. */
export type Told<Data> = Omit<Data, 'conditions'> & { conditions?: Condition[] };

/** `at`: now. A condition that changes with the present write gets this time. */
export const toldRollout = (rollout: Rollout, at: Date): Told<Rollout> => told(rollout, rolloutConditions, at);

/** The wave as people read it; `at` as above. */
export const toldWave = (wave: Wave, at: Date): Told<Wave> => told(wave, waveConditions, at);

function told<Data extends Wave | Rollout>(data: Data, words: (data: Data) => ConditionNow[], at: Date): Told<Data> {
  const { conditions, ...rest } = data;
  return { ...rest, ...(conditions && { conditions: since(conditions, words(data), at) }) };
}

/** Progressing, Paused, Halted, Completed: from the rollout alone. Of an aborted rollout none of these holds, and the reason says so. */
export function rolloutConditions({ status, reasons, waitsSince }: Rollout): ConditionNow[] {
  const why = reasons.map(({ message }) => message).join(' ');
  const said = (text: string) => (why === '' ? text : `${text} ${why}`);
  const message = said(`The rollout is ${status}.`);
  const is = (type: string, holds: boolean): ConditionNow => says(type, holds, status, message);
  const isStuck = status === 'Running' && waitsSince !== undefined;
  return [
    isStuck
      ? says('Progressing', false, 'Unsettled', said(`Since ${waitsSince} nothing of it goes on before a person acts.`))
      : is('Progressing', status === 'Running'),
    is('Paused', status === 'Paused'),
    is('Halted', status === 'Halted'),
    is('Completed', status === 'Completed' || status === 'CompletedWithFailures'),
  ];
}

/**
 * Approved, GatesGreen, Soaked, WithinBudget: from the wave alone, with its earlier conditions, so that everything that writes a wave writes them
 * too.
 */
export const waveConditions = (wave: Wave): ConditionNow[] => [
  approved(wave),
  gatesGreen(wave),
  soaked(wave),
  withinBudget(wave),
];

/**
 * A wave opens when its policy asks for no more approvals; a later rejection takes that back for clusters that have not begun. Whether approvals
 * suffice depends on the policy and the time of the question (core/policy/approvals.ts), so this says nothing about it.
 */
function approved(wave: Wave): ConditionNow {
  const words = lastWords(wave);
  const rejected = words.find(({ decision }) => decision === 'Rejected');
  if (rejected !== undefined) return says('Approved', false, 'Rejected', `Rejected by ${rejected.principal}.`);
  const { openedAt } = wave;
  const named = (some: typeof words): string => some.map(({ principal }) => principal).join(', ');
  if (openedAt !== undefined) {
    const still = wave.startedAt === undefined ? ' They have to hold still when its first cluster starts.' : '';
    if (words.length === 0)
      return says('Approved', true, 'NotAskedFor', 'It opened, and no approval was asked for then.');
    // Only the newest word of each person is kept, and a retry may open the wave again: a later one may be the second of somebody, or new.
    const [first, later] = [words.filter(({ at }) => at <= openedAt), words.filter(({ at }) => at > openedAt)];
    const opened = first.length === 0 ? `It opened at ${openedAt}` : `It opened with approvals by ${named(first)}`;
    const since = later.length === 0 ? '' : `; the newest approval of ${named(later)} came after that`;
    return says('Approved', true, 'Approved', `${opened}${since}.${still}`);
  }
  const message =
    words.length === 0
      ? 'Nobody has judged its plan, and it has not opened.'
      : `Agreed to by ${named(words)}; it has not opened. Whether that is enough and still holds is judged under its policy, and what is lacking is told beside this.`;
  return says('Approved', 'Unknown', 'NotOpened', message);
}

function gatesGreen({ gates }: Wave): ConditionNow {
  if (gates === undefined)
    return says(
      'GatesGreen',
      'Unknown',
      'NotRead',
      'No gate has been read: those that the policy names are read while the wave soaks.',
    );
  const others = gates.readings.filter(({ status }) => status !== 'green');
  const [first] = others.sort((a, b) => Number(b.status === 'red') - Number(a.status === 'red'));
  if (first === undefined) return says('GatesGreen', true, 'AllGreen', `All ${gates.readings.length} are green.`);
  const isRed = first.status === 'red';
  const message = `${first.gate} is ${first.status}: ${first.message}`;
  return says('GatesGreen', isRed ? false : 'Unknown', isRed ? 'GateRed' : 'GateUnknown', message);
}

/** What the policy asks for is not known here, and policies change: only the wave's own earlier conditions tell that it was Soaking. */
function soaked({ status, promotedBy, lastSuccessAt, reasons, conditions }: Wave): ConditionNow {
  if (status === 'Soaking') return says('Soaked', false, 'Soaking', reasons[0]?.message ?? 'It soaks.');
  if (status !== 'Completed' && status !== 'CompletedWithFailures')
    return says('Soaked', 'Unknown', 'NotSettled', `It is ${status}; a wave soaks after its last success.`);
  if (promotedBy !== undefined)
    return says('Soaked', true, 'Promoted', `${promotedBy} had it pass, so that no soak was waited for to its end.`);
  if (lastSuccessAt === undefined)
    return says('Soaked', 'Unknown', 'NoneSucceeded', 'No cluster of it succeeded, so nothing soaked.');
  const before = conditions?.find(({ type }) => type === 'Soaked')?.status ?? 'Unknown';
  return before === 'Unknown'
    ? says('Soaked', 'Unknown', 'NotSoaked', 'It passed without a soak.')
    : says('Soaked', true, 'Soaked', 'It soaked, and has passed since.');
}

function withinBudget({ failed, maxFailures, acceptedFailures = 0 }: Wave): ConditionNow {
  const allowed = Math.max(maxFailures, acceptedFailures);
  const message = `${failed} failed, ${allowed} may${acceptedFailures > maxFailures ? ' since a person accepted them' : ''}.`;
  return failed > allowed
    ? says('WithinBudget', false, 'FailureBudgetExceeded', message)
    : says('WithinBudget', true, 'WithinBudget', message);
}

/** A condition as it is now, without the time since when it is so. */
type ConditionNow = Omit<Condition, 'lastTransitionTime'>;

const says = (type: string, status: boolean | 'Unknown', reason: string, message: string): ConditionNow => ({
  type,
  status: status === 'Unknown' ? status : status ? 'True' : 'False',
  reason,
  message,
});

/** As in Kubernetes, the time moves when the status changes; another reason or message is no transition. */
export function since(
  before: readonly ConditionState[] | undefined,
  now: readonly ConditionNow[],
  at: Date,
): Condition[] {
  return now.map((one) => {
    const old = before?.find(({ type }) => type === one.type);
    const lastTransitionTime = old?.status === one.status ? old.lastTransitionTime : at.toISOString();
    return { ...one, lastTransitionTime };
  });
}
