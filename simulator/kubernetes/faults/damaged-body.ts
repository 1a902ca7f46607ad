import type { Answer } from '../server/call.ts';
import type { Aim } from './aim.ts';

/** A 200 with a damaged body: the transfer ends well, but its JSON does not parse. */
export interface DamagedBody extends Aim {
  kind: 'damaged-body';
  /** Half of the answer, or the page of a proxy on the way. */
  damage: 'truncated' | 'foreign';
}

export function damageBody({ damage }: DamagedBody, answer: Answer): Answer {
  if (damage === 'truncated') return { ...answer, body: answer.body.slice(0, Math.floor(answer.body.length / 2)) };
  const headers = { ...answer.headers, 'content-type': 'text/html' };
  return { ...answer, headers, body: '<html><body><h1>Authentication required</h1></body></html>\n' };
}
