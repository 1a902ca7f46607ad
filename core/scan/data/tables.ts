import { apiRows } from './api-rows.ts';
import { breakRules } from './break-rules.ts';
import componentConfigRows from './component-configs.json' with { type: 'json' };
import { controllers } from './controllers.ts';
import coverage from './coverage.json' with { type: 'json' };
import { customResources, unservedKinds } from './custom-resources.ts';
import type { DataTables, WirePayloadRow } from './data-tables.ts';
import sources from './sources.json' with { type: 'json' };
import wirePayloads from './wire-payloads.json' with { type: 'json' };

/** Every row of `component-configs.json`. A config that a cluster can hold has a rule of the detector `component-config` as well. */
export const componentConfigs = componentConfigRows as readonly unknown[] as readonly ComponentConfigRow[];

/** A version of a configuration file that a component reads. It is no object of a cluster, though ConfigMaps and kubeconfigs embed it. */
export interface ComponentConfigRow {
  readonly group: string;
  readonly version: string;
  readonly kinds: readonly string[];
  /** The first minor of the component that refuses it. */
  readonly removed: string;
  /** `group/version` to write instead. */
  readonly replacement: string;
  /** Where it is found: in a ConfigMap that a custom scheduler mounts, in a kubeconfig, or in a file of the control plane (never on EKS). */
  readonly foundIn: 'config-map' | 'kubeconfig' | 'control-plane';
  readonly note: string | null;
  /** An entry of `sources.json`. */
  readonly source: string;
}

/** The tables in this repository. */
export const tables: DataTables = {
  apis: apiRows,
  unservedKinds,
  wirePayloads: wirePayloads satisfies readonly WirePayloadRow[],
  componentConfigs,
  rules: breakRules,
  controllers,
  customResources,
  sources,
  coverage,
};
