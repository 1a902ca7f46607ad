import { randomUUID } from 'node:crypto';
import { dialectOf, serviceOf, UNSIGNED_REGION } from './addressee.ts';
import { answerCall } from './answer-call.ts';
import { authenticate } from './authenticate.ts';
import { AwsFault, type ServiceName } from './aws-call.ts';
import type { Dialect, DialectName, PlainRequest } from './dialect.ts';
import { json } from './dialect-json.ts';
import { query } from './dialect-query.ts';
import { rest } from './dialect-rest.ts';
import { xml } from './dialect-xml.ts';
import type { HttpAnswer, HttpRequest } from './http-message.ts';
import { malformed } from './malformed.ts';
import { plainRequest } from './plain-request.ts';
import { splitTarget } from './query-string.ts';
import { type Refused, refuse } from './refuse.ts';
import { loadService, type ServiceModel } from './service-model.ts';
import { readSignature, type Signature } from './signature.ts';
import { BODY_LIMIT, type WireOptions } from './wire-options.ts';

const dialects: Readonly<Record<DialectName, Dialect>> = { json, query, rest, xml };

export const dialectFor = ({ headers, target }: Pick<HttpRequest, 'headers' | 'target'>): Dialect =>
  dialects[dialectOf({ headers, ...splitTarget(target) })];

interface Received extends Refused {
  readonly request: HttpRequest;
  readonly origin: string;
}

/** Answers one request in its own protocol, errors too. */
export async function answer(request: HttpRequest, origin: string, options: WireOptions): Promise<HttpAnswer> {
  const received = { request, origin, options, requestId: randomUUID(), dialect: dialectFor(request) };
  try {
    const signature = readSignature(request);
    if (signature !== undefined && !isHere(signature.scope.service, options)) {
      return await answerElsewhere(received, signature.scope.service);
    }
    const plain = await plainRequest(request, options.bodyLimit ?? BODY_LIMIT);
    const service = await serviceOf(plain, received.dialect.name, signature, options.services);
    return isHere(service, options)
      ? await answerService(received, plain, signature, service)
      : await answerElsewhere(received, service);
  } catch (error) {
    return refuse(error, received);
  }
}

const isHere = (name: string | undefined, { services, passThrough }: WireOptions): name is ServiceName =>
  name !== undefined && (Object.hasOwn(services, name) || Object.hasOwn(passThrough ?? {}, name));

async function answerService(
  received: Received,
  plain: PlainRequest,
  signature: Signature | undefined,
  name: ServiceName,
): Promise<HttpAnswer> {
  const { request, origin, options, requestId, dialect } = received;
  const passThrough = options.passThrough?.[name];
  let service: ServiceModel | undefined;
  try {
    if (passThrough === undefined) service = await loadService(name);
    const operation = malformed(() => dialect.operationName(plain, service));
    const signer = await authenticate(request, signature, operation, options.secretOf);
    const region = signature?.scope.region ?? UNSIGNED_REGION;
    const context = { region, requestId, origin, ...(signer !== undefined && { signer }) };
    if (service !== undefined) return await answerCall({ ...context, plain, service, dialect, operation }, options);
    return await (passThrough as NonNullable<typeof passThrough>)(request, {
      ...context,
      ...(operation !== undefined && { operation }),
    });
  } catch (error) {
    return refuse(error, received, service);
  }
}

/** Answers requests for services that are not here, and requests for none. */
async function answerElsewhere(
  { request, options, dialect }: Received,
  service: string | undefined,
): Promise<HttpAnswer> {
  const answered = await options.other?.(request);
  if (answered !== undefined) return answered;
  const { headers, method, target, body } = request;
  const { path } = splitTarget(target);
  if (service === undefined) {
    throw new AwsFault('UnknownOperationException', `No service here has ${method} ${path}`, { status: 404 });
  }
  const plain = { headers, method, body: body.toString('utf8'), ...splitTarget(target) };
  const operation = malformed(() => dialect.operationName(plain, undefined)) ?? `${method} ${path}`;
  options.onUnmodelled(service, operation);
  throw new AwsFault('NotImplemented', `${service} is not a service of this server (asked for ${operation})`);
}
