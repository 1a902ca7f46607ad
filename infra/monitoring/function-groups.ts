import type { FunctionName } from '../../core/contracts/names.ts';

/** Functions that one alarm watches together, since the same person does the same thing about them. */
export const FUNCTION_GROUPS = {
  reconciler: ['reconcile-rollouts'],
  inventory: ['discover-clusters', 'record-clusters', 'watch-versions'],
  upgrades: [
    'request-grant',
    'scan-cluster',
    'update-addons',
    'upgrade-control-plane',
    'list-node-groups',
    'roll-node-group',
    'smoke-check',
    'conclude-upgrade',
  ],
  api: ['api'],
  audit: ['anchor-audit'],
} as const satisfies Readonly<Record<string, readonly FunctionName[]>>;
export type FunctionGroup = keyof typeof FUNCTION_GROUPS;

export const GROUP_NAMES = Object.keys(FUNCTION_GROUPS) as FunctionGroup[];
