import { HOOK_STEPS, isListed, WAVE_STEP } from '../../contracts/hook.ts';
import { hookSchema } from '../schema/hook.ts';
import { durationMilliseconds } from '../schema/quantities.ts';
import { fieldOf } from '../sound-fields.ts';
import { checkNames, listOf, type Report } from './check.ts';

const HOUR = 3_600_000;
/** An execution of a step lasts a day at most, and EKS needs a part of it. */
const MOST_HOURS = 12;

/** Checks hooks: names are unique, and the hooks of one step, which wait one after the other, end within its execution. */
export function checkHooks(document: unknown, images: readonly string[] | undefined, report: Report): void {
  const hooks = listOf(fieldOf(document, 'spec', 'hooks'));
  checkNames(hooks, ['spec', 'hooks'], 'what a hook has said is kept by its name', report);
  for (const [index, hook] of hooks.entries()) {
    const path = ['spec', 'hooks', index, 'ask'];
    if (fieldOf(hook, 'step') === WAVE_STEP) {
      for (const [of, message] of [
        [
          [...path, 'job'],
          'a Job is of no cluster where a wave is asked about. Ask a webhook, a function or a state machine.',
        ],
        [
          ['spec', 'hooks', index, 'selector'],
          'a selector takes clusters, and a wave is asked about as a whole. Leave it out.',
        ],
      ] as const)
        if (fieldOf(document, ...of) !== undefined) report('error', [...of], message);
      continue;
    }
    checkImage(fieldOf(hook, 'ask'), path, images, report);
  }
  checkTogether(hooks, report);
}

/** Checks the image of a receiver that is a Job. */
export function checkImage(
  receiver: unknown,
  path: readonly (string | number)[],
  images: readonly string[] | undefined,
  report: Report,
): void {
  const image = fieldOf(receiver, 'job', 'image');
  if (images === undefined || typeof image !== 'string' || isListed(image, images)) return;
  const message = `"${image}" is an image that the Fleet does not list. Add it to spec.hooks.jobs.images of the Fleet, or name another one.`;
  report('error', [...path, 'job', 'image'], message);
}

/** Hooks of the whole upgrade wait in its first step that changes something, whichever that is, and in its last one (core/steps/ask-hooks.ts). */
const isAskedIn = (step: string, hook: { readonly step: string; readonly at: string }): boolean =>
  hook.step === 'upgrade-cluster' ? (hook.at === 'after') === (step === 'smoke-check') : hook.step === step;

function checkTogether(hooks: readonly unknown[], report: Report): void {
  const sound = hooks.map((written) => hookSchema.safeParse(written).data);
  const tooLong = new Map<number, number>();
  for (const step of HOOK_STEPS) {
    let together = 0;
    for (const [index, hook] of sound.entries()) {
      if (hook?.blocking !== true || !isAskedIn(step, hook)) continue;
      together += durationMilliseconds(hook.timeout);
      if (together > MOST_HOURS * HOUR && !tooLong.has(index)) tooLong.set(index, together);
    }
  }
  const [first] = [...tooLong].sort(([one], [other]) => one - other);
  if (first === undefined) return;
  const [index, together] = first;
  const message = `up to here the hooks of one step may take ${Math.ceil(together / HOUR)} hours together (those of upgrade-cluster wait in its first or last step), and its execution ends after a day. Let them take ${MOST_HOURS} hours at most.`;
  report('error', ['spec', 'hooks', index, 'timeout'], message);
}
