import { errorName } from '../../core/contracts/errors.ts';

/** The name under which something fails; `none` when it does not. */
export async function failure(work: Promise<unknown>): Promise<string> {
  try {
    await work;
    return 'none';
  } catch (error) {
    return errorName(error);
  }
}
