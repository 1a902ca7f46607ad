import { ApiException } from '@kubernetes/client-node/dist/gen/apis/exception.js';
import { ClusterAccessError } from '../../core/ports/cluster-access.ts';

/**
 * What went wrong, under one of the port's four names. Only the status and what the API server says in `message` get out: the
 * client's own text repeats bodies and headers.
 */
export function accessError(error: unknown): ClusterAccessError {
  if (error instanceof ClusterAccessError) return error;
  if (error instanceof ApiException) return statusError(error.code, messageOf(error.body));
  const cause = networkCause(error);
  if (cause !== undefined) return new ClusterAccessError('ClusterUnreachable', cause);
  return new ClusterAccessError('ClusterServerFault', 'The API server gave an answer that could not be read.');
}

export function statusError(status: number, said: string): ClusterAccessError {
  const text = `The API server answered ${status}${said === '' ? '' : `: ${said}`}.`;
  if (status === 401) return new ClusterAccessError('ClusterUnauthorized', text);
  if (status === 403) return new ClusterAccessError('ClusterForbidden', text);
  return new ClusterAccessError('ClusterServerFault', text);
}

const MESSAGE_CHARACTERS = 300;

/** `message` of a Kubernetes Status. */
function messageOf(body: unknown): string {
  try {
    const status: unknown = typeof body === 'string' ? JSON.parse(body) : body;
    const message = (status as { message?: unknown } | null)?.message;
    return typeof message === 'string' ? message.slice(0, MESSAGE_CHARACTERS) : '';
  } catch {
    return '';
  }
}

/** fetch says "fetch failed" and keeps what failed in `cause`; a time-out is a DOMException. Told by name: not all are this realm's. */
function networkCause(error: unknown): string | undefined {
  if (typeof error !== 'object' || error === null) return undefined;
  const { name, cause } = error as { name?: unknown; cause?: unknown };
  if (name === 'TimeoutError' || name === 'AbortError') return 'The API server did not answer in time.';
  if (name !== 'TypeError' || typeof cause !== 'object' || cause === null) return undefined;
  const { code, message } = cause as { code?: string; message?: string };
  return `The API server could not be reached: ${code ?? message ?? 'no reason given'}.`;
}
