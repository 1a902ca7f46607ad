import { parseImage } from '../data/image-reference.ts';
import { textOf } from '../manifest/manifest-object.ts';
import type { Path } from '../manifest/positions.ts';
import { type Detector, type InspectedObject, parameter } from './hit.ts';
import { readable } from './pod-detectors.ts';
import { containersOf } from './pod-specs.ts';
import { valuesAt } from './values-at.ts';

interface Gate {
  readonly path: Path;
  readonly name: string;
  /** `true`, `false`; whatever else people write says nothing about the value. */
  readonly value: string;
}

/** Components of Kubernetes itself: other programs have gates of their own, under the same flag. */
const COMPONENT = /(?:^|\/)(?:kube-(?:proxy|scheduler|controller-manager|apiserver)|kubelet|eks\/kube-proxy)$/;
const CONFIG_KINDS = ['KubeletConfiguration', 'KubeProxyConfiguration', 'KubeSchedulerConfiguration'];

/** A feature gate in a component's configuration or in its flags. */
export const featureGate: Detector = (object, rules) => {
  if (rules.length === 0) return [];
  const found = [...gatesOfConfig(object), ...gatesOfFlags(object), ...gatesOfNodeConfig(object)];
  return found.flatMap(({ path, name, value }) =>
    rules
      .filter((rule) => parameter(rule, 'gates').some((gate) => gate === name || gate === `${name}=${value}`))
      .map((rule) => ({ rule: rule.id, path, evidence: `${readable(path)} sets the feature gate ${name}.` })),
  );
};

function gatesOfConfig({ kind, value }: InspectedObject): Gate[] {
  const places = [
    ...(CONFIG_KINDS.includes(kind) ? ['featureGates.*'] : []),
    ...(kind === 'NodeConfig' ? ['spec.kubelet.config.featureGates.*'] : []),
  ];
  return places
    .flatMap((place) => valuesAt(value, place))
    .map(({ path, value: set }) => ({ path, name: String(path.at(-1)), value: textOf(set) ?? '' }));
}

/** Flags of the kubelet in nodeadm's NodeConfig. */
function gatesOfNodeConfig({ kind, value }: InspectedObject): Gate[] {
  if (kind !== 'NodeConfig') return [];
  return valuesAt(value, 'spec.kubelet.flags[]').flatMap(({ path, value: flag }) => gatesIn(textOf(flag) ?? '', path));
}

function gatesOfFlags({ pods }: InspectedObject): Gate[] {
  return pods.flatMap((pod) =>
    containersOf(pod)
      .filter(({ container }) => COMPONENT.test(parseImage(textOf(container.image) ?? '').repository))
      .flatMap(({ path, container }) =>
        ['command', 'args'].flatMap((list) => {
          const words = valuesAt(container, `${list}[]`);
          return words.flatMap(({ path: inner, value }, index) => {
            const place = [...pod.path, ...path, ...inner];
            // The flag and its value may be two arguments.
            if (value === FLAG) return gatesIn(`${FLAG} ${textOf(words[index + 1]?.value) ?? ''}`, place);
            return gatesIn(textOf(value) ?? '', place);
          });
        }),
      ),
  );
}

const FLAG = '--feature-gates';

/** `--feature-gates=A=true,B=false` → A, B; by itself, or in a command line for a shell. */
function gatesIn(text: string, path: Path): Gate[] {
  const [, list] = /(?:^|\s)--feature-gates[= ]["']?([\w=,]{1,4000})/.exec(text) ?? [];
  if (list === undefined) return [];
  return list.split(',').map((pair) => {
    const [name = '', value = ''] = pair.split('=');
    return { path, name, value: value.toLowerCase() };
  });
}
