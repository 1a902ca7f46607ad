import type { ControllerRow } from './controller-row.ts';
import { tables } from './tables.ts';

export const controllerRow = (component: string): ControllerRow | undefined =>
  tables.controllers.find((row) => row.component === component);
export const controllerOfImage = (_image: string): { component: string; version: string | undefined } | undefined =>
  undefined;
