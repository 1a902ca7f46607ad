import { AT_REST, type Rollout, type Wave } from '../../core/contracts/items/rollout.ts';
import { upgradePolicy } from '../../core/policy/applied.ts';
import { Configs, Rollouts, Waves } from '../../core/store/entities.ts';
import type { Check, Moment, Violation } from './history.ts';

/** After these a hook of a wave that was asked before is asked anew. */
const ASKS_ANEW: readonly string[] = ['RolloutResumed', 'MemberRetried', 'HooksForgotten'];
const PASSED: readonly Wave['status'][] = ['Completed', 'CompletedWithFailures'];

/**
 * 26 `asked`: no wave opens before each hook before it, and after the wave before it, has said go, and no rollout ends before each hook after its last
 * wave has; a go counts until something else is in the way, or somebody has the rollout go on.
 */
export const checkHooks = (): Check => {
  /** Who has said go, by rollout. */
  const gone = new Map<string, Set<string>>();
  return (moment) => {
    const { item, store } = moment;
    if (ASKS_ANEW.includes(item.event)) gone.delete(item.subject);
    if (item.event === 'HookAnswered' && item.detail.answer === 'go')
      gone.set(item.subject, (gone.get(item.subject) ?? new Set()).add(String(item.detail.hook)));
    const opened = store
      .written(Waves)
      .filter(({ before, after }) => before?.status === 'Pending' && after.status === 'Open');
    const ended = store
      .written(Rollouts)
      .filter(
        ({ before, after }) =>
          before?.status === 'Running' && AT_REST.includes(after.status) && after.status !== 'Aborted',
      );
    return [
      ...opened.flatMap(({ after: { rolloutId, index, name } }) =>
        unasked(moment, gone, rolloutId, `the wave ${name} opened`, index),
      ),
      ...ended.flatMap(({ after: { id } }) => unasked(moment, gone, id, 'it ended')),
    ];
  };
};

/** The hooks that have not said go to what comes next: the wave `next`, or the end of the rollout. */
function unasked(
  { item, store }: Moment,
  gone: ReadonlyMap<string, ReadonlySet<string>>,
  id: Rollout['id'],
  what: string,
  next?: number,
): Violation[] {
  const { policy = '', waves = [] } = store.get(Rollouts, id) ?? {};
  const before = waves.flatMap((_, index) => {
    const wave = store.get(Waves, id, index);
    return wave !== undefined && PASSED.includes(wave.status) && (next === undefined || index < next)
      ? [wave.name]
      : [];
  });
  const asked = { after: before.at(-1), before: next === undefined ? undefined : waves[next] };
  const hooks = upgradePolicy(store.get(Configs, 'UpgradePolicy', policy))?.spec.hooks ?? [];
  return hooks.flatMap(({ name, at, step, blocking }) => {
    const of = asked[at];
    const key = `${name}/${at}/wave/${of}`;
    if (step !== 'wave' || !blocking || of === undefined || gone.get(`rollout/${id}`)?.has(key)) return [];
    return [{ invariant: 'asked', message: `${id}: ${what} at ${item.at}, and ${key} has not said go` }];
  });
}
