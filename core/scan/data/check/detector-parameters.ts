import type { DetectorName } from '../break-rule.ts';

/** The parameters that a detector reads. `oneOf`: at least one of them is there. */
export interface DetectorParameters {
  readonly required: readonly string[];
  readonly optional: readonly string[];
  readonly oneOf: readonly string[];
}

const none: DetectorParameters = { required: [], optional: [], oneOf: [] };

/** What the comments of `DETECTORS` promise, for the check. */
export const detectorParameters: Readonly<Record<DetectorName, DetectorParameters>> = {
  'pod-field': { ...none, required: ['path'] },
  'pod-annotation': { ...none, required: ['key'] },
  'node-label-reference': { ...none, required: ['keys'] },
  'host-path': { ...none, required: ['paths'] },
  'container-image': { ...none, optional: ['below'], oneOf: ['images', 'registries'] },
  'object-field': { ...none, required: ['kind', 'group', 'path'], optional: ['values'] },
  'object-annotation': { ...none, required: ['key'], optional: ['kind'] },
  'ip-address-format': none,
  'node-runtime': { ...none, required: ['runtime'], optional: ['below'] },
  'node-os': { ...none, required: ['prefix'] },
  'kube-proxy-mode': { ...none, required: ['mode'] },
  'binding-subject': { ...none, required: ['subjects'] },
  'role-rule': { ...none, required: ['group', 'resource'], optional: ['verb'] },
  'no-default-storage-class': none,
  'component-config': { ...none, required: ['group', 'version', 'kinds'] },
  'kubelet-flag': { ...none, required: ['flags'] },
  'feature-gate': { ...none, required: ['gates'] },
};
