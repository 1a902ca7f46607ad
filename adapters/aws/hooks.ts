import { noAnswer, readHookAnswer } from '../../core/policy/hook-answer.ts';
import type { Hooks } from '../../core/ports/outside.ts';
import { whyUnanswered } from './gate-reader.ts';
import { bodyOf, callWebhook } from './gates/webhook-gate.ts';
import { inTime } from './pinned-addresses.ts';

type WebhookOptions = Parameters<typeof callWebhook>[0];

/** Everything that one question takes together: a secret, names, the answer. The step asks again, so it is tried once. */
const TIMEOUT_MILLISECONDS = 10_000;

/** Asks by a signed POST, as gates are asked (docs/gates.md, Signatures). */
export function createHooks(options: WebhookOptions & { readonly timeoutMilliseconds?: number }): Hooks {
  const { timeoutMilliseconds = TIMEOUT_MILLISECONDS } = options;
  return {
    async ask(receiver, allowedHosts, request) {
      const signal = AbortSignal.timeout(timeoutMilliseconds);
      const asked = { method: 'POST', body: JSON.stringify(request), agent: 'liftlock-hook' };
      try {
        return await inTime(
          callWebhook(options, receiver, asked, allowedHosts, signal, async (response, confidential) => {
            const body = await bodyOf(response);
            return 'problem' in body ? noAnswer(body.problem) : readHookAnswer(body.text, confidential);
          }),
          signal,
        );
      } catch (error) {
        return noAnswer(whyUnanswered(error, signal, timeoutMilliseconds));
      }
    },
  };
}
