import { given } from '../model/given.ts';
import type { ApiServer } from '../ports/cluster-access.ts';
import type { Ports } from '../ports/ports.ts';
import { parseImage, versionOfTag } from '../scan/data/image-reference.ts';
import { chooseRevisions, decodeRelease, headOf, secretText } from '../scan/helm/stored-release.ts';
import { METADATA_ONLY } from '../scan/live/request.ts';
import { type Mapping, mappingOf, mappingsOf, textOf } from '../scan/manifest/manifest-object.ts';
import { ownershipOf } from '../scan/owner/owner.ts';
import { placeOf } from '../scan/preflight/component-version.ts';
import type { Component, SeenComponent } from '../scan/preflight/preflight-check.ts';
import { askServer, type GetJson } from './ask-server.ts';
import type { StepContext } from './context.ts';

/** The version of a component that runs now, by the tag of its image or the chart of its release. The scan and the step use this function only. */
export async function readComponent(
  ports: Pick<Ports, 'readers'>,
  context: StepContext,
  server: ApiServer | undefined,
  component: Component,
): Promise<SeenComponent> {
  if (server === undefined) return unread('No API server is asked (verification: eks-api, or EKS gives no endpoint).');
  const asked = await askServer(ports, context, server, (get) =>
    component.workload === undefined ? readRelease(get, component) : readWorkload(get, component, component.workload),
  );
  return 'found' in asked ? asked.found : { type: 'unread', ...asked.unread };
}

const unread = (detail: string): SeenComponent => ({ type: 'unread', status: 'error', detail });

async function readWorkload(
  get: GetJson,
  component: Component,
  { kind, namespace, name, container }: NonNullable<Component['workload']>,
): Promise<SeenComponent> {
  const resource = `${kind.toLowerCase()}s`;
  const path = `/apis/apps/v1/namespaces/${namespace}/${resource}/${name}`;
  const read = await get(path, `get of ${resource} in the API group apps`);
  if (read === undefined) return { type: 'absent' };
  const object = mappingOf(read);
  const all = mappingsOf(mappingOf(mappingOf(mappingOf(object.spec).template).spec).containers);
  const [first, ...others] = all.filter((one) => container === undefined || one.name === container);
  const names = all.map((one) => textOf(one.name)).join(', ');
  if (first === undefined || others.length > 0)
    return unread(
      `${placeOf(component)} has ${container === undefined ? 'the containers' : `no container ${container} but`} ${names}: name the one that counts in the policy.`,
    );
  const image = textOf(first.image) ?? '';
  const version = versionOf(parseImage(image).tag);
  if (version === undefined) return unread(`The image ${image} has no tag that is a released version.`);
  const { owner } = ownershipOf(object.metadata);
  return { type: 'runs', version, image, ...given({ owner, unsettled: unsettledOf(object) }) };
}

/** A release candidate need not be what its numbers say. */
const versionOf = (text = ''): string | undefined =>
  /[-.](?:alpha|beta|rc|pre|dev)/i.test(text) ? undefined : versionOfTag(text);

/** Why pods of an older template may still run, in the manner of `kubectl rollout status`; undefined where the rollout is over. */
function unsettledOf({ metadata, spec, status }: Mapping): string | undefined {
  const is = mappingOf(status);
  const figure = (...names: readonly string[]) =>
    Number(names.map((one) => is[one]).find((one) => one !== undefined) ?? 0);
  if (figure('observedGeneration') < Number(mappingOf(metadata).generation ?? 0)) return 'its controller has not begun';
  // `desiredNumberScheduled` is that of a DaemonSet, which has one pod on each node, and no old one beside a new one.
  const wanted = Number(is.desiredNumberScheduled ?? mappingOf(spec).replicas ?? 1);
  const updated = figure('updatedNumberScheduled', 'updatedReplicas');
  const available = figure('numberAvailable', 'availableReplicas');
  const old = Math.max(0, figure('replicas') - updated);
  if (updated >= wanted && available >= wanted && old === 0) return undefined;
  return `of ${wanted} pods ${updated} are new, ${available} available and ${old} old`;
}

/** Helm stores releases in Secrets by default (helm/helm, pkg/storage/driver). */
async function readRelease(get: GetJson, component: Component): Promise<SeenComponent> {
  const { namespace, release } = component.helm ?? { namespace: '', release: '' };
  const secrets = `/api/v1/namespaces/${namespace}/secrets`;
  const labels = encodeURIComponent(`owner=helm,name=${release}`);
  const permission = `get and list of secrets in the namespace ${namespace}`;
  const list = mappingOf(await get(`${secrets}?labelSelector=${labels}`, permission, METADATA_ONLY));
  const [chosen] = chooseRevisions(mappingsOf(list.items).flatMap((item) => headOf(item) ?? []));
  if (chosen === undefined) return { type: 'absent' };
  const secret = mappingOf(await get(`${secrets}/${chosen.object}`, permission));
  const version = versionOf(decodeRelease(secretText(textOf(mappingOf(secret.data).release) ?? ''))?.version);
  const place = placeOf(component);
  if (version === undefined)
    return unread(`Revision ${chosen.revision} of the ${place} has no chart of a released version.`);
  const { newest = chosen } = chosen;
  const isSettled = newest.status === 'deployed';
  return {
    ...{ type: 'runs', version, owner: place },
    ...(isSettled ? {} : { unsettled: `its newest revision ${newest.revision} is ${newest.status}` }),
  };
}
