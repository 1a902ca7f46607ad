import { readFile } from 'node:fs/promises';
import { dirname, isAbsolute, join } from 'node:path';
// The whole client would be 75 MB: only its reading of kubeconfigs is taken.
import {
  type Cluster,
  newClusters,
  newContexts,
  newUsers,
  type User,
} from '@kubernetes/client-node/dist/config_types.js';
import { mappingOf, textOf } from '../../../core/scan/manifest/manifest-object.ts';
import { parseDocument } from '../../../core/scan/manifest/parse-document.ts';

/** One context of a kubeconfig: which cluster, as whom. */
export interface KubeconfigContext {
  readonly context: string;
  readonly cluster: Cluster;
  readonly user: User;
}

/** @throws `InvalidInput` that says what is missing, and which contexts there are. */
export async function readKubeconfig(path: string, wanted?: string): Promise<KubeconfigContext> {
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

/** Paths in a kubeconfig count from where it lies. */
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

export const invalidInput = (message: string): Error => Object.assign(new Error(message), { name: 'InvalidInput' });
