import { roleOf } from '../../core/contracts/api-routes.ts';
import { EXIT, type ExitCode, Failure } from '../command/session.ts';

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

  constructor(errorName: string, message: string, details: Readonly<Record<string, unknown>> = {}) {
    super(`liftlock: ${message}`, Object.hasOwn(EXIT_OF, errorName) ? EXIT_OF[errorName] : EXIT.failure);
    this.errorName = errorName;
    this.details = details;
  }
}

/** Made from an answer without success: the API sends `error`, API Gateway itself a `message`. */
export function apiFailure(status: number, route: string, body: unknown): ApiFailure {
  const { error, message } = (typeof body === 'object' && body !== null ? body : {}) as {
    error?: { name?: unknown; message?: unknown; details?: unknown };
    message?: unknown;
  };
  if (typeof error?.name === 'string' && typeof error.message === 'string') {
    const details = typeof error.details === 'object' && error.details !== null ? error.details : {};
    return new ApiFailure(error.name, error.message, details as Record<string, unknown>);
  }
  const said = typeof message === 'string' ? ` (${message})` : '';
  if (status === 403 || status === 401) {
    const role = roleOf(route);
    const policy = role === undefined ? '' : `: the managed policy liftlock-${role} has it`;
    return new ApiFailure(
      'Forbidden',
      `you may not ${route}${said}. Ask for execute-api:Invoke on that route${policy}; docs/cli.md has a policy for each kind of person. Check with aws sts get-caller-identity who you are.`,
    );
  }
  if (status === 404) return new ApiFailure('NotFound', `nothing answers to ${route} there. Check the API URL.`);
  return new ApiFailure(
    'UnreadableAnswer',
    `${route} answered ${status}${said}, which is no answer of Liftlock's API.`,
  );
}

/** Made from a request without an answer. */
export function connectionFailure(error: unknown, url: URL, local: boolean): Failure {
  const cause = error instanceof Error && error.cause instanceof Error ? error.cause : error;
  const { code, name, message } = cause as { code?: string; name?: string; message?: string };
  if (name === 'TimeoutError' || (error as { name?: string }).name === 'TimeoutError')
    return new Failure(
      `liftlock: ${url.host} did not answer in time. Try again, or wait longer with --timeout.`,
      EXIT.timedOut,
    );
  const hint = local
    ? 'Nothing listens there: run liftlock local up first, and in this terminal eval "$(liftlock local env)".'
    : 'Check the API URL and your network.';
  if (code === 'ECONNREFUSED') return new Failure(`liftlock: ${url.host} refused the connection. ${hint}`);
  return new Failure(`liftlock: ${url.host} cannot be reached: ${code ?? message ?? 'no reason given'}. ${hint}`);
}
