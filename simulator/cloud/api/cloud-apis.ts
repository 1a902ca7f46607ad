import type { Principal } from '../../iam/principals/principal.ts';
import { invokeFunction } from '../../iam/requirements/service-work.ts';
import { isSignedBy, readSignature } from '../../wire/signature.ts';
import type { HttpAnswer, HttpRequest } from '../../wire/wire-options.ts';
import type { IamAuthority } from '../iam-authority.ts';
import type { Functions } from '../lambda/functions.ts';
import type { Wiring } from '../wiring.ts';
import { type ApiCaller, HttpApi } from './http-api.ts';

export interface CloudApisParts {
  readonly authority: IamAuthority;
  readonly functions: Functions;
  readonly wiring: Wiring;
  readonly now: () => Date;
  readonly uuid: () => string;
}

/** The HTTP APIs of all stacks. On AWS each has its own host; here the first one with a route for a request answers it. */
export class CloudApis {
  readonly #apis = new Map<string, HttpApi>();
  readonly #parts: CloudApisParts;

  constructor(parts: CloudApisParts) {
    this.#parts = parts;
  }

  /** Creates the API of an id on the first call. */
  readonly get = (apiId: string, place: { readonly account: string; readonly region: string }): HttpApi => {
    const { authority, functions, wiring, now, uuid } = this.#parts;
    const known = this.#apis.get(apiId);
    if (known !== undefined) return known;
    const api = new HttpApi({
      apiId,
      ...place,
      now,
      uuid,
      callerOf: (request) => this.#callerOf(request),
      mayInvoke: (caller, resource) =>
        authority.may(caller.principal, { action: 'execute-api:Invoke', resource, context: {} }, `the API ${apiId}`),
      invoke: (functionArn, event, sourceArn) => {
        const source = { service: 'apigateway.amazonaws.com', sourceArn, sourceAccount: place.account };
        authority.asService(source, invokeFunction(functionArn), `the API ${apiId}`);
        wiring.record(`HttpApi ${sourceArn.split('$default/')[1]}`, functionArn);
        return functions.invoke(functionArn, event);
      },
    });
    this.#apis.set(apiId, api);
    return api;
  };

  /** Undefined for a request that is signed for another service, and when there is no API. */
  async handle(request: HttpRequest): Promise<HttpAnswer | undefined> {
    if (!isForApi(request)) return undefined;
    const apis = [...this.#apis.values()];
    return (apis.find((api) => api.hasRoute(request)) ?? apis[0])?.handle(request);
  }

  /** The caller who signed for `execute-api` with a known key that has not expired. */
  #callerOf(request: HttpRequest): ApiCaller | undefined {
    const { authority } = this.#parts;
    try {
      const signature = readSignature(request);
      if (signature === undefined || signature.scope.service !== 'execute-api') return undefined;
      const { accessKeyId } = signature.scope;
      const secret = authority.secretOf(accessKeyId);
      if (secret === undefined || !isSignedBy(request, signature, secret)) return undefined;
      const { sessionToken } = signature;
      const signer = { accessKeyId, ...(sessionToken === undefined ? {} : { sessionToken }) };
      return callerFrom(authority.principalOf(signer), accessKeyId);
    } catch {
      return undefined;
    }
  }
}

/** Unsigned requests are included, because the API itself refuses them. */
function isForApi(request: HttpRequest): boolean {
  try {
    const service = readSignature(request)?.scope.service;
    return service === undefined || service === 'execute-api';
  } catch {
    return true;
  }
}

function callerFrom(principal: Principal, accessKey: string): ApiCaller | undefined {
  if (principal.kind !== 'assumed-role' && principal.kind !== 'user') return undefined;
  const { arn, account, userId } = principal;
  return { principal, arn, account, userId, accessKey };
}
