import type { Aim } from './aim.ts';

/** The connection ends: instead of an answer, or half way through its body, of which `content-length` had said more. */
export interface ConnectionReset extends Aim {
  kind: 'connection-reset';
  when: 'before-answer' | 'during-body';
}
