import type { Aim } from './aim.ts';

/** 403, whatever the caller's roles give: told in the words of a missing permission. */
export interface ForbiddenRequest extends Aim {
  kind: 'forbidden';
}
