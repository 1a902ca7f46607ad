import type { ComponentConfigRow } from './component-config-row.ts';
import componentConfigRows from './component-configs.json' with { type: 'json' };

/** Every row of `component-configs.json`. Those that a cluster can hold have a rule of the detector `component-config` beside. */
export const componentConfigs = componentConfigRows as readonly unknown[] as readonly ComponentConfigRow[];
