/** The type of a field. A list is a repeated message, `map` one of texts to texts. */
export type FieldType =
  | 'string'
  | 'strings'
  | 'integer'
  | 'boolean'
  | 'map'
  | 'intOrString'
  | Message
  | readonly [Message];

/** Names and types of fields by their number. */
export interface Message {
  readonly [number: number]: readonly [name: string, type: FieldType];
}

const objectMeta: Message = {
  1: ['name', 'string'],
  2: ['generateName', 'string'],
  3: ['namespace', 'string'],
  11: ['labels', 'map'],
  12: ['annotations', 'map'],
};

const deleteOptions: Message = {
  2: ['preconditions', { 1: ['uid', 'string'], 2: ['resourceVersion', 'string'] }],
  4: ['propagationPolicy', 'string'],
  5: ['dryRun', 'strings'],
};

const resourceAttributes: Message = {
  1: ['namespace', 'string'],
  2: ['verb', 'string'],
  3: ['group', 'string'],
  4: ['version', 'string'],
  5: ['resource', 'string'],
  6: ['subresource', 'string'],
  7: ['name', 'string'],
};

const nonResourceAttributes: Message = { 1: ['path', 'string'], 2: ['verb', 'string'] };

const labelSelector: Message = {
  1: ['matchLabels', 'map'],
  2: ['matchExpressions', [{ 1: ['key', 'string'], 2: ['operator', 'string'], 3: ['values', 'strings'] }]],
};

const container: Message = {
  1: ['name', 'string'],
  2: ['image', 'string'],
  3: ['command', 'strings'],
  4: ['args', 'strings'],
  6: ['ports', [{ 1: ['name', 'string'], 3: ['containerPort', 'integer'], 4: ['protocol', 'string'] }]],
  7: ['env', [{ 1: ['name', 'string'], 2: ['value', 'string'] }]],
};

const podTemplate: Message = { 1: ['metadata', objectMeta], 2: ['spec', { 2: ['containers', [container]] }] };

const deploymentSpec: Message = {
  1: ['replicas', 'integer'],
  2: ['selector', labelSelector],
  3: ['template', podTemplate],
};

const budgetSpec: Message = {
  1: ['minAvailable', 'intOrString'],
  2: ['selector', labelSelector],
  3: ['maxUnavailable', 'intOrString'],
  4: ['unhealthyPodEvictionPolicy', 'string'],
};

/**
 * The kinds that typed Go clients send to this server, with the fields that it reads. Source: the `generated.proto` files of k8s.io/api and
 * k8s.io/apimachinery, whose numbers never change.
 */
export const messages: Readonly<Record<string, Message>> = {
  ConfigMap: { 1: ['metadata', objectMeta], 2: ['data', 'map'] },
  DeleteOptions: deleteOptions,
  Deployment: { 1: ['metadata', objectMeta], 2: ['spec', deploymentSpec] },
  Eviction: { 1: ['metadata', objectMeta], 2: ['deleteOptions', deleteOptions] },
  Namespace: { 1: ['metadata', objectMeta] },
  PodDisruptionBudget: { 1: ['metadata', objectMeta], 2: ['spec', budgetSpec] },
  SelfSubjectAccessReview: {
    1: ['metadata', objectMeta],
    2: ['spec', { 1: ['resourceAttributes', resourceAttributes], 2: ['nonResourceAttributes', nonResourceAttributes] }],
  },
  SelfSubjectReview: { 1: ['metadata', objectMeta] },
  SelfSubjectRulesReview: { 1: ['metadata', objectMeta], 2: ['spec', { 1: ['namespace', 'string'] }] },
  ServiceAccount: { 1: ['metadata', objectMeta] },
};
