import type { DetectorName } from '../data/break-rule.ts';
import { componentConfig, kubeletFlag } from './component-detectors.ts';
import { featureGate } from './feature-gate.ts';
import type { Detector } from './hit.ts';
import { ipAddressFormat } from './ip-address-format.ts';
import { kubeProxyMode, nodeOs, nodeRuntime } from './node-detectors.ts';
import { nodeLabelReference } from './node-label-reference.ts';
import { objectField } from './object-field.ts';
import { containerImage, hostPath, objectAnnotation, podAnnotation, podField } from './pod-detectors.ts';
import { bindingSubject, roleRule } from './role-detectors.ts';

/** The detectors that look at one object; the others look at many at once. */
export const objectDetectors: Readonly<Record<Exclude<DetectorName, 'no-default-storage-class'>, Detector>> = {
  'pod-field': podField,
  'pod-annotation': podAnnotation,
  'node-label-reference': nodeLabelReference,
  'host-path': hostPath,
  'container-image': containerImage,
  'object-field': objectField,
  'object-annotation': objectAnnotation,
  'ip-address-format': ipAddressFormat,
  'component-config': componentConfig,
  'feature-gate': featureGate,
  'kubelet-flag': kubeletFlag,
  'node-runtime': nodeRuntime,
  'node-os': nodeOs,
  'kube-proxy-mode': kubeProxyMode,
  'binding-subject': bindingSubject,
  'role-rule': roleRule,
};
