import type { Principal } from '../../iam/principals/principal.ts';
import type { HttpAnswer, HttpRequest } from '../../wire/wire-options.ts';

export interface ApiRoute {
  readonly method: string;
  /** `/v1/clusters/{id}/retry`, `/v1/{proxy+}`; the method may be `ANY`, and `$default` without a path matches what no other route does. */
  readonly path: string;
  readonly iamAuthorized: boolean;
  readonly functionArn: string;
}

/** The signer of a request, in the form that API Gateway passes to the function. */
export interface ApiCaller {
  readonly principal: Principal;
  readonly arn: string;
  readonly account: string;
  readonly accessKey: string;
  readonly userId: string;
}

export interface HttpApiHost {
  readonly apiId: string;
  readonly account: string;
  readonly region: string;
  readonly now: () => Date;
  readonly uuid: () => string;
  /** The signer of the request; undefined without a signature by a known key. */
  readonly callerOf: (request: HttpRequest) => ApiCaller | undefined;
  /** Whether the caller may `execute-api:Invoke` this ARN. */
  readonly mayInvoke: (caller: ApiCaller, resource: string) => boolean;
  /** Invokes the function for the API, if the function's own policy allows it. */
  readonly invoke: (functionArn: string, event: string, sourceArn: string) => Promise<string>;
}

const json = (status: number, body: object): HttpAnswer => ({
  status,
  headers: { 'content-type': 'application/json' },
  body: JSON.stringify(body),
});

/** An HTTP API of API Gateway with IAM authorization and Lambda proxy integrations of payload 2.0. */
export class HttpApi {
  readonly #routes: ApiRoute[] = [];
  readonly #host: HttpApiHost;

  constructor(host: HttpApiHost) {
    this.#host = host;
  }

  add(route: ApiRoute): void {
    this.#routes.push(route);
  }

  hasRoute(request: HttpRequest): boolean {
    return this.#match(request.method, pathOf(request)) !== undefined;
  }

