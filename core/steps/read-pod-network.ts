import type { ApiServer } from '../ports/cluster-access.ts';
import type { Ports } from '../ports/ports.ts';
import { mappingOf, mappingsOf, textOf } from '../scan/manifest/manifest-object.ts';
import { CUSTOM_NETWORKING, isOn, type PodNetwork } from '../scan/preflight/pod-network.ts';
import type { Coverage } from '../scan/report/report-schema.ts';
import { askServer } from './ask-server.ts';
import type { StepContext } from './context.ts';

/** How the VPC CNI that runs assigns addresses to pods, whoever installed it. */
export async function readPodNetwork(
  ports: Pick<Ports, 'readers'>,
  context: StepContext,
  server: ApiServer,
): Promise<{ readonly podNetwork?: PodNetwork; readonly coverage: Coverage }> {
  const what = { what: 'settings of the VPC CNI', source: 'capacity' } as const;
  const asked = await askServer(ports, context, server, async (get): Promise<PodNetwork | undefined> => {
    const path = '/apis/apps/v1/namespaces/kube-system/daemonsets/aws-node';
    const daemonSet = await get(path, 'get of daemonsets in kube-system');
    if (daemonSet === undefined) return undefined;
    const { spec } = mappingOf(mappingOf(mappingOf(daemonSet).spec).template);
    const variables = mappingsOf(mappingOf(spec).containers).flatMap(({ env }) => mappingsOf(env));
    const settings = Object.fromEntries(variables.map(({ name, value }) => [textOf(name) ?? '', textOf(value) ?? '']));
    if (!isOn(settings[CUSTOM_NETWORKING])) return { settings, eniConfigs: [] };
    const list = await get(
      '/apis/crd.k8s.amazonaws.com/v1alpha1/eniconfigs',
      'list of eniconfigs in the API group crd.k8s.amazonaws.com',
    );
    const eniConfigs = mappingsOf(mappingOf(list).items).map(({ metadata, spec: config }) => ({
      name: textOf(mappingOf(metadata).name) ?? '',
      subnet: textOf(mappingOf(config).subnet) ?? '',
    }));
    return { settings, eniConfigs };
  });
  if ('unread' in asked) return { coverage: { ...what, ...asked.unread, count: 0 } };
  const { found: podNetwork } = asked;
  return {
    ...(podNetwork !== undefined && { podNetwork }),
    coverage: {
      ...what,
      status: 'read',
      detail: '',
      count: podNetwork === undefined ? 0 : 1 + podNetwork.eniConfigs.length,
    },
  };
}
