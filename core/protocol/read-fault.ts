import { saysNothing } from '../contracts/errors.ts';
import { quoted, type Reason, reason } from '../contracts/step-result.ts';
import { parseJson } from '../model/parse-json.ts';

/** The longest part of a cause that people are shown. */
const LONGEST_CAUSE = 500;

interface EndedExecution {
  readonly status: string;
  readonly error?: string | undefined;
  readonly cause?: string | undefined;
}

const textOf = (value: unknown): string | undefined => (typeof value === 'string' ? value : undefined);

/**
 * Why an execution ended without concluding: somebody stopped it, it timed out, or something failed and retries did not help. What failed keeps its
 * name where it says nothing about the cluster, as if the step had met it.
 */
export function stoppedFromOutside(
  { status, error, cause }: EndedExecution,
  cluster: string,
  name?: string,
  then = `Versions that it had moved stay. Look; ${whoGoesOn(cluster)}.`,
): Reason {
  if (status === 'FAILED' && saysNothing(error ?? ''))
    return readFault(error ?? '', cause ?? 'no cause given', cluster);
  const message = cause === undefined ? '' : readFault(error ?? '', cause, cluster).message.slice(0, LONGEST_CAUSE);
  const said = message === '' || error === undefined || error === '' ? message : `${error}: ${message}`;
  // Whoever stops an execution by hand seldom ends with a full stop.
  const because = said === '' ? '' : ` ${said.replace(/[^.!?]$/, '$&.')}`;
  return reason(
    'StoppedFromOutside',
    `The execution${name === undefined ? '' : ` ${name}`} ended ${status} without concluding.${because} ${then}`,
  );
}

/** A stopped execution that is redriven starts its child under the same name again, and that child has ended with it (facts: serverless.md §1). */
const CHILD_HAS_ENDED = 'StepFunctions.ExecutionAlreadyExistsException';
const AFTER_REDRIVE =
  'A redrive cannot run again what its execution had started and that has ended since. Another attempt can.';
/** Only a look at that time tells whether a rollout tries the upgrade again or its person has to ask anew. */
const whoGoesOn = (cluster: string): string => `what goes on with it says: liftlock explain cluster ${cluster}`;

/**
 * The error of a task in the words that people read. Step Functions writes Lambda's error with its stack as cause, or the description of an execution
 * that it waited for (`.sync:2`), which would have ended well if it had concluded.
 *
 * @param cluster its name
 */
export function readFault(word: string, cause: string, cluster: string): Reason {
  const written = (parseJson(cause) ?? {}) as Record<'errorMessage' | 'Name' | 'Status' | 'Error' | 'Cause', unknown>;
  const [name, status] = [textOf(written.Name), textOf(written.Status)];
  if (word === CHILD_HAS_ENDED)
    return quoted(word, `${textOf(written.errorMessage) ?? cause} ${AFTER_REDRIVE} Look; ${whoGoesOn(cluster)}.`);
  if (name === undefined || status === undefined) return quoted(word, textOf(written.errorMessage) ?? cause);
  return stoppedFromOutside({ status, error: textOf(written.Error), cause: textOf(written.Cause) }, cluster, name);
}
