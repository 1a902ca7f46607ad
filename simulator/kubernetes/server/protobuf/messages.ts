/** Names and types of fields by their number. `strings` is a repeated string; a message may hold messages. */
export interface Message {
  readonly [number: number]: readonly [name: string, type: 'string' | 'strings' | Message];
}

const objectMeta: Message = { 1: ['name', 'string'], 2: ['generateName', 'string'], 3: ['namespace', 'string'] };

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

/**
 * The kinds that typed Go clients send to this server, as far as it reads them. Source: the `generated.proto` files of k8s.io/api and
 * k8s.io/apimachinery, whose numbers never change.
 */
export const messages: Readonly<Record<string, Message>> = {
  DeleteOptions: deleteOptions,
  Eviction: { 1: ['metadata', objectMeta], 2: ['deleteOptions', deleteOptions] },
  SelfSubjectAccessReview: {
    1: ['metadata', objectMeta],
    2: ['spec', { 1: ['resourceAttributes', resourceAttributes], 2: ['nonResourceAttributes', nonResourceAttributes] }],
  },
  SelfSubjectReview: { 1: ['metadata', objectMeta] },
  SelfSubjectRulesReview: { 1: ['metadata', objectMeta], 2: ['spec', { 1: ['namespace', 'string'] }] },
};
