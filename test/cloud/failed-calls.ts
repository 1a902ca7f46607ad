import { MUTATING_FUNCTIONS } from '../../core/contracts/names.ts';
import { functionName } from '../../infra/names.ts';
import type { LocalCloud } from '../../simulator/cloud/local-cloud.ts';

/** Off while the table is restored (docs/runbook.md, Restore of the table): whoever changes something outside, and the reconciler. */
export const switchOffDeciders = (cloud: LocalCloud): (() => void) =>
  switchOff(cloud, [...MUTATING_FUNCTIONS, 'reconcile-rollouts' as const].map(functionName));

/** Takes every call away from these functions, as a reserved concurrency of 0 does. Gives what gives it back. */
export function switchOff(cloud: LocalCloud, names: readonly string[]): () => void {
  const functions = cloud.functions.all().filter(({ options }) => names.includes(options.name));
  for (const lambda of functions) lambda.switchedOff = true;
  return () => {
    for (const lambda of functions) lambda.switchedOff = false;
  };
}

/** Takes the letters about calls of these functions that were given up out of their queue; a call without a letter is a problem. */
export function takeLetters(cloud: LocalCloud, names: readonly string[]): string[] {
  const letters = cloud.queues
    .all()
    .flatMap((queue) => queue.messages.map((message) => ({ queue, message, about: functionOf(message.body) })));
  for (const { queue, message, about } of letters)
    if (names.includes(about)) queue.messages = queue.messages.filter((one) => one !== message);
  return names
    .filter((name) => !letters.some(({ about }) => about === name))
    .map((name) => `${name} was not called in vain: no letter of it lies in any queue`);
}

/** Whom Lambda's record of a call is about: `arn:aws:lambda:eu-central-1:000000000000:function:liftlock-api:$LATEST`. */
function functionOf(body: string): string {
  const { requestContext } = JSON.parse(body) as { readonly requestContext?: { readonly functionArn?: string } };
  return requestContext?.functionArn?.split(':')[6] ?? '';
}
