import { readFile } from 'node:fs/promises';
import { ExecAuth } from '@kubernetes/client-node/dist/exec_auth.js';
import { ClusterAccessError } from '../../../core/ports/cluster-access.ts';
import { type Authorization, HttpsReader, type HttpsReaderOptions, isPrivate } from './https-reader.ts';
import { invalidInput, type KubeconfigContext, readKubeconfig } from './kubeconfig.ts';

export interface KubeconfigReader {
  readonly reader: HttpsReader;
  readonly context: KubeconfigContext;
}

/** Reads the cluster of a kubeconfig's context as its user: token, client certificate, password or a program such as `aws eks get-token`. */
export async function createKubeconfigReader(
  { path, context: wanted }: { readonly path: string; readonly context?: string },
  options: Pick<HttpsReaderOptions, 'timeoutMilliseconds' | 'pace'> = {},
): Promise<KubeconfigReader> {
  const context = await readKubeconfig(path, wanted);
  const { cluster, user } = context;
  if (user.authProvider !== undefined && user.exec === undefined)
    throw invalidInput(
      `User ${user.name} of ${path} has an auth-provider, which Kubernetes gave up in 1.26. Use exec instead.`,
    );
  const ca = await bytesOf(cluster.caData, cluster.caFile);
  if (ca !== undefined && !ca.includes('-----BEGIN'))
    throw invalidInput(`The certificate authority of cluster ${cluster.name} in ${path} is no PEM.`);
  const server = serverOf(cluster.server, path);
  const name = cluster.tlsServerName;
  const base = {
    ...(ca === undefined ? {} : { ca }),
    ...(name === undefined ? {} : { servername: name }),
    rejectUnauthorized: !cluster.skipTLSVerify,
  };
  const credentials = credentialsOf(context);
  const authorize = async (renew: boolean): Promise<Authorization> => {
    const { headers, ...tls } = await credentials(renew);
    return { headers, tls: { ...base, ...tls } };
  };
  return { reader: new HttpsReader({ ...options, server, authorize }), context };
}

/** @throws `InvalidInput` for what is no address, and for one that would be given credentials in the clear. */
function serverOf(text: string, path: string): string {
  const url = URL.canParse(text) ? new URL(text) : undefined;
  if (url?.protocol !== 'https:' && url?.protocol !== 'http:')
    throw invalidInput(`The server ${text.slice(0, 200)} of ${path} is no address. It begins with https://.`);
  if (!isPrivate(url))
    throw invalidInput(`${text.slice(0, 200)} of ${path} is not https, and no credentials go there.`);
  return text.replace(/\/+$/, '');
}

interface Credentials {
  readonly headers: Readonly<Record<string, string>>;
  readonly cert?: Buffer | string;
  readonly key?: Buffer | string;
}

function credentialsOf({ user }: KubeconfigContext): (renew: boolean) => Promise<Credentials> {
  const impersonate: Record<string, string> =
    user.impersonateUser === undefined ? {} : { 'impersonate-user': user.impersonateUser };
  if (user.exec !== undefined) {
    let program = new ExecAuth();
    return async (renew) => {
      // It keeps what the program gave until that says it has expired; a 401 knows better.
      if (renew) program = new ExecAuth();
      const given: { headers: Record<string, string>; cert?: string; key?: string } = { headers: { ...impersonate } };
      try {
        await program.applyAuthentication(user, given);
      } catch (error) {
        throw new ClusterAccessError(
          'ClusterUnauthorized',
          `The program that gives credentials failed: ${whyOf(error)}`,
        );
      }
      const { Authorization: authorization, ...headers } = given.headers;
      return { ...given, headers: authorization === undefined ? headers : { ...headers, authorization } };
    };
  }
  return async () => {
    const [cert, key] = [await bytesOf(user.certData, user.certFile), await bytesOf(user.keyData, user.keyFile)];
    const basic =
      user.username === undefined
        ? undefined
        : Buffer.from(`${user.username}:${user.password ?? ''}`).toString('base64');
    const authorization =
      user.token !== undefined && user.token !== ''
        ? `Bearer ${user.token}`
        : basic === undefined
          ? undefined
          : `Basic ${basic}`;
    return {
      headers: authorization === undefined ? impersonate : { ...impersonate, authorization },
      ...(cert === undefined ? {} : { cert }),
      ...(key === undefined ? {} : { key }),
    };
  };
}

async function bytesOf(data: string | undefined, file: string | undefined): Promise<Buffer | undefined> {
  if (data !== undefined) return Buffer.from(data, 'base64');
  if (file === undefined) return undefined;
  try {
    return await readFile(file);
  } catch {
    throw invalidInput(`The kubeconfig names ${file}, which cannot be read.`);
  }
}

/** What is no credential at all shows as an error of the code that looks into it. */
const whyOf = (error: unknown): string =>
  error instanceof TypeError ? 'it printed no ExecCredential with a status' : firstLine(error) || 'it did not say why';

const firstLine = (error: unknown): string =>
  (error instanceof Error ? error.message : String(error)).trim().split('\n')[0]?.slice(0, 200) ?? '';
