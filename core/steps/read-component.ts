import { given } from '../model/given.ts';
import type { ApiServer } from '../ports/cluster-access.ts';
import type { Ports } from '../ports/ports.ts';
import { parseImage, versionOfTag } from '../scan/data/image-reference.ts';
import { chooseRevisions, decodeRelease, headOf, secretText } from '../scan/helm/stored-release.ts';
import { METADATA_ONLY } from '../scan/live/request.ts';
import { type Mapping, mappingOf, mappingsOf, textOf } from '../scan/manifest/manifest-object.ts';
import { ownershipOf } from '../scan/owner/owner.ts';
import type { Component, SeenComponent } from '../scan/preflight/component-version.ts';
import { askServer, type GetJson } from './ask-server.ts';
import type { StepContext } from './context.ts';

/** What runs of a component now: what the tag of its image says, or the chart of its release. Scan and step look by this alone. */
export async function readComponent(
  ports: Pick<Ports, 'readers'>,
  context: StepContext,
  server: ApiServer | undefined,
  { workload, helm }: Component,
): Promise<SeenComponent> {
  if (server === undefined)
    return unread('The API server is not asked (verification: eks-api, or EKS gives no endpoint).');
  const asked = await askServer(ports, context, server, async (get) => {
    if (workload !== undefined) return readWorkload(get, workload);
    return helm === undefined ? unread('It is found nowhere.') : readRelease(get, helm);
  });
  return 'found' in asked ? asked.found : { type: 'unread', ...asked.unread };
}

const unread = (detail: string): SeenComponent => ({ type: 'unread', status: 'error', detail });

async function readWorkload(
  get: GetJson,
  { kind, namespace, name, container }: NonNullable<Component['workload']>,
): Promise<SeenComponent> {
  const resource = `${kind.toLowerCase()}s`;
  const path = `/apis/apps/v1/namespaces/${namespace}/${resource}/${name}`;
  const read = await get(path, `get of ${resource} in the API group apps`);
  if (read === undefined) return { type: 'absent' };
  const object = mappingOf(read);
  const template = mappingOf(mappingOf(object.spec).template);
  const containers = mappingsOf(mappingOf(template.spec).containers);
  const [first, ...others] = containers.filter((one) => container === undefined || one.name === container);
  const place = `${kind} ${namespace}/${name}`;
  const names = containers.map((one) => textOf(one.name)).join(', ');
  if (first === undefined) return unread(`${place} has no container ${container}, but ${names}.`);
  if (others.length > 0) return unread(`${place} has several containers: name one of ${names}.`);
  const image = textOf(first.image) ?? '';
  const version = versionOf(parseImage(image).tag);
  if (version === undefined) return unread(`The image ${image} of ${place} has no tag that is a released version.`);
  const { owner } = ownershipOf(object.metadata);
  return { type: 'runs', version, image, ...given({ owner, unsettled: unsettledOf(object) }) };
}

/** A release candidate need not be what its numbers say. */
const versionOf = (text = ''): string | undefined =>
  /[-.](?:alpha|beta|rc|pre|dev)/i.test(text) ? undefined : versionOfTag(text);

/** Why pods of an older template may still run, as `kubectl rollout status` tells it; undefined where the rollout is over. */
function unsettledOf({ metadata, spec, status }: Mapping): string | undefined {
  const is = mappingOf(status);
  const figure = (name: string) => Number(is[name] ?? 0);
  if (figure('observedGeneration') < Number(mappingOf(metadata).generation ?? 0)) return 'its controller has not begun';
  const isDaemonSet = is.desiredNumberScheduled !== undefined;
  const wanted = isDaemonSet ? figure('desiredNumberScheduled') : Number(mappingOf(spec).replicas ?? 1);
  const updated = figure(isDaemonSet ? 'updatedNumberScheduled' : 'updatedReplicas');
  const available = figure(isDaemonSet ? 'numberAvailable' : 'availableReplicas');
  const old = isDaemonSet ? 0 : figure('replicas') - updated;
  if (updated >= wanted && available >= wanted && old <= 0) return undefined;
  return `of ${wanted} pods ${updated} are new and ${available} available${old > 0 ? `, and ${old} are old` : ''}`;
}

/** Helm keeps releases in Secrets unless it is told otherwise (helm/helm, pkg/storage/driver). */
async function readRelease(
  get: GetJson,
  { namespace, release }: NonNullable<Component['helm']>,
): Promise<SeenComponent> {
  const secrets = `/api/v1/namespaces/${namespace}/secrets`;
  const labels = encodeURIComponent(`owner=helm,name=${release}`);
  const permission = `get and list of secrets in the namespace ${namespace}`;
  const list = mappingOf(await get(`${secrets}?labelSelector=${labels}`, permission, METADATA_ONLY));
  const [chosen] = chooseRevisions(mappingsOf(list.items).flatMap((item) => headOf(item) ?? []));
  if (chosen === undefined) return { type: 'absent' };
  const secret = mappingOf(await get(`${secrets}/${chosen.object}`, permission));
  const decoded = await decodeRelease(secretText(textOf(mappingOf(secret.data).release) ?? ''));
  const version = versionOf(decoded?.version);
  const { newest, revision, status } = chosen;
  if (version === undefined)
    return unread(
      `Revision ${revision} of the Helm release ${namespace}/${release} has no chart of a released version.`,
    );
  const last = newest ?? (status === 'deployed' ? undefined : { revision, status });
  const unsettled = last === undefined ? undefined : `its newest revision ${last.revision} is ${last.status}`;
  return { type: 'runs', version, owner: `Helm release ${namespace}/${release}`, ...given({ unsettled }) };
}
