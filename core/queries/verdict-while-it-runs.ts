import type { Upgrade } from '../contracts/items/protocol.ts';
import { type Reason, reason } from '../contracts/step-result.ts';
import { upgradeWords } from '../model/hop.ts';
import { runsOn } from '../protocol/kept-away.ts';
import { after, said, type Verdict } from './verdict-words.ts';

/** The verdict while an upgrade runs. `gives`: why it gives way (`givesWayFor`). */
export function whileItRuns(upgrade: Upgrade, gives: readonly Reason[]): Verdict {
  const { id, machine, from, to, input } = upgrade;
  const what = upgradeWords({ id, machine, nodegroup: input?.nodegroup }, `from ${from} to ${to}`);
  const begun = Object.entries(upgrade.steps);
  const [step, state] = begun.filter(([, one]) => one.status === 'running').at(-1) ?? [];
  const between = begun.length === 0 ? 'it has just begun' : 'it is between two steps';
  const text = step === undefined ? between : `${step} runs since ${state?.startedAt}`;
  const { code, times, since, last } = upgrade.parkedFor ?? { times: 0 };
  const before =
    times > 1
      ? ` Before that it parked ${times} times in a row since ${since}, at ${last} for the last time: ${code}.`
      : '';
  return said(
    after(gives.length === 0 ? 'It runs now.' : runsOn(upgrade)),
    reason('Running', `${what} runs: ${text}.${before}`),
    ...gives,
    ...(state?.reasons ?? []),
  );
}
