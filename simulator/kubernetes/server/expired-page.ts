import type { StatusError } from '../status-error.ts';
import { continueToken, readContinueToken } from './continue-token.ts';
import { expired } from './refusals.ts';

/** 410 for a page: its token continues after the same object, in the present list. @throws StatusError 400 for an invalid token. */
export function expiredPage(token: string): StatusError {
  const { after } = readContinueToken(token);
  return expired(
    'The provided continue parameter is too old to display a consistent list result. You can start a new list without ' +
      'the continue parameter, or use the continue token in this response to retrieve the remainder of the results.',
    continueToken({ revision: -1, after }),
  );
}
