import type { ResourceType } from '../resource-types.ts';
import { type FieldCause, invalid } from './refusals.ts';

type Fields = Readonly<Record<string, unknown>>;

const subdomain = /^[a-z0-9]([a-z0-9-]*[a-z0-9])?(\.[a-z0-9]([a-z0-9-]*[a-z0-9])?)*$/;
const quantities = ['minAvailable', 'maxUnavailable'];

/**
 * Checks the few rules that users often violate: names, containers, selectors and budgets. Upstream has thousands more.
 * @throws StatusError 422 with all violations.
 */
export function validate(type: ResourceType, name: string, object: Fields): void {
  const spec = fields(object.spec);
  const causes = [
    ...nameCauses(name),
    ...(type.kind === 'Pod' ? containerCauses(spec, 'spec') : []),
    ...(type.group === 'apps' ? templateCauses(spec) : []),
    ...(type.storage === 'batch/jobs' ? jobCauses(name, spec) : []),
    ...(type.kind === 'PodDisruptionBudget' ? budgetCauses(spec) : []),
  ];
  if (causes.length > 0) throw invalid(type, name, causes);
}

function nameCauses(name: string): FieldCause[] {
  if (name === '') return [required('metadata.name', 'Required value: name or generateName is required')];
  if (name.length <= 253 && subdomain.test(name)) return [];
  const message = `Invalid value: "${name}": a lowercase RFC 1123 subdomain must consist of lower case alphanumeric characters, '-' or '.'`;
  return [{ reason: 'FieldValueInvalid', field: 'metadata.name', message }];
}

function containerCauses(spec: Fields, path: string): FieldCause[] {
  const containers = Array.isArray(spec.containers) ? spec.containers.map(fields) : [];
  if (containers.length === 0) return [required(`${path}.containers`)];
  return containers.flatMap((container, index) =>
    ['name', 'image'].flatMap((member) =>
      typeof container[member] === 'string' && container[member] !== ''
        ? []
        : [required(`${path}.containers[${index}].${member}`)],
    ),
  );
}

function templateCauses(spec: Fields): FieldCause[] {
  const template = fields(spec.template);
  const labels = fields(fields(template.metadata).labels);
  const selector = fields(fields(spec.selector).matchLabels);
  const selects = Object.entries(selector).every(([key, value]) => labels[key] === value);
  const message = `Invalid value: ${JSON.stringify(labels)}: \`selector\` does not match template \`labels\``;
  return [
    ...(spec.selector === undefined ? [required('spec.selector')] : []),
    ...(selects ? [] : [{ reason: 'FieldValueInvalid', field: 'spec.template.metadata.labels', message }]),
    ...containerCauses(fields(template.spec), 'spec.template.spec'),
  ];
}

/** A Job's name becomes a label of its pods. Its pods must end, and those with failure rules are not restarted in place. */
function jobCauses(name: string, spec: Fields): FieldCause[] {
  const pod = fields(fields(spec.template).spec);
  const policy = pod.restartPolicy ?? 'Always';
  const field = 'spec.template.spec.restartPolicy';
  const said = JSON.stringify(policy);
  return [
    ...(name.length <= 63 ? [] : [wrong('spec.template.labels', `"${name}": must be no more than 63 characters`)]),
    ...(['Never', 'OnFailure'].includes(String(policy))
      ? []
      : [
          {
            ...{ reason: 'FieldValueNotSupported', field },
            message: `Unsupported value: ${said}: supported values: "OnFailure", "Never"`,
          },
        ]),
    ...(spec.podFailurePolicy === undefined || policy === 'Never'
      ? []
      : [wrong(field, `${said}: only "Never" is supported when podFailurePolicy is specified`)]),
    ...containerCauses(pod, 'spec.template.spec'),
  ];
}

function budgetCauses(spec: Fields): FieldCause[] {
  const both = quantities.every((quantity) => spec[quantity] !== undefined);
  const policy = spec.unhealthyPodEvictionPolicy;
  const known = ['AlwaysAllow', 'IfHealthyBudget'];
  return [
    ...(both ? [wrong('spec', 'minAvailable and maxUnavailable cannot be both set')] : []),
    ...quantities.flatMap((quantity) => quantityCauses(`spec.${quantity}`, spec[quantity])),
    ...(policy === undefined || known.includes(String(policy))
      ? []
      : [
          {
            ...{ reason: 'FieldValueNotSupported', field: 'spec.unhealthyPodEvictionPolicy' },
            message: `Unsupported value: ${JSON.stringify(policy)}: supported values: "AlwaysAllow", "IfHealthyBudget"`,
          },
        ]),
  ];
}

function quantityCauses(field: string, value: unknown): FieldCause[] {
  if (value === undefined) return [];
  const said = JSON.stringify(value);
  if (typeof value === 'number')
    return Number.isInteger(value) && value >= 0 ? [] : [wrong(field, `${said}: must be greater than or equal to 0`)];
  const share = /^(\d+)%$/.exec(String(value))?.[1];
  if (share === undefined)
    return [wrong(field, `${said}: a valid percent string must be a numeric string followed by an ending '%'`)];
  return Number(share) <= 100 ? [] : [wrong(field, `${said}: must not be greater than 100%`)];
}

const wrong = (field: string, why: string): FieldCause => ({
  ...{ reason: 'FieldValueInvalid', field },
  message: `Invalid value: ${why}`,
});

const required = (field: string, message = 'Required value'): FieldCause => ({
  reason: 'FieldValueRequired',
  field,
  message,
});

const fields = (value: unknown): Fields => (typeof value === 'object' && value !== null ? (value as Fields) : {});
