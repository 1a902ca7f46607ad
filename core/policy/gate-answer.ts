import { z } from 'zod';
import type { GateReading } from '../contracts/items/gate.ts';
import { parseJson } from '../model/parse-json.ts';
import type { Gate } from '../ports/outside.ts';

/** What was learned of a gate, without its name. */
export type GateAnswer = Omit<GateReading, 'gate'>;

export const unknown = (message: string): GateAnswer => ({ status: 'unknown', message });

/** A webhook's whole vocabulary (docs/gates.md). What has members of its own may mean something else by them, so it is not guessed at. */
const answer = z.strictObject({ green: z.boolean(), message: z.string().optional() });

/** Longer words are cut: readings are kept with the wave. */
const LONGEST_MESSAGE = 300;

/** What the body of an answer says. Anything but `{"green": true | false, "message"?: "…"}` is unknown, and is not repeated. */
export function readAnswer(body: string, confidential: readonly string[] = []): GateAnswer {
  const parsed = answer.safeParse(parseJson(body));
  if (!parsed.success) return unknown('Its answer is not {"green": true} or {"green": false} with at most a message.');
  const { green, message = '' } = parsed.data;
  const said = withoutSecrets(message, confidential);
  const words = said === '' ? '' : `: ${said}`;
  return { status: green ? 'green' : 'red', message: `It answers ${green ? 'green' : 'not green'}${words}.` };
}

/** What somebody else has said, as it may be kept and shown: in one line, and without what was sent to them in confidence. */
export const withoutSecrets = (message: string, confidential: readonly string[]): string =>
  oneLine(confidential.reduce((text, secret) => text.replaceAll(secret, '[not shown]'), message));

/** For people, in one line, of bearable length. */
export function oneLine(text: string): string {
  const line = text
    .replace(/[\p{C}\s]+/gu, ' ')
    .trim()
    .replace(/\.$/, '');
  return line.length <= LONGEST_MESSAGE ? line : `${line.slice(0, LONGEST_MESSAGE - 1)}…`;
}

/** What readings, audit and notifications call a gate: the alarm as the policy has it, or host and path; a query may hold a token. */
export function gateName(gate: Gate): string {
  if ('alarm' in gate) return gate.alarm;
  if (!URL.canParse(gate.webhook)) return 'a webhook that is no URL';
  const { host, pathname } = new URL(gate.webhook);
  return `${host}${pathname}`;
}
