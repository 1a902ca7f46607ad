import type { PodDisruptionBudgetObject } from '../../objects/budget-object.ts';
import type { NamespaceObject } from '../../objects/namespace-object.ts';
import { ageColumn, type Column, column, integer, nameColumn } from './column.ts';

export const namespaceColumns: readonly Column<NamespaceObject>[] = [
  nameColumn,
  column('Status', 'Active, or being deleted.', ({ status }) => status.phase),
  ageColumn,
];

export const podDisruptionBudgetColumns: readonly Column<PodDisruptionBudgetObject>[] = [
  nameColumn,
  column('Min Available', 'Pods that must stay available.', ({ spec }) => String(spec.minAvailable ?? 'N/A')),
  column('Max Unavailable', 'Pods that may be unavailable.', ({ spec }) => String(spec.maxUnavailable ?? 'N/A')),
  column('Allowed Disruptions', 'Pods that may go now.', ({ status }) => status.disruptionsAllowed, integer),
  ageColumn,
];