  async handle(request: HttpRequest): Promise<HttpAnswer> {
    const { apiId, account, region } = this.#host;
    const url = new URL(request.target, 'http://localhost');
    const path = pathOf(request);
    const route = this.#match(request.method, path);
    if (route === undefined) return json(404, { message: 'Not Found' });
    const caller = this.#host.callerOf(request);
    const base = `arn:aws:execute-api:${region}:${account}:${apiId}`;
    if (route.iamAuthorized) {
      const resource = `${base}/$default/${request.method}${path}`;
      if (caller === undefined || !this.#host.mayInvoke(caller, resource)) return json(403, { message: 'Forbidden' });
    }
    const event = this.#eventOf(request, { url, path }, route, caller);
    try {
      const sourceArn = `${base}/$default/${route.method}${route.path}`;
      return answerOf(JSON.parse(await this.#host.invoke(route.functionArn, JSON.stringify(event), sourceArn)));
    } catch {
      return json(500, { message: 'Internal Server Error' });
    }
  }

  /** The most specific route: literal parts before `{id}`, `{id}` before `{proxy+}`, a method before ANY, and `$default` last. */
  #match(method: string, path: string): ApiRoute | undefined {
    const weight = (route: ApiRoute): number =>
      (route.path.includes('+}') ? 4 : route.path.includes('{') ? 2 : 0) + (route.method === 'ANY' ? 1 : 0);
    const fits = (route: ApiRoute): boolean => route.method === method || route.method === 'ANY';
    return (
      this.#routes
        .filter((route) => fits(route) && matches(route.path, path))
        .sort((a, b) => weight(a) - weight(b))[0] ?? this.#routes.find((route) => route.method === '$default')
    );
  }

  #eventOf(
    request: HttpRequest,
    { url, path }: { readonly url: URL; readonly path: string },
    route: ApiRoute,
    caller: ApiCaller | undefined,
  ): object {
    const { apiId, account, now, uuid } = this.#host;
    // API Gateway passes a body that it does not treat as text as base64.
    const isBase64Encoded = request.body.length > 0 && !TEXT.test(request.headers['content-type'] ?? '');
    const body = request.body.toString(isBase64Encoded ? 'base64' : 'utf8');
    const pathParameters = parametersOf(route.path, path);
    const routeKey = `${route.method} ${route.path}`.trim();
    const query = Object.fromEntries(
      [...new Set(url.searchParams.keys())].map((name) => [name, url.searchParams.getAll(name).join(',')]),
    );
    const iam = caller && {
      accessKey: caller.accessKey,
      accountId: caller.account,
      callerId: caller.userId,
      userArn: caller.arn,
      userId: caller.userId,
      cognitoIdentity: null,
      principalOrgId: null,
    };
    return {
      version: '2.0',
      routeKey,
      rawPath: path,
      rawQueryString: url.search.slice(1),
      headers: request.headers,
      ...(Object.keys(query).length === 0 ? {} : { queryStringParameters: query }),
      ...(Object.keys(pathParameters).length === 0 ? {} : { pathParameters }),
      requestContext: {
        accountId: account,
        apiId,
        domainName: url.host,
        domainPrefix: apiId,
        ...(iam === undefined ? {} : { authorizer: { iam } }),
        http: {
          method: request.method,
          path,
          protocol: 'HTTP/1.1',
          sourceIp: '127.0.0.1',
          userAgent: request.headers['user-agent'] ?? '',
        },
        requestId: uuid(),
        routeKey,
        stage: '$default',
        time: now().toISOString(),
        timeEpoch: now().getTime(),
      },
      ...(body === '' ? {} : { body }),
      isBase64Encoded,
    };
  }
}

/** Source: https://docs.aws.amazon.com/apigateway/latest/developerguide/http-api-develop-integrations-lambda.html */
const TEXT = /^(text\/|application\/(json|javascript|xml)\b|application\/[\w.+-]+\+json)/i;

const matches = (pattern: string, path: string): boolean => expressionOf(pattern).test(path);

function expressionOf(pattern: string): RegExp {
  const expression = pattern
    .split('/')
    .map((part) =>
      part.endsWith('+}') ? '(.+)' : part.startsWith('{') ? '([^/]+)' : part.replaceAll(/[.*+?^$()|[\]\\]/g, '\\$&'),
    )
    .join('/');
  return new RegExp(`^${expression}$`);
}

/** The value of each `{name}` of a route. */
function parametersOf(pattern: string, path: string): Record<string, string> {
  const values = expressionOf(pattern).exec(path)?.slice(1) ?? [];
  const names = pattern.match(/\{[^}]+\}/g) ?? [];
  return Object.fromEntries(names.map((name, at) => [name.replaceAll(/[{}+]/g, ''), values[at] ?? '']));
}

/**
 * The path as API Gateway has it: decoded, also where it chooses the route, asks IAM and fills `rawPath` (recorded events:
 * https://github.com/fastify/aws-lambda-fastify/issues/169, https://github.com/honojs/hono/issues/2156). `..` is not resolved.
 */
function pathOf({ target }: HttpRequest): string {
  const [path = '/'] = target.split('?');
  try {
    return decodeURIComponent(path);
  } catch {
    return path;
  }
}

interface ProxyAnswer {
  readonly statusCode?: number;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string;
  readonly isBase64Encoded?: boolean;
}

/** The answer of a function without a status is the body, as JSON. */
function answerOf(answer: unknown): HttpAnswer {
  if (typeof answer !== 'object' || answer === null || !('statusCode' in answer)) return json(200, answer as object);
  const { statusCode, headers = {}, body = '', isBase64Encoded = false } = answer as ProxyAnswer;
  if (!Number.isInteger(statusCode)) throw new Error('its statusCode is no number');
  return { status: Number(statusCode), headers, body: isBase64Encoded ? Buffer.from(body, 'base64') : body };
}
