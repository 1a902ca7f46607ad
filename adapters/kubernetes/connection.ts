import { KubeConfig } from '@kubernetes/client-node/dist/config.js';
import { type Configuration, createConfiguration } from '@kubernetes/client-node/dist/gen/configuration.js';
import { HttpMethod, RequestContext } from '@kubernetes/client-node/dist/gen/http/http.js';
import type { PromiseMiddleware } from '@kubernetes/client-node/dist/gen/middleware.js';
import { ServerConfiguration } from '@kubernetes/client-node/dist/gen/servers.js';
import { ClusterAccessError, type ClusterTarget } from '../../core/ports/cluster-access.ts';

const REQUEST_MILLISECONDS = 10_000;

export interface ConnectionOptions {
  /** Lets `http://` endpoints through, for tests on loopback. The client sends credentials over TLS only, otherwise. */
  readonly plainHttp?: boolean;
  readonly timeoutMilliseconds?: number;
}

type Dispatcher = NonNullable<ReturnType<RequestContext['getDispatcher']>>;

/** One cluster's API server for as long as one use of it lasts: all its requests share a TLS connection, and `close` ends it. */
export class Connection {
  readonly configuration: Configuration;
  readonly #kubeConfig = new KubeConfig();
  readonly #server: string;
  readonly #timeout: number;
  #dispatcher: Dispatcher | undefined;

  constructor(target: ClusterTarget, token: string, options: ConnectionOptions) {
    const plain = target.endpoint.startsWith('http://');
    if (plain && options.plainHttp !== true) {
      throw new ClusterAccessError('ClusterUnreachable', 'The endpoint is not https, and no credentials go there.');
    }
    this.#server = target.endpoint.replace(/\/$/, '');
    this.#timeout = options.timeoutMilliseconds ?? REQUEST_MILLISECONDS;
    const cluster = {
      name: target.name,
      server: this.#server,
      caData: target.certificateAuthority,
      skipTLSVerify: plain,
    };
    this.#kubeConfig.loadFromOptions({
      clusters: [cluster],
      users: [{ name: 'liftlock', token }],
      contexts: [{ name: 'liftlock', cluster: target.name, user: 'liftlock' }],
      currentContext: 'liftlock',
    });
    const middleware: PromiseMiddleware = {
      pre: async (context) => this.#prepare(context),
      post: async (context) => context,
    };
    this.configuration = createConfiguration({
      baseServer: new ServerConfiguration(this.#server, {}),
      authMethods: { default: this.#kubeConfig },
      promiseMiddleware: [middleware],
    });
  }

  /** GET of a path that the generated clients do not cover; the status is judged by the caller. */
  async getText(path: string): Promise<{ status: number; text: string }> {
    const context = new RequestContext(`${this.#server}${path}`, HttpMethod.GET);
    await this.#kubeConfig.applySecurityAuthentication(context);
    const response = await this.configuration.httpApi.send(this.#prepare(context)).toPromise();
    return { status: response.httpStatusCode, text: await response.body.text() };
  }

  async close(): Promise<void> {
    await this.#dispatcher?.destroy();
  }

  #prepare(context: RequestContext): RequestContext {
    context.setSignal(AbortSignal.timeout(this.#timeout));
    // The client makes a new connection pool for each request; the first one serves them all.
    const made = context.getDispatcher();
    this.#dispatcher ??= made;
    if (this.#dispatcher !== undefined) context.setDispatcher(this.#dispatcher);
    return context;
  }
}
