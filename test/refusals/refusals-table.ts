import { addonRefusals } from './addon-refusals.ts';
import { callRefusals } from './call-refusals.ts';
import { cancelRefusals } from './cancel-refusals.ts';
import { clusterConfigRefusals } from './cluster-config-refusals.ts';
import { clusterRefusals } from './cluster-refusals.ts';
import { clusterVersionRefusals } from './cluster-version-refusals.ts';
import { nodegroupConfigRefusals } from './nodegroup-config-refusals.ts';
import { nodegroupLifeRefusals } from './nodegroup-life-refusals.ts';
import { nodegroupVersionRefusals } from './nodegroup-version-refusals.ts';
import { pageRefusals } from './page-refusals.ts';
import { readRefusals } from './read-refusals.ts';
import type { Refusal } from './refusal.ts';
import { rollbackRefusals } from './rollback-refusals.ts';
import { tagRefusals } from './tag-refusals.ts';

/** Everything that the fake EKS refuses, in the order of its operations. */
export const refusals: readonly Refusal[] = [
  ...callRefusals,
  ...clusterVersionRefusals,
  ...rollbackRefusals,
  ...cancelRefusals,
  ...clusterConfigRefusals,
  ...clusterRefusals,
  ...tagRefusals,
  ...nodegroupVersionRefusals,
  ...nodegroupConfigRefusals,
  ...nodegroupLifeRefusals,
  ...addonRefusals,
  ...readRefusals,
  ...pageRefusals,
];
