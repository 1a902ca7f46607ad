import type { Gate } from '../ports/outside.ts';

/** What readings, audit and notifications call a gate: the alarm as the policy has it, or host and path; a query may hold a token. */
export function gateName(gate: Gate): string {
  if ('alarm' in gate) return gate.alarm;
  if (!URL.canParse(gate.webhook)) return 'a webhook that is no URL';
  const { host, pathname } = new URL(gate.webhook);
  return `${host}${pathname}`;
}
