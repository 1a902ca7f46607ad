import { compareAddonVersions } from '../../version/addon-version.ts';
import { isMapping, mappingOf, textOf } from '../manifest/manifest-object.ts';
import { type Detector, parameter } from './hit.ts';

/** `containerd://1.7.27` of a node: its runtime, below a version where the rule names one. */
export const nodeRuntime: Detector = ({ group, kind, value }, rules) => {
  if (group !== '' || kind !== 'Node') return [];
  const [runtime = '', version = ''] = (textOf(nodeInfo(value).containerRuntimeVersion) ?? '').split('://');
  return rules
    .filter((rule) => parameter(rule, 'runtime').includes(runtime))
    .filter((rule) => parameter(rule, 'below').every((limit) => compareAddonVersions(version, limit) < 0))
    .map((rule) => ({ rule: rule.id, path: [], evidence: `It runs ${runtime} ${version}.` }));
};

/** The operating system of a node. `Amazon Linux 2` is not the beginning of `Amazon Linux 2023`. */
export const nodeOs: Detector = ({ group, kind, value }, rules) => {
  if (group !== '' || kind !== 'Node') return [];
  const image = textOf(nodeInfo(value).osImage) ?? '';
  return rules
    .filter((rule) =>
      parameter(rule, 'prefix').some((prefix) => image.startsWith(prefix) && !/^\w/.test(image.slice(prefix.length))),
    )
    .map((rule) => ({ rule: rule.id, path: [], evidence: `Its operating system is ${image}.` }));
};

const nodeInfo = (value: Readonly<Record<string, unknown>>) => mappingOf(mappingOf(value.status).nodeInfo);

/** `mode:` in the configuration of kube-proxy, which EKS keeps in a ConfigMap. */
export const kubeProxyMode: Detector = ({ group, kind, value }, rules) => {
  if (group === 'kubeproxy.config.k8s.io' && kind === 'KubeProxyConfiguration')
    return proxyMode(textOf(value.mode), ['mode'], rules);
  if (group !== '' || kind !== 'ConfigMap') return [];
  const { name } = mappingOf(value.metadata);
  if (name !== 'kube-proxy-config' && name !== 'kube-proxy') return [];
  const data = isMapping(value.data) ? value.data : {};
  return Object.entries(data).flatMap(([key, text]) =>
    proxyMode(/^mode:\s*["']?([a-z]+)/m.exec(textOf(text) ?? '')?.[1], ['data', key], rules),
  );
};

function proxyMode(mode: string | undefined, path: string[], rules: Parameters<Detector>[1]): ReturnType<Detector> {
  return rules
    .filter((rule) => mode !== undefined && parameter(rule, 'mode').includes(mode))
    .map((rule) => ({ rule: rule.id, path, evidence: `kube-proxy runs in the mode ${mode}.` }));
}
