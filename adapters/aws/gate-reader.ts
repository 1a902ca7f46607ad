import { errorMessage, errorName } from '../../core/contracts/errors.ts';
import { type GateAnswer, gateName, oneLine, unknown } from '../../core/policy/gate-answer.ts';
import type { GateReader } from '../../core/ports/outside.ts';
import type { AlarmGates } from './gates/alarm-gate.ts';
import type { WebhookGates } from './gates/webhook-gate.ts';
import { inTime } from './pinned-addresses.ts';

interface GateReaderOptions {
  readonly alarms: AlarmGates;
  /** Absent where no webhook is asked. */
  readonly webhooks?: WebhookGates;
  readonly timeoutMilliseconds?: number;
}

/** The time for one gate, including credentials, a secret, resolving names, and the answer. */
const TIMEOUT_MILLISECONDS = 10_000;

/** A gate that cannot be read is unknown, with the reason: it never lets a wave pass, and never stops the reconciler. */
export function createGateReader(options: GateReaderOptions): GateReader {
  const { alarms, webhooks, timeoutMilliseconds = TIMEOUT_MILLISECONDS } = options;
  return {
    async read(gate, allowedHosts) {
      const signal = AbortSignal.timeout(timeoutMilliseconds);
      const reading =
        'alarm' in gate ? alarms.read(gate.alarm, signal) : (webhooks ?? NO_WEBHOOKS).read(gate, allowedHosts, signal);
      const answer = await inTime(reading, signal).catch((error) => failed(error, signal, timeoutMilliseconds));
      return { gate: gateName(gate), ...answer };
    },
  };
}

const NO_WEBHOOKS: WebhookGates = { read: async () => unknown('Webhooks are not asked here.') };

function failed(error: unknown, signal: AbortSignal, timeoutMilliseconds: number): GateAnswer {
  const isRefused = !signal.aborted && isForbidden(error);
  return { ...unknown(whyUnanswered(error, signal, timeoutMilliseconds)), ...(!isRefused && { mayPass: true }) };
}

const isForbidden = (error: unknown): boolean => errorName(error).startsWith('AccessDenied');

/** Why an alarm, webhook or hook has not answered, in a sentence that tells nothing confidential. */
export function whyUnanswered(error: unknown, signal: AbortSignal, timeoutMilliseconds: number): string {
  if (signal.aborted) return `It did not answer within ${timeoutMilliseconds / 1000} seconds.`;
  const name = errorName(error);
  const said = oneLine(errorMessage(error));
  if (name === 'SecretUnreadable') return `Its secret could not be read: ${said}.`;
  if (isForbidden(error)) return `It may not be read: ${said}.`;
  return `It could not be read (${name}): ${said}.`;
}
