import { readFile } from 'node:fs/promises';
import { dirname, isAbsolute, join } from 'node:path';
import { ExecAuth } from '@kubernetes/client-node/dist/exec_auth.js';
import { namedError } from '../../../core/contracts/errors.ts';
import { given } from '../../../core/model/given.ts';
import { ClusterAccessError } from '../../../core/ports/cluster-access.ts';
import { type Authorization, HttpsReader, type HttpsReaderOptions, isPrivate } from './https-reader.ts';

/**
 * Reads the cluster of a kubeconfig's context as the context's user: with a token, a client certificate, a password, or a program such as `aws eks
 * get-token`.
 */
export async function createKubeconfigReader(
  { path, context: wanted }: { readonly path: string; readonly context?: string },
  options: Pick<HttpsReaderOptions, 'timeoutMilliseconds' | 'pace'> = {},
): Promise<{ readonly reader: HttpsReader; readonly context: KubeconfigContext }> {
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
  const base = { ...given({ ca, servername: cluster.tlsServerName }), rejectUnauthorized: !cluster.skipTLSVerify };
  const credentials = credentialsOf(context);
  const authorize = async (renew: boolean): Promise<Authorization> => {
    const { headers, ...tls } = await credentials(renew);
    return { headers, tls: { ...base, ...tls } };
  };
  return { reader: new HttpsReader({ ...options, server, authorize }), context };
}

/** @throws `InvalidInput` for a text that is no address, and for an address to which credentials would go unencrypted */
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
      // ExecAuth keeps the program's credentials until they say that they have expired; after a 401 they are asked for anew.
      if (renew) program = new ExecAuth();
      const applied: { headers: Record<string, string>; cert?: string; key?: string } = { headers: { ...impersonate } };
      try {
        await program.applyAuthentication(user, applied);
      } catch (error) {
        throw new ClusterAccessError(
          'ClusterUnauthorized',
          `The program that gives credentials failed: ${whyOf(error)}`,
        );
      }
      const { Authorization: authorization, ...headers } = applied.headers;
      return { ...applied, headers: authorization === undefined ? headers : { ...headers, authorization } };
    };
  }
  return async () => {
    const [cert, key] = [await bytesOf(user.certData, user.certFile), await bytesOf(user.keyData, user.keyFile)];
    const basic = Buffer.from(`${user.username}:${user.password ?? ''}`).toString('base64');
    const named = user.username === undefined ? undefined : `Basic ${basic}`;
    const authorization = user.token ? `Bearer ${user.token}` : named;
    return {
      headers: authorization === undefined ? impersonate : { ...impersonate, authorization },
      ...given({ cert, key }),
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

/** Output that is no credential at all shows as a TypeError of the code that looks into it. */
const whyOf = (error: unknown): string =>
  error instanceof TypeError ? 'it printed no ExecCredential with a status' : firstLine(error) || 'it did not say why';

const firstLine = (error: unknown): string =>
  (error instanceof Error ? error.message : String(error)).trim().split('\n')[0]?.slice(0, 200) ?? '';

// The whole client would take 75 MB, so only its reading of kubeconfigs is used.
import {
  type Cluster,
  newClusters,
  newContexts,
  newUsers,
  type User,
} from '@kubernetes/client-node/dist/config_types.js';
import { mappingOf, textOf } from '../../../core/scan/manifest/manifest-object.ts';
import { parseDocument } from '../../../core/scan/manifest/parse-document.ts';

/** One context of a kubeconfig: which cluster, and as which user. */
interface KubeconfigContext {
  readonly context: string;
  readonly cluster: Cluster;
  readonly user: User;
}

/** @throws `InvalidInput` that says what is missing, and which contexts there are. */
async function readKubeconfig(path: string, wanted?: string): Promise<KubeconfigContext> {
  const parsed = parseDocument(await readText(path));
  if ('problem' in parsed) throw invalidInput(`${path}:${parsed.problem.line} is not YAML: ${parsed.problem.message}.`);
  const config = mappingOf(parsed.value);
  const filter = { onInvalidEntry: 'filter' } as const;
  const contexts = newContexts(config.contexts ?? [], filter);
  const name = wanted ?? textOf(config['current-context']);
  const known = contexts.map((context) => context.name).join(', ') || 'none';
  if (name === undefined) throw invalidInput(`${path} has no current-context. Name one with --context: ${known}.`);
  const context = contexts.find((one) => one.name === name);
  if (context === undefined) throw invalidInput(`${path} has no context ${name}. It has: ${known}.`);
  const cluster = newClusters(config.clusters ?? [], filter).find((one) => one.name === context.cluster);
  const user = newUsers(config.users ?? [], filter).find((one) => one.name === context.user);
  if (cluster === undefined)
    throw invalidInput(`${path} has no cluster ${context.cluster}, which context ${name} names.`);
  if (user === undefined) throw invalidInput(`${path} has no user ${context.user}, which context ${name} names.`);
  if (cluster.proxyUrl !== undefined)
    throw invalidInput(
      `Cluster ${cluster.name} of ${path} has a proxy-url, which is not supported. Open a tunnel instead.`,
    );
  return {
    context: name,
    cluster: { ...cluster, ...files(path, cluster, ['caFile']) },
    user: { ...user, ...files(path, user, ['certFile', 'keyFile']) },
  };
}

/** Makes paths absolute: those in a kubeconfig are relative to its folder. */
function files<Name extends string>(
  path: string,
  holder: Partial<Record<Name, string>>,
  names: readonly Name[],
): Partial<Record<Name, string>> {
  const absolute: Partial<Record<Name, string>> = {};
  for (const name of names) {
    const value = holder[name];
    if (value !== undefined) absolute[name] = isAbsolute(value) ? value : join(dirname(path), value);
  }
  return absolute;
}

async function readText(path: string): Promise<string> {
  try {
    return await readFile(path, 'utf8');
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    throw invalidInput(
      code === 'ENOENT' ? `There is no kubeconfig ${path}.` : `The kubeconfig ${path} cannot be read: ${code}.`,
    );
  }
}

const invalidInput = (message: string): Error => namedError('InvalidInput', message);
