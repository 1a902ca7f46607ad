import { PublishCommand, SNSClient } from '@aws-sdk/client-sns';
import { errorMessage, errorName } from '../../core/contracts/errors.ts';
import { remembered } from '../../core/model/remembered.ts';
import { detailWithNotice } from '../../core/notices/notice-of.ts';
import { oneLine } from '../../core/policy/gate-answer.ts';
import type { OwnerAddresses } from '../../core/ports/outside.ts';
import { callWebhook, type WebhookGatesOptions } from './gates/webhook-gate.ts';
import { inTime } from './pinned-addresses.ts';
import { mutationLimits } from './request-limits.ts';

/** The time for one address, including credentials, a secret, resolving names, and the answer. */
const TIMEOUT_MILLISECONDS = 10_000;

/** Sends to SNS topics and to webhooks. Each event is tried once: one that is not taken goes to the hub's topic, and must not come twice. */
export function createOwnerAddresses(
  options: WebhookGatesOptions & { readonly timeoutMilliseconds?: number },
): OwnerAddresses {
  const clientIn = remembered((region: string) => new SNSClient({ ...mutationLimits, region }));
  const publish = (topic: string, message: string, abortSignal: AbortSignal) =>
    clientIn(topic.split(':')[3] ?? '').send(new PublishCommand({ TopicArn: topic, Message: message }), {
      abortSignal,
    });

  return {
    async send(address, allowedHosts, event) {
      const signal = AbortSignal.timeout(options.timeoutMilliseconds ?? TIMEOUT_MILLISECONDS);
      const detail = detailWithNotice(event);
      const body = JSON.stringify(detail);
      const sending =
        'topic' in address
          ? publish(address.topic, textOf(detail.notice), signal)
          : callWebhook(options, address, { method: 'POST', body, agent: 'liftlock' }, allowedHosts, signal, taken);
      try {
        const status = await inTime<unknown>(sending, signal);
        return typeof status === 'string' ? status : undefined;
      } catch (error) {
        if (signal.aborted) return 'It did not answer in time.';
        return `${errorName(error)}: ${oneLine(errorMessage(error))}`;
      }
    },
  };
}

/** The text in the form that the hub's topic uses (infra/constructs/event-rules.ts). */
function textOf(notice: ReturnType<typeof detailWithNotice>['notice']): string {
  const { what = '', why = '', todo = '', reference = '' } = notice ?? {};
  return [what, `Why: ${why}`, `What to do: ${todo}`, `Reference: ${reference}`].join('\n');
}

/** Why the webhook did not take the event; undefined where it did. Nothing of its answer but the status is repeated. */
async function taken(response: Parameters<Parameters<typeof callWebhook>[5]>[0]): Promise<string | undefined> {
  const { statusCode: status = 0 } = response;
  response.destroy();
  return status >= 200 && status < 300 ? undefined : `It answered with HTTP status ${status}.`;
}
