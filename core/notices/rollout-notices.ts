import type { Reason } from '../contracts/step-result.ts';
import { because, NOTHING, type Notice, notice, type Of } from './notice.ts';

export function rolloutNotice(event: Of<'RolloutChanged'>): Notice {
  const { rolloutId, status, about, reasons } = event.detail;
  if (about === 'plan') {
    const todo = `Look at the plan: liftlock describe rollout ${rolloutId}. Approvals of waves whose plan changed are void.`;
    return notice(event, `The rollout ${rolloutId} is planned anew.`, because(reasons), todo);
  }
  if (about === 'traits')
    return notice(event, `A trait is not suspected any more in the rollout ${rolloutId}.`, because(reasons), NOTHING);
  const why = reasons.length === 0 && status === 'Running' ? 'It was created or resumed.' : because(reasons);
  return notice(event, `The rollout ${rolloutId} is ${status}.`, why, rolloutTodo(rolloutId, status));
}

function rolloutTodo(id: string, status: string): string {
  const look = `liftlock describe rollout ${id}`;
  switch (status) {
    case 'Paused':
      return `Go on when you are ready: liftlock rollout resume ${id}`;
    case 'Halted':
      return `See what failed: ${look}. Then retry (liftlock retry cluster NAME), go on all the same (liftlock rollout resume ${id} --accept-failures) or give it up (liftlock rollout abort ${id}).`;
    case 'CompletedWithFailures':
      return `See what failed: ${look}. Retry each with liftlock retry cluster NAME.`;
    default:
      return `${NOTHING} To look: ${look}`;
  }
}

/** Of a wave that goes on since its rollout was resumed, the rollout's own notice tells. */
export function waveNotice(event: Of<'WaveChanged'>): Notice | undefined {
  const { rolloutId, wave, status, about, reasons } = event.detail;
  const which = `The wave ${wave} of ${rolloutId}`;
  const look = `liftlock describe rollout ${rolloutId}`;
  switch (about) {
    case 'approval':
      return notice(event, `${which} was judged.`, because(reasons), `${NOTHING} To look: ${look}`);
    case 'limits':
      return notice(event, `${which} has other limits.`, because(reasons), `${NOTHING} To look: ${look}`);
    case 'promotion':
      return notice(event, `The soak of the wave ${wave} of ${rolloutId} is skipped.`, because(reasons), NOTHING);
    case 'gates': {
      // A word that this version does not know is not taken for green.
      const green = reasons.every(({ code }) => code === 'Soaking');
      const what = green
        ? `The gates of the wave ${wave} of ${rolloutId} are green.`
        : `A gate of the wave ${wave} of ${rolloutId} is not green.`;
      const todo = `Look at what the gate watches. The wave waits by itself; to skip its soak: liftlock rollout promote ${rolloutId}`;
      return notice(event, what, because(reasons), green ? NOTHING : todo);
    }
    default:
      if (reasons.some(({ code }) => code === 'Resumed')) return undefined;
      return notice(event, `${which} is ${status}.`, waveWhy(status, reasons), waveTodo(rolloutId, status));
  }
}

const waveWhy = (status: string, reasons: readonly Reason[]): string =>
  reasons.length === 0 && status === 'Open' ? 'Everything that it waited for is there.' : because(reasons);

const waveTodo = (id: string, status: string): string =>
  status === 'Undecided'
    ? `Look why so few were tried: liftlock describe rollout ${id}. Go on with liftlock rollout resume ${id}.`
    : rolloutTodo(id, status);
