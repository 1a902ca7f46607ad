import { roleOf } from '../../core/contracts/api-routes.ts';
import { EXIT, type ExitCode, Failure } from '../command/failure.ts';
import type { Caller } from './sign-request.ts';

const EXIT_OF: Readonly<Record<string, ExitCode>> = {
  InvalidInput: EXIT.invalid,
  InvalidVersion: EXIT.invalid,
  InvalidTransaction: EXIT.invalid,
  AmbiguousCluster: EXIT.invalid,
  BodyTooLarge: EXIT.invalid,
  RolloutBlocked: EXIT.blocked,
  UpgradeBlocked: EXIT.blocked,
};

/** A refusal by the API, with the name of its error. */
export class ApiFailure extends Failure {
  readonly errorName: string;
  readonly details: Readonly<Record<string, unknown>>;

  constructor(errorName: string, message: string, details: Readonly<Record<string, unknown>> = {}, mayPass = false) {
    super(`liftlock: ${message}`, Object.hasOwn(EXIT_OF, errorName) ? EXIT_OF[errorName] : EXIT.failure, mayPass);
    this.errorName = errorName;
    this.details = details;
  }
}

const inBrackets = (message: unknown): string => (typeof message === 'string' ? ` (${message})` : '');

/** Made from an answer without success: the API sends `error`, API Gateway itself a `message`. */
export function apiFailure(status: number, route: string, body: unknown): ApiFailure {
  const { error, message } = Object(body) as Partial<Record<'error' | 'message', Record<string, unknown>>>;
  const mayPass = status === 429 || status >= 500;
  if (typeof error?.name === 'string' && typeof error.message === 'string') {
    const details = typeof error.details === 'object' && error.details !== null ? error.details : {};
    return new ApiFailure(error.name, error.message, details as Record<string, unknown>, mayPass);
  }
  const said = inBrackets(message);
  if (status === 429) {
    const text = `${route} was turned away${said}: more is asked than the API takes at a time. Try again in a few seconds.`;
    return new ApiFailure('Throttled', text, {}, mayPass);
  }
  if (status >= 500) {
    const text = `${route} answered ${status}${said}, without a word of Liftlock: its function was turned away, killed, or took too long (docs/runbook.md, liftlock/api). ${lookFirst(route)}`;
    return new ApiFailure('Unavailable', text, {}, mayPass);
  }
  if (status === 404) return new ApiFailure('NotFound', `nothing answers to ${route} there. Check the API URL.`);
  return new ApiFailure(
    'UnreadableAnswer',
    `${route} answered ${status}${said}, which is no answer of Liftlock's API.`,
  );
}

/** Whether API Gateway turned the request away before Liftlock saw it. */
export const isRefusedByGateway = (status: number, body: unknown): boolean =>
  (status === 403 || status === 401) && !(typeof body === 'object' && body !== null && 'error' in body);

/**
 * Made from such an answer. API Gateway says Forbidden to a session that has expired, and to a signature for another Region, as to a permission that
 * is missing: `caller` tells the first, and of the Region (`guessed`) nothing is known where the URL does not name it.
 */
export function refusedByGateway(route: string, body: unknown, caller: Caller, guessed?: string): ApiFailure {
  if (caller !== undefined && 'refused' in caller) {
    const text = `AWS does not take your credentials: ${caller.refused} Sign in again (aws sso login), or name another profile with --profile or AWS_PROFILE.`;
    return new ApiFailure('NotSignedIn', text);
  }
  const role = roleOf(route);
  const policy = role === undefined ? '' : `: the managed policy liftlock-${role} has it`;
  const who = caller === undefined ? 'Check with aws sts get-caller-identity who you are.' : `You are ${caller.arn}.`;
  return new ApiFailure(
    'Forbidden',
    `you may not ${route}${inBrackets(Object(body).message)}. Ask for execute-api:Invoke on that route${policy}; docs/cli.md has a policy for each kind of person. ${who}${guessed === undefined ? '' : ` Requests are signed for ${guessed}: if the API is in another Region, name that by --api-region.`}`,
  );
}

/** What to do after a request of which nobody knows what became. */
const lookFirst = (route: string): string =>
  route.startsWith('GET ')
    ? 'Try again.'
    : 'What you asked for may have been done all the same: look first, then try again.';

/** The request was on its way when the connection ended; with any other code there was none. */
const BROKEN_OFF: ReadonlySet<string> = new Set([
  'ECONNRESET',
  'EPIPE',
  'ETIMEDOUT',
  'UND_ERR_BODY_TIMEOUT',
  'UND_ERR_HEADERS_TIMEOUT',
  'UND_ERR_SOCKET',
]);

/** Made from a request without an answer. It may pass: whoever waits asks again. */
export function connectionFailure(error: unknown, url: URL, local: boolean, route: string): Failure {
  const cause = error instanceof Error && error.cause instanceof Error ? error.cause : error;
  const { code, name, message } = cause as { code?: string; name?: string; message?: string };
  if (name === 'TimeoutError' || (error as { name?: string }).name === 'TimeoutError')
    return new Failure(
      `liftlock: ${url.host} did not answer in time. ${lookFirst(route)} To wait longer: --timeout.`,
      EXIT.timedOut,
      true,
    );
  if (BROKEN_OFF.has(code ?? ''))
    return new Failure(
      `liftlock: the connection to ${url.host} broke off before its answer was here (${code}). ${lookFirst(route)}`,
      EXIT.failure,
      true,
    );
  const hint = local
    ? 'Nothing listens there: run liftlock local up first, and in this terminal eval "$(liftlock local env)".'
    : 'Check the API URL and your network.';
  const said =
    code === 'ECONNREFUSED' ? 'refused the connection.' : `cannot be reached: ${code ?? message ?? 'no reason given'}.`;
  return new Failure(`liftlock: ${url.host} ${said} ${hint}`, EXIT.failure, true);
}
