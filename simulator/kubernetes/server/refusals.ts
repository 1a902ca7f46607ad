import { qualifiedName } from '../resource-types.ts';
import { StatusError } from '../status-error.ts';

interface Named {
  readonly group: string;
  readonly resource: string;
}

/** 404 for an object. */
export function notFound(type: Named, name: string): StatusError {
  const message = `${qualifiedName(type)} "${name}" not found`;
  return new StatusError(404, { reason: 'NotFound', message, details: detailsOf(type, name) });
}

/** 404 for a path below a group that is served. */
export function unknownResource(): StatusError {
  const message = 'the server could not find the requested resource';
  return new StatusError(404, { reason: 'NotFound', message, details: {} });
}

export function badRequest(message: string): StatusError {
  return new StatusError(400, { reason: 'BadRequest', message });
}

/** 405 with the API server's text, and with the reason where this server does not support it. */
export function methodNotAllowed(unmodelled?: string): StatusError {
  const words = 'the server does not allow this method on the requested resource';
  const message = unmodelled === undefined ? words : `${words}: the local cloud does not model ${unmodelled}`;
  return new StatusError(405, { reason: 'MethodNotAllowed', message, details: {} });
}

export function alreadyExists(type: Named, name: string): StatusError {
  const message = `${qualifiedName(type)} "${name}" already exists`;
  return new StatusError(409, { reason: 'AlreadyExists', message, details: detailsOf(type, name) });
}

/** 409 for a precondition that does not hold. */
export function conflict(type: Named, name: string, why: string): StatusError {
  const message = `Operation cannot be fulfilled on ${qualifiedName(type)} "${name}": ${why}`;
  return new StatusError(409, { reason: 'Conflict', message, details: detailsOf(type, name) });
}

/** 410: `continuation` is a token that continues with the present list. */
export function expired(message: string, continuation?: string): StatusError {
  const metadata = continuation === undefined ? {} : { continue: continuation };
  return new StatusError(410, { reason: 'Expired', message, metadata });
}

/** The error of an object's member: `FieldValueRequired`, `spec.selector`, `Required value`. */
export interface FieldCause {
  readonly reason: string;
  readonly field: string;
  readonly message: string;
}

/** 422 for an object that fails validation. `type.kind` is its kind: `Deployment.apps "api" is invalid: …`. */
export function invalid(
  type: Named & { readonly kind: string },
  name: string,
  causes: readonly FieldCause[],
): StatusError {
  const found = causes.map(({ field, message }) => `${field}: ${message}`);
  const list = found.length === 1 ? found[0] : `[${found.join(', ')}]`;
  const kind = qualifiedName({ group: type.group, resource: type.kind });
  return new StatusError(422, {
    reason: 'Invalid',
    message: `${kind} "${name}" is invalid: ${list}`,
    details: { ...detailsOf(type, name), kind: type.kind, causes },
  });
}

export function unsupportedMediaType(): StatusError {
  const message = 'the body of the request was in an unknown format - accepted media types include: application/json';
  return new StatusError(415, { reason: 'UnsupportedMediaType', message });
}

export function notAcceptable(): StatusError {
  const message = 'only the following media types are accepted: application/json';
  return new StatusError(406, { reason: 'NotAcceptable', message });
}

const detailsOf = ({ group, resource }: Named, name: string) => ({
  name,
  ...(group === '' ? {} : { group }),
  kind: resource,
});
